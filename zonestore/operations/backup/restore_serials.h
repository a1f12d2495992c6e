// The serials of a restored store: after whatever was given out before, as far as anybody knows. For the sources of
// this folder only. Errors: db::Failure is thrown.
#pragma once

#include <vector>

#include "zonestore/operations/backup/restore.h"
#include "zonestore/operations/change/change_scope.h"

namespace zonestore {

// Whom to ask of each zone of the store that is to be. `live`: nullptr, if there is none that can be read.
[[nodiscard]] std::vector<ServersOfZone> servers_to_ask(db::Connection& restored, db::Connection* live);

// The change at work gives each zone a serial after the restored one, the live store's (attached as `live`), and
// those that servers were seen with, by `outcome.served` or in earlier looks. Warnings go to `outcome`.
void raise_serials(ChangeScope& change, bool has_live, Restored& outcome);

}  // namespace zonestore
