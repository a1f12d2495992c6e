// An institution's two slots, and every key that was ever in one (tables slot, dkim_key).
//
// Threads: that of the connection. Errors: db::Failure is thrown; a slot that is missing is kDamaged.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "zonestore/db/connection.h"
#include "zonestore/rows/institution_rows.h"

namespace zonestore::rows {

// Puts a key into a slot (which must hold none), or takes it out; both keep the key's row as history.
void put_key(db::Connection& connection, InstitutionId id, dkim::SlotId slot, const SlotKey& key);
void withdraw_key(db::Connection& connection, InstitutionId id, dkim::SlotId slot, WallTime now);

// Withdraws a slot's key on purpose: it leaves the slot REVOKED, and the key's row says so.
void revoke_key(db::Connection& connection, InstitutionId id, dkim::SlotId slot, WallTime now);
// Drains that wait, of institutions that no signer has a task for any more, begin now. How many slots.
std::int64_t begin_waiting_drains(db::Connection& connection, const Moment& now);

// The ids of all keys that slots hold; does one of them hold this one?
[[nodiscard]] std::set<std::string> keys_in_slots(db::Connection& connection);
[[nodiscard]] bool is_in_a_slot(db::Connection& connection, const std::string& key_id);

// Every key that an institution's slots ever held, by when it was published; of departed ones too.
struct KeyRow {
  dkim::SlotId slot = dkim::SlotId::kSel1;
  SlotKey key;
  std::optional<WallTime> withdrawn;
  std::optional<WallTime> revoked;
};
void for_each_key(db::Connection& connection, InstitutionId id, const std::function<void(KeyRow&&)>& visitor);

// For institution_rows: the slots of a new institution; those of one that is there, into its facts and keys, and
// back.
void insert_slots(db::Connection& connection, InstitutionId id);
void read_slots(db::Connection& connection, InstitutionRow& institution);
void store_slot(db::Connection& connection, InstitutionId id, const dkim::SlotFacts& facts);

}  // namespace zonestore::rows
