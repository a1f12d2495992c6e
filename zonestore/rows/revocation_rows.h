// Keys that a taken signer held and that are still to be revoked (revocation_to_come), and which signers were taken.
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

// Since when this signer is known to be taken; nullopt: it is not, or there is none of that name.
[[nodiscard]] std::optional<WallTime> signer_taken(db::Connection& connection, const std::string& name);
// Switches it off, for good; it has nothing to follow any more.
void mark_signer_taken(db::Connection& connection, const std::string& name, WallTime now);

}  // namespace zonestore::rows
