// Keys that a taken signer held and that are still to be revoked (table revocation_to_come).
// A row goes by itself when its key leaves its slot. Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/rows/institution_rows.h"

namespace zonestore::rows {

struct RevocationRow {
  dkim::Code code;
  dkim::SlotId slot = dkim::SlotId::kSel1;
  std::string signer;  // whose machine was taken
};
[[nodiscard]] std::vector<RevocationRow> read_revocations(db::Connection& connection);  // by code and slot
// Of the key that is in that slot. One that is there already stays.
void insert_revocation(db::Connection& connection, const InstitutionRow& institution, dkim::SlotId slot,
                       const std::string& signer, WallTime now);

void delete_revocations(db::Connection& connection, InstitutionId id);  // all of this institution

}  // namespace zonestore::rows
