// Fresh keys on their way into slots: made, proven with the bytes that will be served, durable in the vault, and only
// then published. For the sources of zonestore/operations only.
//
// In a dry run no key is made: what stands for one has its form and size, and an id that no key has.
//
//   make ──> store in the vault ──> (the caller's transaction proves and publishes them) ──> keep
//
// What is not kept is taken out of the vault again. A crash in between leaves an orphan in the vault, which harms
// nobody and which maintain sweeps up. Errors: db::Failure is thrown.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/keys/key_stock.h"
#include "zonestore/publish/publisher.h"

namespace zonestore {

class FreshKeys {
 public:
  // One for each of `slots`: from the store's KeyStock if there is one, else made side by side.
  FreshKeys(Store::Impl& store, const ChangeContext& context, const dkim::Code& code, crypto::Algorithm algorithm,
            const std::vector<dkim::SlotId>& slots);
  ~FreshKeys();
  FreshKeys(const FreshKeys&) = delete;
  FreshKeys& operator=(const FreshKeys&) = delete;
  FreshKeys(FreshKeys&&) = delete;
  FreshKeys& operator=(FreshKeys&&) = delete;

  // A key that was made elsewhere, for one more slot. Throws kKeyMismatch, kWeakKey.
  void supply(const dkim::Code& code, dkim::SlotId slot, crypto::PrivateKey key);
  void store_in_vault(WallTime now);  // all or none; before the write transaction, which it would only prolong
  // Into the slots of these rows; the slots' earlier keys, if any, are withdrawn. Under the write lock: a key that
  // went missing in the vault meanwhile is put again.
  void put_into(db::Connection& connection, rows::InstitutionRow& institution, WallTime now);
  void keep() { kept_ = true; }

 private:
  struct Fresh {
    dkim::SlotId slot;
    StockedKey stocked;
  };
  struct StandIn {
    dkim::SlotId slot;
    rows::SlotKey key;
  };
  void add(const dkim::Code& code, dkim::SlotId slot, StockedKey key);
  void put_missing_again(WallTime now);
  void check_identity(db::Connection& connection, const rows::InstitutionRow& institution, dkim::SlotId slot,
                      const Bytes& public_spki) const;
  void add_stand_in(dkim::SlotId slot, std::string_view kind, crypto::Algorithm algorithm, Bytes public_spki);

  Store::Impl& store_;
  bool dry_run_;
  std::vector<Fresh> keys_;
  std::vector<StandIn> stand_ins_;
  bool kept_ = false;  // else what is in the vault is taken out again
};

[[nodiscard]] std::string new_key_id();
// Ids of a dry run, which are nobody's and not to be shown: of a key that would be made, whose bytes are made up too;
// of one that was supplied.
[[nodiscard]] bool is_stand_in(std::string_view key_id);
[[nodiscard]] bool is_supplied(std::string_view key_id);

// Takes a key out of a slot: its record is no longer wanted, its row stays as history. The key id goes to
// `withdrawn`, for the vault to destroy after the commit.
void withdraw(db::Connection& connection, rows::InstitutionRow& institution, dkim::SlotId slot, WallTime now,
              std::vector<std::string>& withdrawn);

// After the commit: the private halves go. What cannot be destroyed now is left to maintain, with a warning; then
// false.
bool destroy_in_vault(Store::Impl& store, const ChangeContext& context, const std::vector<std::string>& withdrawn,
                      Changed& outcome);

}  // namespace zonestore
