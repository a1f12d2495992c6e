#include "tools/zonectl/bulk/opening.h"

namespace zonectl {

zonestore::Result<ExitCode> open_bulk(const Session& session, zonestore::Store& store, const ChangeOptions& change,
                                      const BulkWays& ways, const BulkSteps& steps) {
  if (ways.resume) {
    const auto resumed = resumed_run(session, store, ways.command, change);
    if (!resumed) {
      return tl::unexpected(resumed.error());
    }
    return steps.resume(*resumed);
  }
  if (ways.give_up) {
    auto given_up = give_up_run(session, store, change, ways.command, *ways.give_up, !ways.begins);
    if (!given_up || !ways.begins) {
      return given_up;
    }
  }
  return steps.begin();
}

}  // namespace zonectl
