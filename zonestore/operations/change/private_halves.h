// What holds between slots and the vault: a published key has its private half there, and only what no slot uses is
// ever destroyed. For the sources of zonestore/operations only.
//
// Locks: zone.db first, then the vault. Who publishes a key proves it, and who destroys one compares it with the
// slots, under the write lock of zone.db: so neither can happen between the other's look and its deed. How old a key
// is decides nothing; it only spares a command that is at work the making of its keys a second time. Errors:
// db::Failure is thrown.
#pragma once

#include <string>
#include <vector>

#include "zonestore/operations/change/store_impl.h"
#include "zonestore/rows/institution_rows.h"

namespace zonestore {

// Each key in these slots that its name does not serve yet is in the vault, opens, and is the private half of the
// public key. Precondition: the write lock. Throws kRefused/kKeyMismatch.
void prove_new_keys(Store::Impl& store, const rows::InstitutionRow& institution);

// Into the vault, ahead of their publication. Where it cannot be told whether they were put, nothing was published,
// and the error says so: what may be there is an orphan.
void put_ahead(Store::Impl& store, const std::vector<Vault::NewKey>& keys, WallTime now);
// The same, but for those that are there: under the write lock, just before they are published.
void put_missing_ahead(Store::Impl& store, const std::vector<Vault::NewKey>& keys, WallTime now);

// Out of the vault, but for those that are in a slot. Takes the write lock. Does nothing where it is not known
// whether a change of this process was made: what may be published stays.
void destroy_unused(Store::Impl& store, const std::vector<std::string>& key_ids);

// Destroys the private halves that were withdrawn, and those that were seen in no slot for a day, a slice at a time.
// Gives back how many (in a dry run: would be).
[[nodiscard]] std::size_t sweep_vault(Store::Impl& store, bool dry_run);

}  // namespace zonestore
