// A TCP connection that leaves its worker, with all that belongs to it: its handler goes on with it in its own way.
//
// Ownership: whoever has the object has the connection; it is closed with it. Threads: moved from one to another.
#pragma once

#include <cstdint>
#include <vector>

#include "dnsd/net/address_quota.h"
#include "zonestore/base/file_descriptor.h"
#include "zonestore/base/socket_address.h"

namespace dnsd::net {

struct HandedOver {
  zonestore::FileDescriptor socket;  // does not block
  zonestore::SocketAddress peer;
  AddressQuota::Ticket ticket;       // must not outlive its quota
  std::vector<std::uint8_t> unsent;  // of the answers to earlier queries, their length prefixes and all
  std::vector<std::uint8_t> query;   // for which it is handed over: not answered yet
  std::vector<std::uint8_t> unread;  // what was read behind that query, half a message perhaps
};

}  // namespace dnsd::net
