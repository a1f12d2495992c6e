// Which serials the servers of our zones have, asked before a restore decides what comes next: a serial of lost
// history must not be given out again, or a secondary that has it would be "current" with other content, or take a
// difference (RFC 1995) that does not fit. Who asks is the tools' probe; nothing here opens a socket. Plain values.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/base/error.h"
#include "zonestore/base/socket_address.h"
#include "zonestore/zone/name.h"
#include "zonestore/zone/serial.h"

namespace zonestore {

// All that may have one zone, by the backup and by the store that is there.
struct ServersOfZone {
  struct Secondary {
    std::string name;
    std::vector<SocketAddress> addresses;  // the first that answers is the one that is asked
  };
  Name apex;
  std::vector<Name> name_servers;
  std::vector<std::string> known;  // name servers as they were last seen: name and address
  std::vector<Secondary> secondaries;
};

struct ServedSerial {
  Name zone;
  std::string server;            // as people read it
  std::optional<Serial> serial;  // nullopt: it was not heard of
  std::string detail;            // one line for people
};

// By zone. An error is why nobody could be asked.
using AskServers = std::function<Result<std::vector<ServedSerial>>(const std::vector<ServersOfZone>&)>;

}  // namespace zonestore
