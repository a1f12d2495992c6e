// From an institution's rows to what readers see. For the sources of zonestore/operations only. Errors: db::Failure
// is thrown.
#pragma once

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

}  // namespace zonestore
