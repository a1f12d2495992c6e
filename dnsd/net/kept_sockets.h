// Sockets that a service manager keeps while dnsd is started anew: what arrives meanwhile waits in them.
//
//   bound ─> each with a name ─> the manager keeps them ─> the next dnsd is given them by these names ─> taken up
//
// A name says which worker's the socket is, over which transport, and where: "udp.0.7f000001.53",
// "tcp.1.fe80...01.53". It has no colon, which the manager takes for the end of a name. They are taken up all
// together, or not at all: one that nobody reads would keep its share of a port's queries and answer none. Threads:
// any.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dnsd/net/bind.h"
#include "zonestore/base/file_descriptor.h"
#include "zonestore/base/socket_address.h"

namespace dnsd::net {

struct NamedSocket {
  std::string name;
  zonestore::FileDescriptor socket;
};

struct SocketName {
  std::string name;
  int socket;  // still its owner's
};

// Every socket that is bound, with its name.
[[nodiscard]] std::vector<SocketName> names_of(std::span<const BoundAddress> bound);

// There is a socket of this address among them.
[[nodiscard]] bool is_kept(std::span<const NamedSocket> kept, const zonestore::SocketAddress& address);

// The sockets as bind_all would give them, out of `kept`, if these are just the ones that so many workers need at
// these addresses, and each is what its name says. Else nothing, and `kept` is as it was.
[[nodiscard]] std::optional<std::vector<BoundAddress>> take_up(std::vector<NamedSocket>& kept,
                                                               std::span<const zonestore::SocketAddress> addresses,
                                                               unsigned workers);

}  // namespace dnsd::net
