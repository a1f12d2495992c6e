// What a restore takes over from the store that it replaces. For the sources of this folder only.
// Errors: db::Failure is thrown.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "zonestore/operations/backup/restore.h"
#include "zonestore/operations/backup/restore_kept.h"

namespace zonestore {

struct Merged {
  // In a slot of the restored store, with their public halves: these and no others come into the vault from the
  // backup's. Those that were kept are there.
  std::map<std::string, Bytes> used_keys;
  std::set<std::string> unused_keys;  // the live store's that the restored one does not use
};

// Turns `staged`, the backup's store, into the one that is to be; notes, revoked, signers and zones go to `outcome`.
// `live`: a copy of zone.db as it is now; nullopt if there is none, or none that can be read. `has_private_half`:
// asked of live keys that are to stay.
Merged merge_live_store(Store& staged, const ChangeContext& context, const std::optional<std::filesystem::path>& live,
                        const HasPrivateHalf& has_private_half, Restored& outcome);

}  // namespace zonestore
