// zonectl show: institutions, their slots, and what can be done next.
#include <algorithm>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/base/joined.h"
#include "zonestore/operations/views/institution_view.h"

namespace zonectl::show {
namespace {

using zonestore::InstitutionView;
using zonestore::Result;
using zonestore::dkim::Phase;

struct Options {
  std::vector<zonestore::dkim::Code> named;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().institutions(options.named);
}

std::string domains_text(const InstitutionView& institution) {
  const std::string text = zonestore::joined(institution.domains, " ",
                                             [](const zonestore::Name& domain) { return domain.to_text_no_dot(); });
  return text.empty() ? "none yet" : text;
}

void write_next(const Session& session, const InstitutionView& institution) {
  std::ostream& out = session.out();
  const std::string& code = institution.code;
  out << "next\n";
  if (institution.maintain_due) {
    out << "  zonectl maintain           there is something to do for " << code << '\n';
  }
  if (institution.phase == Phase::kStarting && !institution.starts_with) {
    out << "  zonectl prepare " << code << "       signing begins when that key has ripened\n";
  }
  if (institution.domains.empty() && institution.phase != Phase::kDeparting) {
    out << "  zonectl domain add " << code << " DOMAIN\n";
  }
  if (!institution.rotate_refusal) {
    out << "  zonectl rotate " << code << "  " << session.terminal().styled(Style::kGood, "possible now") << '\n';
    return;
  }
  const zonestore::Error& refusal = *institution.rotate_refusal;
  out << "  zonectl rotate " << code << "  ";
  if (refusal.refusal) {
    out << session.terminal().styled(Style::kCaution, zonestore::guard_code(refusal.refusal->guard));
    if (refusal.refusal->clears_at) {
      out << " until " << session.times().text(*refusal.refusal->clears_at);
    }
  }
  out << "\n    " << refusal.message << '\n';
  if (!refusal.hint.empty()) {
    out << "    instead: " << refusal.hint << '\n';
  }
}

// What `check` saw last: the faults, or that there were none, and when: as long ago as the oldest look it rests on.
void write_evidence(const Session& session, const InstitutionView& institution) {
  std::ostream& out = session.out();
  bool is_good = true;
  for (const zonestore::EvidenceView& seen : institution.evidence) {
    if (seen.verdict != zonestore::Verdict::kOk) {
      is_good = false;
      out << "in DNS    " << session.terminal().styled(Style::kCaution, to_text(seen.verdict)) << "  "
          << (seen.domain ? seen.domain->to_text_no_dot() + " " : "") << seen.subject << "  "
          << session.times().text(seen.seen.wall) << "\n          " << printable(seen.detail) << '\n';
    }
  }
  if (institution.evidence.empty()) {
    out << "in DNS    nobody has looked yet: zonectl check " << institution.code << '\n';
  } else if (is_good) {
    const auto oldest =
        std::min_element(institution.evidence.begin(), institution.evidence.end(),
                         [](const auto& left, const auto& right) { return left.seen.wall < right.seen.wall; });
    out << "in DNS    all right, " << session.times().text(oldest->seen.wall) << '\n';
  }
}

void write(const Session& session, const InstitutionView& institution) {
  std::ostream& out = session.out();
  const Times times = session.times();
  out << session.terminal().styled(Style::kBold, institution.code) << "  " << phase_text(institution) << "\n\n";
  write_slots(out, session.terminal(), times, institution);
  out << "\ndomains   " << domains_text(institution) << '\n';
  out << "new keys  " << zonestore::crypto::to_text(institution.algorithm) << '\n';
  out << "added     " << times.text(institution.added) << '\n';
  if (institution.next_rotation) {
    out << "rotates   " << times.text(*institution.next_rotation) << ", by policy"
        << (institution.rotation_overdue ? ": overdue" : "") << '\n';
  }
  if (institution.frozen) {
    out << "frozen    " << times.text(institution.frozen->since)
        << (institution.frozen->whole_store ? ", with the whole store: " : ": ")
        << printable(institution.frozen->reason) << '\n';
  }
  write_evidence(session, institution);
  if (institution.leaves_at) {
    out << "leaves    " << times.text(*institution.leaves_at) << '\n';
  }
  out << '\n';
  write_next(session, institution);
}

Result<std::vector<InstitutionView>> show_all(zonestore::Store& store,
                                              const std::vector<zonestore::dkim::Code>& codes) {
  std::vector<InstitutionView> all;
  for (const zonestore::dkim::Code& code : codes) {
    auto view = show_institution(store, code);
    if (!view) {
      return tl::unexpected(view.error());
    }
    all.push_back(*std::move(view));
  }
  return all;
}

Result<ExitCode> body(Session& session, const Options& options) {
  const auto operation = [&](zonestore::Store& store) { return show_all(store, options.named); };
  const auto in_json = [](const std::vector<InstitutionView>& all) {
    return all.size() == 1 ? to_json(all.front()) : Json{{"institutions", json_array(all)}};
  };
  const auto in_words = [](const Session& told, const std::vector<InstitutionView>& all) {
    for (const InstitutionView& each : all) {
      told.out() << (&each == &all.front() ? "" : "\n");
      write(told, each);
    }
  };
  return session.tell(session.read(operation), in_json, in_words);
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>({"show", "show institutions: their selectors, states and times, what can be done next",
                         "zonectl show mosa\nzonectl show mosamuseum.com nova\nzonectl show mosa --json",
                         exits_of_reading({{ExitCode::kNotFound, "no such institution"}}), For::kOperators},
                        arguments, body);
}

}  // namespace zonectl::show
