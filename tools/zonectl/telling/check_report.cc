#include "tools/zonectl/telling/check_report.h"

#include <algorithm>
#include <set>

#include "tools/zonectl/telling/json_check.h"
#include "zonestore/base/joined.h"

namespace zonectl {

using probe::Finding;
using probe::Report;
using zonestore::Verdict;

namespace {

Style style_of_finding(probe::Severity severity) {
  switch (severity) {
    case probe::Severity::kGood:
      return Style::kGood;
    case probe::Severity::kWarning:
      return Style::kCaution;
    case probe::Severity::kBad:
      break;
  }
  return Style::kBad;
}

}  // namespace

CheckOutput::CheckOutput(const Session& session, bool of_all) : session_(session), of_all_(of_all) {}

zonestore::Result<void> CheckOutput::begin() {
  if (!session_.json()) {
    return {};
  }
  zonestore::Result<Spool> spool = Spool::open();
  if (!spool) {
    return tl::unexpected(spool.error());
  }
  spool_.emplace(*std::move(spool));
  list_.emplace(spool_->stream(), "institutions");
  return {};
}

void CheckOutput::warn(const std::string& warning) {
  warnings_.push_back(warning);
}

// One line for all that could not be seen because of it.
void CheckOutput::lacks_resolver(const std::vector<probe::Address>& resolvers) {
  const std::string addresses =
      zonestore::joined(resolvers, ", ", [](const probe::Address& resolver) { return resolver.to_text(); });
  warnings_.push_back("no resolver answers (" + addresses +
                      "): no domain's name servers can be found; say which to ask with --resolver");
  needs_attention_ = true;
}

void CheckOutput::waits(std::uint64_t institutions, std::chrono::seconds left) {
  if (of_all_ && session_.terminal().interactive && !session_.json()) {
    clear_progress();
    session_.out() << institutions << " that were right before are looked at again in " << left.count() << " s"
                   << std::flush;
    shows_progress_ = true;
  }
}

void CheckOutput::was_stopped(std::uint64_t left_in_doubt) {
  was_stopped_ = true;
  if (left_in_doubt > 0) {
    warnings_.push_back(std::to_string(left_in_doubt) +
                        " that were right before were bad now and not looked at again: nothing of it is kept");
  }
}

// Each institution once for a verdict, however many of its findings have it.
void CheckOutput::count(const Report& report) {
  std::set<Verdict> met;
  for (const Finding& finding : report.findings) {
    if (finding.verdict == Verdict::kOk) {
      continue;
    }
    Total& total = totals_[finding.verdict];
    ++total.findings;
    if (met.insert(finding.verdict).second && total.institutions++ == 0) {
      total.example = report.code.text();
    }
  }
}

Json CheckOutput::totals_json() const {
  Json totals = Json::array();
  for (const auto& [verdict, total] : totals_) {
    totals.push_back(
        Json{{"verdict", to_text(verdict)}, {"institutions", total.institutions}, {"findings", total.findings}});
  }
  return totals;
}

void CheckOutput::add_servers(const zonestore::ExpectedZone& zone,
                              const std::vector<zonestore::ServerEvidence>& evidence) {
  for (const zonestore::ServerEvidence& each : evidence) {
    needs_attention_ = needs_attention_ || each.verdict != Verdict::kOk;
    servers_.push_back(to_json(each));
  }
  if (evidence.empty()) {
    needs_attention_ = true;
    warnings_.push_back("no name server of " + zone.apex.to_text_no_dot() +
                        " has an address that can be reached: say which to ask with --server");
  }
  if (!session_.json()) {
    write_servers(zone, evidence);
  }
}

void CheckOutput::add(const Report& report) {
  const probe::Severity severity = severity_of(report);
  ++looked_at_;
  count(report);
  at_fault_ += severity == probe::Severity::kBad ? 1 : 0;
  needs_attention_ = needs_attention_ || severity == probe::Severity::kBad;
  is_all_seen_ =
      is_all_seen_ && std::none_of(report.findings.begin(), report.findings.end(),
                                   [](const Finding& each) { return each.verdict == Verdict::kUnreachable; });
  if (list_) {
    list_->add(to_json(report));
    return;
  }
  clear_progress();
  if (!of_all_ || severity != probe::Severity::kGood) {
    session_.out() << session_.terminal().styled(Style::kBold, report.code.text()) << '\n';
    for (const Finding& finding : report.findings) {
      if (!of_all_ || finding.severity != probe::Severity::kGood) {
        write_finding(finding);
      }
    }
  }
  show_progress();
}

zonestore::Result<void> CheckOutput::finish() {
  if (!list_) {
    clear_progress();
    write_end();
    return {};
  }
  list_->finish(Json{{"servers", servers_},
                     {"needs_attention", needs_attention_},
                     {"looked_at", looked_at_},
                     {"at_fault", at_fault_},
                     {"totals", totals_json()},
                     {"stopped", was_stopped_},
                     {"warnings", warnings_}});
  return spool_->pour(session_.out());
}

void CheckOutput::write_servers(const zonestore::ExpectedZone& zone,
                                const std::vector<zonestore::ServerEvidence>& evidence) {
  session_.out() << session_.terminal().styled(Style::kBold, zone.apex.to_text_no_dot()) << "  serial "
                 << zone.serial.value << '\n';
  for (const zonestore::ServerEvidence& each : evidence) {
    write_verdict(each.verdict, each.verdict == Verdict::kOk ? probe::Severity::kGood : probe::Severity::kBad,
                  each.server + "  " + each.detail);
  }
}

void CheckOutput::write_finding(const Finding& finding) {
  write_verdict(
      finding.verdict, finding.severity,
      (finding.domain ? finding.domain->to_text_no_dot() + " " : "") + finding.subject + "  " + finding.detail);
  for (const std::string& line : finding.publish) {
    session_.out() << "      publish  " << printable(line) << '\n';
  }
  if (!finding.advice.empty()) {
    session_.out() << "      how      " << printable(finding.advice) << '\n';
  }
  for (const std::string& note : finding.notes) {
    session_.out() << "      note     " << printable(note) << '\n';
  }
}

void CheckOutput::write_verdict(Verdict verdict, probe::Severity severity, const std::string& what) {
  const std::string mark = severity != probe::Severity::kWarning ? ""
                           : verdict == Verdict::kOk             ? "note: "
                                                                 : "warning: ";
  session_.out() << "  "
                 << session_.terminal().styled(style_of_finding(severity), mark + std::string(to_text(verdict)))
                 << "  " << printable(what) << '\n';
}

// "  missing      12 institutions, such as mosa", the most frequent first.
void CheckOutput::write_totals() {
  std::vector<std::pair<std::string, Total>> sorted;
  std::size_t width = 0;
  std::size_t digits = 0;
  for (const auto& [verdict, total] : totals_) {
    sorted.emplace_back(to_text(verdict), total);
    width = std::max(width, sorted.back().first.size());
    digits = std::max(digits, std::to_string(total.institutions).size());
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& left, const auto& right) {
    return left.second.institutions > right.second.institutions;
  });
  for (const auto& [verdict, total] : sorted) {
    const std::string number = std::to_string(total.institutions);
    session_.out() << "  " << verdict << std::string(width - verdict.size() + 2, ' ')
                   << std::string(digits - number.size(), ' ') << number
                   << (total.institutions == 1 ? " institution: " : " institutions, such as ") << total.example
                   << '\n';
  }
}

