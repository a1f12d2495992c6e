// Backups: the store and its vault as they were at one instant, in a directory.
//
//   DIR/zone.db    everything public
//   DIR/vault.db   the private keys, sealed; the wrapping key is not in a backup
//   DIR/seal       what the two were, under a code that only the wrapping key gives (backup_seal.h)
//
// Both are taken under one pair of read transactions, zone.db's first: since a private key is in the vault before its
// record is published, and leaves it after, every key that is published in the copy is in the copied vault.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "zonestore/operations/change/store.h"

namespace zonestore {

// Whose a backup is: ours is what is sealed with the key of the store that is there, or, in an empty place, with the
// key that is found there. All else takes an admin's word (E_FOREIGN_BACKUP).
enum class SealState : std::uint8_t {
  kOurs,
  kNone,        // made before there were seals, or not by us
  kOtherKey,    // of another store, or of nobody knows whom
  kEarlierKey,  // ours, before a vault rekey
  kBroken,      // it does not fit the files
};
[[nodiscard]] std::string_view to_text(SealState state);  // "ours", "none", "other-key", "earlier-key", "broken"

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
