#include "tools/zonectl/bulk/report.h"

#include <iomanip>
#include <map>
#include <sstream>

#include "tools/zonectl/bulk/warnings.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "tools/zonectl/text/table.h"

namespace zonectl {

using zonestore::BulkRun;
using zonestore::BulkState;
using zonestore::Result;

namespace {

constexpr std::size_t kMostTroublesTold = 20;  // one by one

std::string resume_command(const BulkReport& report, const BulkWords& words) {
  return words.resume.empty() ? "zonectl " + report.command + " --resume" : words.resume;
}

// Something is left that a resumed run would do.
bool is_open(const BulkReport& report) {
  return !report.dry_run && report.run != 0 && (report.waiting() > 0 || report.failed > 0);
}

std::string why(const BulkTrouble& trouble, const Times& times) {
  std::string text;
  if (const auto& refusal = trouble.error.refusal) {
    text = std::string(zonestore::guard_code(refusal->guard));
    if (refusal->clears_at) {
      text += " until " + times.text(*refusal->clears_at);
    }
    text += ": ";
  }
  return text + printable(trouble.error.message);
}

Style style_of(BulkState state) {
  return state == BulkState::kFailed ? Style::kBad : Style::kCaution;
}

void write_each(const Session& session, const std::vector<BulkTrouble>& troubles) {
  Table table(session.troubles(), session.troubles_terminal(), {"INSTITUTION", "RESULT", "WHY"});
  for (const BulkTrouble& trouble : troubles) {
    table.add({{trouble.code, Style::kBold},
               {std::string(to_text(trouble.state)), style_of(trouble.state)},
               {why(trouble, session.times())}});
  }
  table.finish();
}

struct TroubleGroup {
  std::size_t count = 0;
  const BulkTrouble* example = nullptr;  // the first
};

// By guard, or by what failed.
std::vector<TroubleGroup> groups_of(const std::vector<BulkTrouble>& troubles) {
  std::vector<TroubleGroup> groups;
  std::map<std::string, std::size_t> places;
  for (const BulkTrouble& trouble : troubles) {
    const auto& refusal = trouble.error.refusal;
    const std::string kind = refusal ? std::string(zonestore::guard_code(refusal->guard))
                                     : kind_of_warning(trouble.code + ": " + trouble.error.message);
    const auto [place, is_new] = places.try_emplace(std::string(to_text(trouble.state)) + kind, groups.size());
    if (is_new) {
      groups.push_back({0, &trouble});
    }
    ++groups[place->second].count;
  }
  return groups;
}

// What stops one mostly stops thousands: of more than a few, each kind with an example.
void write_troubles(const Session& session, const BulkReport& report) {
  if (report.troubles.size() <= kMostTroublesTold) {
    return write_each(session, report.troubles);
  }
  Table table(session.troubles(), session.troubles_terminal(), {"COUNT", "RESULT", "SUCH AS", "WHY"});
  for (const TroubleGroup& group : groups_of(report.troubles)) {
    table.add({{std::to_string(group.count)},
               {std::string(to_text(group.example->state)), style_of(group.example->state)},
               {group.example->code, Style::kBold},
               {why(*group.example, session.times())}});
  }
  table.finish();
  session.troubles() << "each of them: --json\n";
}

// By kind, each with an example: what is amiss everywhere is amiss thousands of times.
void write_warnings(const Session& session, const BulkReport& report) {
  for (const WarningGroup& group : group_warnings(report.warnings)) {
    session.out() << session.terminal().styled(Style::kCaution, "warning:") << ' '
                  << (group.count > 1 ? std::to_string(group.count) + " of this kind, such as " : "")
                  << printable(group.example) << '\n';
  }
}

std::string guards_text(const BulkReport& report) {
  std::string text;
  for (const auto& [guard, count] : report.refused_by) {
    text += (text.empty() ? " (" : ", ") + guard + " " + std::to_string(count);
  }
  return text.empty() ? text : text + ")";
}

std::string took_text(const BulkReport& report) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << static_cast<double>(report.took.count()) / 1000 << " s";
  return text.str();
}

}  // namespace

BulkAddition left_out_of(const std::string& file, const std::vector<FileFault>& faults) {
  BulkAddition more;
  if (!faults.empty()) {
    more.lines.push_back(std::to_string(faults.size()) +
                         (faults.size() == 1 ? " fault: its line was" : " faults: their lines were") +
                         " left out, or taken in part");
  }
  more.json.update(faults_json(file, faults));
  return more;
}

ExitCode exit_of(const BulkReport& report) {
  if (report.done == report.total) {
    return ExitCode::kDone;
  }
  if (report.done > 0 || report.stop == BulkStop::kInterrupted) {
    return ExitCode::kPartlyDone;
  }
  return report.failed > 0 ? ExitCode::kFailed : ExitCode::kRefused;
}

namespace {

// The last line of all: how many of how many.
void write_summary(const Session& session, const BulkReport& report, const BulkWords& words) {
  std::ostream& out = session.out();
  out << report.done << " of " << report.total << (report.total == 1 ? " institution " : " institutions ")
      << verb(report, words.done, words.would) << " in " << took_text(report) << serials_text(report);
  if (report.refused > 0) {
    out << "; " << report.refused << " refused" << guards_text(report);
  }
  if (report.failed > 0) {
    out << "; " << report.failed << ' ' << session.terminal().styled(Style::kBad, "failed");
  }
  out << '\n';
}

}  // namespace

