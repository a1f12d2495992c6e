// A key is its public key, not its row: where else in the store the same one is, and whether it was ever revoked.
// For the sources of zonestore/operations only. Errors: db::Failure is thrown.
#pragma once

#include <string>
#include <vector>

#include "zonestore/base/bytes.h"
#include "zonestore/db/connection.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/operations/change/store_impl.h"

namespace zonestore {

struct KeyHolder {
  std::string code;  // the institution
  dkim::SlotId slot;
  std::string key_id;

  [[nodiscard]] std::string text() const { return code + " " + dkim::to_text(slot); }
};
// The slots that hold this public key, by code.
[[nodiscard]] std::vector<KeyHolder> places_of_key(db::Connection& connection, ByteView public_spki);

// It was revoked, in any slot of any institution, or in what a restore took back.
[[nodiscard]] bool is_revoked(db::Connection& connection, ByteView public_spki);
// kRefused/kRevoked if it was.
void check_not_revoked(db::Connection& connection, ByteView public_spki, const std::string& what);

// Of the keys in the vault that are in no slot, those with this public key: rows of an earlier use, and what a
// command that died has left. Looks into at most some hundreds of the latter.
[[nodiscard]] std::vector<std::string> unused_twins(Store::Impl& store, ByteView public_spki);

}  // namespace zonestore
