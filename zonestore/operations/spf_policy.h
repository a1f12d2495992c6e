// The SPF policy: the terms behind spf.secutix.com, and the steps by which they get into its records.
//
// spf/planner.h has the rules. Each change publishes what may be published at once; what has to wait is done by
// `maintain` (spf_maintain), once it is due.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/operations/maintain.h"
#include "zonestore/operations/store.h"
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
struct SpfChanged : Changed {
  SpfView spf;
};

// A term that is there: changed is false, with a warning; one that is to leave stays. Terms that cover each other all
// stay, and are named. Errors: kRefused/kWideTerm; kInvalid when there is no room in the records.
[[nodiscard]] Result<SpfChanged> spf_allow(Store& store, const ChangeContext& context,
                                           const std::vector<spf::Term>& terms);
// Takes terms out, never the record: at once, or with `drain` by the first `maintain` after it. Errors: kNotFound for
// a term that is not there.
[[nodiscard]] Result<SpfChanged> spf_deny(Store& store, const ChangeContext& context,
                                          const std::vector<spf::Term>& terms,
                                          std::optional<Seconds> drain = std::nullopt);
[[nodiscard]] Result<SpfView> spf_show(Store& store);

// True if `maintain` has a step to take now. Precondition: the caller holds a transaction. Throws db::Failure.
[[nodiscard]] bool is_spf_step_due(Store::Impl& store, const Now& now);
// Of `maintain`: the step that is due, if one is. Throws db::Failure.
void spf_maintain(Store& store, const ChangeContext& context, Maintained& outcome);

}  // namespace zonestore
