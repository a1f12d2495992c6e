// The guard E_FOREIGN_BACKUP, which the restore of a backup alone knows: it stands at the end of the guards' table in
// error.cc, behind those of error.h.
#pragma once

#include "zonestore/base/error.h"

namespace zonestore {

inline constexpr auto kForeignBackup = static_cast<Guard>(static_cast<unsigned>(Guard::kInUse) + 1);

}  // namespace zonestore
