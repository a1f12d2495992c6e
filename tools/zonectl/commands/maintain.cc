// zonectl maintain: whatever time alone has made due.
#include "zonestore/operations/rotation/maintain.h"

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/operations/history/audit_chain.h"

namespace zonectl::maintain {
namespace {

using zonestore::Maintained;
using zonestore::Result;

struct Options {
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().flag(
      "--dry-run", options.change.dry_run,
      "print what would happen by what is known, step upon step; it makes no key and keeps nothing, takes a "
      "minute at most, and no writer waits longer than a second for it");
}

struct Outcome {
  Maintained maintained;
  std::optional<zonestore::AuditRowTold> newest;
};

Json to_json(const Outcome& outcome) {
  const Maintained& maintained = outcome.maintained;
  Json json = changed_json(maintained);
  Json steps = Json::array();
  for (const zonestore::MaintainStep& step : maintained.steps) {
    steps.push_back(Json{{"code", step.code.empty() ? Json(nullptr) : Json(step.code)}, {"what", step.what}});
  }
  json["steps"] = std::move(steps);
  json["waiting"] = maintained.waiting;
  json["failures"] = maintained.failures;
  json["log"] = json_or_null(outcome.newest, [](const zonestore::AuditRowTold& row) {
    return Json{{"newest_id", row.id}, {"newest_chain", row.chain}};
  });
  return json;
}

void write(const Session& session, const Outcome& outcome) {
  const Maintained& maintained = outcome.maintained;
  std::ostream& out = session.out();
  for (const zonestore::MaintainStep& step : maintained.steps) {
    out << (maintained.dry_run ? "would do: " : "") << (step.code.empty() ? "" : step.code + ": ")
        << printable(step.what) << '\n';
  }
  for (const std::string& waiting : maintained.waiting) {
    out << session.terminal().styled(Style::kCaution, "waits:") << ' ' << printable(waiting) << '\n';
  }
  for (const std::string& failure : maintained.failures) {
    out << session.terminal().styled(Style::kBad, "failed:") << ' ' << printable(failure) << '\n';
  }
  if (maintained.steps.empty() && maintained.waiting.empty() && maintained.failures.empty()) {
    out << "nothing was due\n";
  }
  if (outcome.newest) {
    out << "log: row " << outcome.newest->id << " carries " << outcome.newest->chain << '\n';
  }
  write_end(out, session.terminal(), maintained);
}

ExitCode exit_of(const Outcome& outcome) {
  if (outcome.maintained.failures.empty()) {
    return ExitCode::kDone;
  }
  return outcome.maintained.steps.empty() ? ExitCode::kFailed : ExitCode::kPartlyDone;
}

Result<Outcome> do_what_is_due(zonestore::Store& store, const zonestore::ChangeContext& context) {
  return zonestore::maintain(store, context).map([&](Maintained&& maintained) {
    Outcome outcome{std::move(maintained), std::nullopt};
    if (!context.dry_run) {  // what was done is done: a store that is busy now tells the row at the next run
      outcome.newest = tell_newest_row(store).value_or(std::nullopt);
    }
    return outcome;
  });
}

Result<ExitCode> body(Session& session, const Options& options) {
  return session.tell(session.change(options.change, do_what_is_due), to_json, write, exit_of);
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"maintain", "do whatever is due: fresh keys, rotations by policy, records of removed institutions out",
       "zonectl maintain --dry-run",
       exits_of_change({{ExitCode::kPartlyDone, "done for some, failed for others; each is named"}}),
       For::kOperators},
      arguments, body);
}

}  // namespace zonectl::maintain
