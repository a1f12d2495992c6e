// What a bulk command tells at its end, and how it begins and ends its run.
#pragma once

#include "tools/zonectl/bulk/faults.h"
#include "tools/zonectl/bulk/runner.h"
#include "tools/zonectl/session/exit_code.h"
#include "tools/zonectl/text/json_value.h"

namespace zonectl {

struct BulkWords {
  std::string done;      // "rotated"
  std::string would;     // "would be rotated"
  std::string resume{};  // how to go on; empty: COMMAND --resume
};

// What a command adds to the report: lines for people, fields for --json.
struct BulkAddition {
  std::vector<std::string> lines;
  Json json = Json(std::initializer_list<Json::Field>{});  // an object
};

// Of the faults that --skip-bad has left out: how many lines, and faults_json.
[[nodiscard]] BulkAddition left_out_of(const std::string& file, const std::vector<FileFault>& faults);

// kDone: all; kRefused: all of them refused; kPartlyDone: some, or stopped; kFailed: failures, and none done.
[[nodiscard]] ExitCode exit_of(const BulkReport& report);
void write(const Session& session, const BulkReport& report, const BulkWords& words, const BulkAddition& more = {});
[[nodiscard]] Json to_json(const BulkReport& report, const BulkWords& words);
// Prints the report, in the form that was asked for, and gives its exit code.
[[nodiscard]] ExitCode tell_run(const Session& session, const BulkReport& report, const BulkWords& words,
                                const BulkAddition& more);

// The run with its list written down (not in a dry run). Errors: those of zonestore::begin_bulk_run.
[[nodiscard]] zonestore::Result<zonestore::BulkRun> begin_run(zonestore::Store& store,
                                                              const zonestore::ChangeContext& context,
                                                              const zonestore::BulkPlan& plan);
// A run to be worked through, a new one or one that goes on.
struct BegunRun {
  zonestore::BulkRun run;
  RunArguments arguments;
  BulkSettings settings;
  zonestore::ChangeContext context;
};
// The interrupted run of the command, to go on with as it was begun: its own arguments, override and reason. Says so
// on standard error. `change` has what a resumed run takes anew: --dry-run. Errors: kNotFound if there is none.
[[nodiscard]] zonestore::Result<BegunRun> resumed_run(const Session& session, zonestore::Store& store,
                                                      const std::string& command, ChangeOptions change);
// --give-up N: ends that run of the command as it is. It tells so on standard error, or, if that is all that was
// asked for, as the answer.
[[nodiscard]] zonestore::Result<ExitCode> give_up_run(const Session& session, zonestore::Store& store,
                                                      const ChangeOptions& change, const std::string& command,
                                                      std::uint32_t run, bool is_all);
// Closes a run in which nothing is left to do, and prints the report.
[[nodiscard]] zonestore::Result<ExitCode> end_run(const Session& session, zonestore::Store& store,
                                                  const zonestore::ChangeContext& context, BulkReport report,
                                                  const BulkWords& words, const BulkAddition& more = {});

}  // namespace zonectl
