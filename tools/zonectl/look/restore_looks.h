// The servers of all zones, asked before a restore which serials they have. Threads: one.
#pragma once

#include <vector>

#include "tools/zonectl/look/lookout.h"
#include "zonestore/operations/backup/served_serials.h"

namespace zonectl::look {

// Each that is named is in the answer, heard of or not; and a dnsd that answers on this machine's loopback address
// with the usual port, named or not, if it does. Errors: kIo if the child does not answer.
[[nodiscard]] zonestore::Result<std::vector<zonestore::ServedSerial>> ask_all_servers(
    Lookout& lookout, const std::vector<zonestore::ServersOfZone>& zones);

}  // namespace zonectl::look
