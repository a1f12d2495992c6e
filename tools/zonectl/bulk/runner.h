// The loop of every bulk command: one institution after the other, each a transaction of its own, until all are done,
// too many have failed, or somebody asks to stop.
//
// What is a failure: an error, and a refusal that says that something of ours is broken (E_KEY_MISMATCH, E_NS_LAG,
// E_SIGNER_STALE). Any other refusal (not ripe yet, draining, frozen, ...) is counted by its guard, and the run goes
// on: the institution is as it was, and asking again later is all that there is to do. Threads: one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/zonectl/bulk/settings.h"
#include "tools/zonectl/session/interruption.h"
#include "tools/zonectl/session/session.h"
#include "zonestore/operations/bulk/bulk_runs.h"

namespace zonectl {

struct BulkWork {
  std::string command;  // "rotate"
  std::string doing;    // "rotating", for the progress
  // The change of one institution.
  std::function<zonestore::Result<zonestore::Changed>(const zonestore::ChangeContext&, const zonestore::BulkItem&)>
      change;
  // After it: does it hold? If not, `undo` takes it back. Both may be empty.
  std::function<zonestore::Result<void>(const zonestore::BulkItem&)> prove{};
  std::function<zonestore::Result<void>(const zonestore::BulkItem&)> undo{};
  // In their place, for a batch of changes at once, in its order: empty for one that holds; else why it does not, and
  // whether it was taken back.
  struct Fault {
    zonestore::Error error;
    bool undone = true;
  };
  std::function<std::vector<std::optional<Fault>>(const std::vector<const zonestore::BulkItem*>&,
                                                  std::vector<std::string>& warnings)>
      settle{};
};

struct BulkTrouble {
  std::string code;
  zonestore::BulkState state;  // kRefused or kFailed
  zonestore::Error error;
};

enum class BulkStop : std::uint8_t { kNone, kInterrupted, kTooManyFailures, kCanary, kStore };

struct BulkReport : zonestore::Changed {
  std::string command;
  std::int64_t run = 0;
  std::size_t total = 0;
  std::size_t done = 0;  // with those of earlier attempts of a resumed run
  std::size_t refused = 0;
  std::size_t failed = 0;
  std::map<std::string, std::size_t> refused_by;  // guard code -> institutions
  std::vector<BulkTrouble> troubles;              // of this attempt
  BulkStop stop = BulkStop::kNone;
  std::string stop_reason;
  std::chrono::milliseconds took{};

  [[nodiscard]] std::size_t waiting() const { return total - done - refused - failed; }
};

[[nodiscard]] bool is_failure(const zonestore::Error& error);

// Works through the items of the run that are not done. In a dry run the run's items are only asked what would
// happen. A run without a number (0) is kept nowhere: whoever stopped it gives the command anew.
[[nodiscard]] BulkReport run_bulk(const Session& session, zonestore::Store& store,
                                  const zonestore::ChangeContext& context, const zonestore::BulkRun& run,
                                  const BulkSettings& settings, const BulkWork& work, Interruption& interruption);

// After changes with signers_later: the signers follow once for all of them. What goes wrong is a warning, since the
// changes are done. True if there was a signer that had something to follow.
bool follow_at_once(zonestore::Store& store, const zonestore::ChangeContext& context,
                    std::vector<std::string>& warnings);
// The same for institutions that came in, whose mail is signed from now on.
void follow_new_ones(zonestore::Store& store, const zonestore::ChangeContext& context, BulkReport& report);

}  // namespace zonectl
