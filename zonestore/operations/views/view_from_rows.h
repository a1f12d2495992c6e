// From an institution's rows to what readers see. For the sources of zonestore/operations only. Errors: db::Failure
// is thrown.
#pragma once

#include <functional>

#include "zonestore/operations/change/change_scope.h"
#include "zonestore/operations/views/institution_view.h"
#include "zonestore/operations/views/readiness.h"
#include "zonestore/rows/institution_rows.h"

namespace zonestore {

[[nodiscard]] InstitutionView institution_view(db::Connection& connection, const Name& dkim_zone,
                                               const rows::InstitutionRow& row, const Now& now);
// The same for one of many: what is the same for all was read once.
[[nodiscard]] InstitutionView institution_view(db::Connection& connection, const Name& dkim_zone,
                                               const rows::InstitutionRow& row, const Now& now, Readiness& readiness);

// Has time alone made something due here, rotations by policy aside?
[[nodiscard]] bool is_maintain_due(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                                   const Now& now);
// Since when; nullopt: nothing is due. Of an empty slot that is when something was last done to the institution's
// signing, at the earliest.
[[nodiscard]] std::optional<WallTime> maintain_due_since(const rows::InstitutionRow& row,
                                                         const dkim::LifecyclePolicy& policy, const Now& now);
// Has policy made a rotation due, in an open window, and nobody frozen it?
[[nodiscard]] bool is_rotation_due(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                                   const Now& now);
// Of a departing institution: has all of its mail arrived?
[[nodiscard]] bool has_left(const dkim::InstitutionFacts& facts, const Now& now);

// By code, in bounded memory. The visitor returns false to stop.
void for_each_institution(db::Connection& connection, bool with_departed,
                          const std::function<bool(const rows::InstitutionRow&)>& visitor);

}  // namespace zonestore
