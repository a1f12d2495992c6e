// The SPF terms as readers see them: which records have them, from when each is safe, and what is still to come.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/operations/change/store.h"
#include "zonestore/spf/record.h"

namespace zonestore {

struct SpfTermView {
  std::string term;
  std::vector<Name> owners;           // of the records that have it now
  std::optional<WallTime> safe_from;  // when every resolver lets its senders pass; nullopt: they do now, or no room
  bool after_steps = false;           // that time is the earliest: maintain has steps to take before
  bool has_room = true;
  std::optional<WallTime> leaves_at;  // denied with a drain: maintain takes it out then
  std::string covered_by;             // another term that allows all its addresses; empty: none
};

struct SpfRecordView : spf::Record {
  bool included = true;                   // by the apex; true of the apex itself
  std::optional<WallTime> included_from;  // at the earliest: it is new, and has to be known first
  std::optional<WallTime> taken_out_at;   // it is left over, and resolvers may still ask for it until then
};

struct SpfView {
  std::vector<std::string> terms;      // all that are allowed now
  std::vector<SpfTermView> details;    // of each of them
  std::vector<SpfRecordView> records;  // that are served now, the apex first
  unsigned lookups = 1;                // that including the apex costs a customer, whatever its resolver still holds
  unsigned lookups_to_come = 1;        // the most that it will cost, after the steps that are left
  std::optional<WallTime> next_step_at;  // nullopt: no step is left
  std::string next_step;                 // what it changes, for people
};
// For the sources of zonestore/operations only. Precondition of all: the caller holds a transaction. They throw
// db::Failure.
[[nodiscard]] SpfView spf_view(Store::Impl& store, const Now& now);
// Since when `maintain` has a step to take, to the second, and thirty days at most; nullopt: it has none now.
[[nodiscard]] std::optional<WallTime> spf_step_due_since(Store::Impl& store, const Now& now);

}  // namespace zonestore
