// Backups: the store and its vault as they were at one instant, in a directory.
//
//   DIR/zone.db    everything public
//   DIR/vault.db   the private keys, sealed; the wrapping key is not in a backup
//
// Both are taken under one pair of read transactions, zone.db's first: since a private key is in the vault before its
// record is published, and leaves it after, every key that is published in the copy is in the copied vault.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "zonestore/operations/store.h"

namespace zonestore {

struct Backup {
  std::filesystem::path directory;
  std::string store_id;
  WallTime newest_change;  // the highest wall time on record when it was taken
  std::vector<ZoneSerial> zones;
  std::size_t institutions = 0;  // that are served
  std::size_t keys = 0;          // private keys
  std::string wrapping_key_id;   // of the key without which nothing opens them
  std::uint64_t size_bytes = 0;
};

// Makes the directory (0700, its files 0600): whole, checked and durable, or not at all. Writers wait meanwhile,
// readers do not. Errors: kRefused/kExists if there is something of that name.
[[nodiscard]] Result<Backup> back_up(Store& store, const std::filesystem::path& directory);

// Looks whether it is whole, and of one store. Errors: kMissing, kForeign, kFuture, kDamaged.
[[nodiscard]] Result<Backup> read_backup(const std::filesystem::path& directory);

}  // namespace zonestore
