// How bulk commands begin: --resume, --give-up N, and a new run.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "tools/zonectl/bulk/report.h"

namespace zonectl {

struct BulkWays {
  std::string command;
  bool resume = false;
  std::optional<std::uint32_t> give_up;
  bool begins = false;  // a way to begin a new run was named; else --give-up is all that was asked for
};
struct BulkSteps {
  // Goes on with the interrupted run of the command.
  std::function<zonestore::Result<ExitCode>(const ResumedRun&)> resume;
  std::function<zonestore::Result<ExitCode>()> begin;
};
[[nodiscard]] zonestore::Result<ExitCode> open_bulk(const Session& session, zonestore::Store& store,
                                                    const ChangeOptions& change, const BulkWays& ways,
                                                    const BulkSteps& steps);

}  // namespace zonectl
