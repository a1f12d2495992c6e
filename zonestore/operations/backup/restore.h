// Restoring a backup: into the live files, so that a running dnsd follows it like any other change.
//
// The store comes back as it was, but for what must not go back:
//   - serials rise above what was served last, by the live store and by the servers, which are asked first (where
//   there
//     is no live store, above the clock by a good deal too), and so does the highest wall time on record;
//   - a key that was revoked since stays revoked, its record says so (p=), and signing moves away from it;
//   - a selector whose content changes ripens anew, against what was served until now; a key that signed until now
//     and is still served drains; who is frozen stays frozen;
//   - a key that signs or drains in the live store leaves with its drain and not before, known to the backup or not;
//     so do institutions that the backup does not know (restore_kept.h);
//   - an institution that the live store never heard of ripens against the absence of its names until now;
//   - signers come back switched off; of what was seen in the DNS the later look counts.
//
// What is restored is a private copy of the backup (DIR/.restoring), whose bytes were held against its seal on the
// way.
//
// Order, with the store held exclusively: the safety copy; the backup's zone.db is made, in DIR/.restoring, into what
// is to be; the vault gets the keys that it lacks; zone.db is overwritten in one transaction; keys that nothing uses
// any more are destroyed. Killed at any instant, zone.db is the old or the new one and the vault has the keys of
// either.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/operations/backup/backup.h"
#include "zonestore/operations/backup/served_serials.h"

namespace zonestore {

struct RestoreOptions {
  std::filesystem::path backup;
  // The wrapping key of the backup, if the store's sources lack it. It opens keys and proves nothing: a backup that
  // is sealed with it alone is not ours.
  std::optional<std::filesystem::path> key_file;
  bool safety_copy = true;  // of what is there now, in DIR/before-restore-<time>
  AskServers ask{};         // with no transaction open; empty, and in a dry run: nobody is asked
};

struct RestoreNote {
  std::string code;
  std::string what;  // one line for people
};

struct Restored : Changed {
  Backup backup;
  SealState seal = SealState::kNone;
  std::optional<std::filesystem::path> kept;  // where what was there before is now
  bool knew_live_store = false;               // false: nothing is known of what was served and revoked since
  std::vector<RestoreNote> notes;             // where more changed than to what the backup says
  std::vector<std::string> revoked;           // "mosa sel1": keys that stay revoked
  std::vector<std::string> signers;           // that were switched off
  std::size_t keys_added = 0;                 // to the vault
  std::vector<ServedSerial> served;           // what the servers said that were asked
};

// Makes the directory if it is missing. Errors: as of read_backup; kRefused/kForeignBackup for what is not ours,
// unless the context overrides that; kForeign for a backup of another store than the one that is there; kCrypto
// without the backup's wrapping key; kBusy while others read or write, or restore.
[[nodiscard]] Result<Restored> restore(const std::filesystem::path& dir, const RestoreOptions& options,
                                       const ChangeContext& context, const Clock& clock,
                                       const VaultKeySources& key_sources);

}  // namespace zonestore