void write(const Session& session, const BulkReport& report, const BulkWords& words, const BulkAddition& more) {
  std::ostream& out = session.out();
  write_troubles(session, report);
  write_warnings(session, report);
  if (report.stop != BulkStop::kNone) {
    out << session.terminal().styled(Style::kCaution, "stopped:") << ' ' << printable(report.stop_reason) << "; "
        << report.waiting() << (report.waiting() == 1 ? " is" : " are") << " waiting\n";
  }
  for (const std::string& line : more.lines) {
    out << printable(line) << '\n';
  }
  if (is_open(report)) {
    out << "go on with: " << resume_command(report, words) << '\n';
  }
  zonestore::Changed end = report;
  end.warnings.clear();  // told above
  write_end(out, session.terminal(), end);
  write_summary(session, report, words);
}

Json to_json(const BulkReport& report, const BulkWords& words) {
  Json json = changed_json(report);
  Json troubles = Json::array();
  for (const BulkTrouble& trouble : report.troubles) {
    troubles.push_back(Json{
        {"code", trouble.code}, {"state", std::string(to_text(trouble.state))}, {"error", to_json(trouble.error)}});
  }
  Json guards;
  for (const auto& [guard, count] : report.refused_by) {
    guards[guard] = count;
  }
  json.update(Json{{"command", report.command},
                   {"run", report.dry_run || report.run == 0 ? Json(nullptr) : Json(report.run)},
                   {"total", report.total},
                   {"done", report.done},
                   {"refused", report.refused},
                   {"failed", report.failed},
                   {"waiting", report.waiting()},
                   {"refused_by", report.refused_by.empty() ? Json(nullptr) : guards},
                   {"troubles", troubles},
                   {"stopped", report.stop == BulkStop::kNone ? Json(nullptr) : Json(report.stop_reason)},
                   {"resume", is_open(report) ? Json(resume_command(report, words)) : Json(nullptr)}});
  return json;
}

Result<BulkRun> begin_run(zonestore::Store& store, const zonestore::ChangeContext& context,
                          const zonestore::BulkPlan& plan) {
  if (plan.items.empty()) {
    return BulkRun{0, plan.arguments_json, {}, {}, plan.command, context.actor.name, {}};
  }
  return begin_bulk_run(store, context, plan);
}

Result<ExitCode> give_up_run(const Session& session, zonestore::Store& store, const ChangeOptions& change,
                             const std::string& command, std::uint32_t run, bool is_all) {
  const auto given_up = give_up_bulk_run(store, session.context(change), command, run);
  if (!given_up) {
    return tl::unexpected(given_up.error());
  }
  if (is_all && session.json()) {
    Json json = changed_json(*given_up);
    json["command"] = command;
    json["run"] = given_up->run;
    json["counts"] = given_up->counts;
    print(session.out(), json);
    return ExitCode::kDone;
  }
  std::ostream& out = is_all ? session.out() : session.err();
  out << "bulk run " << given_up->run << ' ' << verb(*given_up, "is", "would be") << " given up: " << given_up->counts
      << '\n';
  if (is_all) {
    write_end(out, session.terminal(), *given_up);
  }
  return ExitCode::kDone;
}

Result<BegunRun> resumed_run(const Session& session, zonestore::Store& store, const std::string& command,
                             ChangeOptions change) {
  auto run = resume_bulk_run(store, session.context(change), command);
  if (!run) {
    return tl::unexpected(run.error());
  }
  if (!*run) {
    return zonestore::fail(zonestore::ErrorCode::kNotFound, "there is no interrupted run of " + command,
                           "zonectl log shows the runs that there were");
  }
  session.err() << "going on with run " << (*run)->id << ", begun " << session.times().text((*run)->began) << '\n';
  Result<RunArguments> arguments = RunArguments::parse((*run)->arguments_json);
  if (!arguments) {
    return tl::unexpected(arguments.error());
  }
  BulkSettings settings = settings_of(*arguments);
  change.override_guard = settings.override_guard;
  change.reason = settings.reason;
  change.expect = settings.expect;
  return BegunRun{**std::move(run), *std::move(arguments), std::move(settings), session.context(change)};
}

ExitCode tell_run(const Session& session, const BulkReport& report, const BulkWords& words,
                  const BulkAddition& more) {
  if (session.json()) {
    Json json = to_json(report, words);
    json.update(more.json);
    print(session.out(), json);
  } else {
    write(session, report, words, more);
  }
  return exit_of(report);
}

Result<ExitCode> end_run(const Session& session, zonestore::Store& store, const zonestore::ChangeContext& context,
                         BulkReport report, const BulkWords& words, const BulkAddition& more) {
  if (!report.dry_run && report.total > 0 && !is_open(report)) {
    if (const auto ended = end_bulk_run(store, context, report.run); !ended) {  // the work itself is done
      report.warnings.push_back("the run could not be closed (" + ended.error().message +
                                "): " + resume_command(report, words) + " closes it, and has nothing else to do");
    }
  }
  return tell_run(session, report, words, more);
}

}  // namespace zonectl
