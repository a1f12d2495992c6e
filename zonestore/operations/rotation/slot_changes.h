// What changes of slots have in common. For the sources of this folder only. Errors: db::Failure is thrown.
#pragma once

#include "zonestore/operations/change/change_scope.h"
#include "zonestore/rows/institution_rows.h"

namespace zonestore {

// Writes down that this slot's key was withdrawn on purpose; `after` has what that makes of the institution. Signing
// moves away first: the schema keeps a key in the slot that signs.
void store_revocation(ChangeScope& change, rows::InstitutionRow& row, dkim::SlotId slot,
                      dkim::InstitutionFacts after);

}  // namespace zonestore
