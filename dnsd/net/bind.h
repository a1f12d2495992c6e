// The sockets that dnsd listens on, made while it may still use low ports.
//
// Each address gets a UDP and a TCP socket for every worker. The first of them is bound without SO_REUSEPORT:
// a port that anybody else has, another dnsd included, is an error and not a silent sharing of its traffic.
// Only then is the option set on it (Linux asks for it on both sockets when the second one is bound), and the
// other workers' sockets join. TCP listens when all are bound.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dnsd/util/result.h"
#include "zonestore/base/file_descriptor.h"
#include "zonestore/base/socket_address.h"

namespace dnsd::net {

struct BoundAddress {
  zonestore::SocketAddress address;            // with the real port, the same for UDP and TCP
  std::vector<zonestore::FileDescriptor> udp;  // one for each worker, non-blocking
  std::vector<zonestore::FileDescriptor> tcp;  // likewise, listening
};

// An address of many machines (broadcast, multicast), which nobody can listen on for himself: what is wrong with it.
[[nodiscard]] util::Result<void> refuse_shared(const zonestore::SocketAddress& address);

struct BindOptions {
  bool ahead = false;         // also an address that no interface has yet (IP_FREEBIND)
  bool some_will_do = false;  // an address that this machine cannot have is left out, if another is left
};

struct Bound {
  std::vector<BoundAddress> addresses;
  std::vector<std::string> left_out;  // of each that was: which, and why
};

// All or none, but for what the options leave out. Port 0 takes a port that is free for both UDP and TCP. An address
// that is not one machine's (broadcast, multicast) is refused. Errors: which address and transport, why, and what to
// do.
[[nodiscard]] util::Result<Bound> bind_all(std::span<const zonestore::SocketAddress> addresses, unsigned workers,
                                           const BindOptions& options);
[[nodiscard]] util::Result<std::vector<BoundAddress>> bind_all(std::span<const zonestore::SocketAddress> addresses,
                                                               unsigned workers);

// Asks the kernel for so many bytes for the queries that wait in each UDP socket, and gives what the one has that got
// least. The kernel accounts some 750 bytes for a short query.
std::size_t set_receive_buffers(std::span<const BoundAddress> bound, std::size_t bytes);

}  // namespace dnsd::net