void CheckOutput::write_end() {
  std::ostream& out = session_.out();
  for (const std::string& warning : warnings_) {
    out << session_.terminal().styled(Style::kCaution, "warning:") << ' ' << printable(warning) << '\n';
  }
  if (of_all_) {
    write_totals();
    if (was_stopped_) {
      out << session_.terminal().styled(Style::kCaution, "stopped:") << ' ' << looked_at_ << " of "
          << std::max(expected_, looked_at_) << " were looked at\n";
    }
    out << looked_at_ << " looked at, " << at_fault_ << " need attention\n";
  } else {
    const Terminal& terminal = session_.terminal();
    out << (needs_attention_ ? terminal.styled(Style::kCaution, "something needs attention")
            : is_all_seen_   ? terminal.styled(Style::kGood, "all is right")
                           : terminal.styled(Style::kCaution, "what was seen is right; not everything could be seen"))
        << '\n';
  }
}

void CheckOutput::show_progress() {
  if (of_all_ && session_.terminal().interactive) {
    session_.out() << looked_at_ << " of " << expected_ << " looked at, " << at_fault_ << " need attention"
                   << std::flush;
    shows_progress_ = true;
  }
}

void CheckOutput::clear_progress() {
  if (shows_progress_) {
    session_.out() << "\r\x1b[K";
    shows_progress_ = false;
  }
}

}  // namespace zonectl
