#include "dnsd/net/bind.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace dnsd::net {
namespace {

using zonestore::FileDescriptor;
using zonestore::SocketAddress;

constexpr int kUdpSendBufferBytes = 4 * 1024 * 1024;  // the kernel cuts it to net.core.wmem_max
constexpr int kTcpBacklog = 1024;                     // the kernel cuts it to net.core.somaxconn
constexpr int kFreePortAttempts = 64;

// What a system call said about a socket: errno, and the call's name.
struct SocketError {
  int number = 0;
  const char* call = "";
};
template <class T>
using SocketResult = tl::expected<T, SocketError>;

tl::unexpected<SocketError> last_error(const char* call) {
  return tl::unexpected(SocketError{errno, call});
}

bool set_option(const FileDescriptor& socket, int level, int option, int value = 1) {
  return ::setsockopt(socket.get(), level, option, &value, sizeof value) == 0;
}

// No fragments: PROBE sets DF on every datagram and goes by the interface's MTU alone. WANT and DO would take
// the path's MTU from ICMP, which anyone can forge: with WANT a forged one brings fragments, with DO silence.
bool never_fragment(const FileDescriptor& socket, const SocketAddress& address) {
  if (address.is_ipv6()) {
    return set_option(socket, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE) &&
           set_option(socket, IPPROTO_IPV6, IPV6_DONTFRAG);
  }
  return set_option(socket, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
}

// An answer leaves from the address that was asked, which a socket on the wildcard only learns by datagram.
bool ask_for_local_address(const FileDescriptor& socket, const SocketAddress& address) {
  if (!address.is_wildcard()) {
    return true;
  }
  return address.is_ipv6() ? set_option(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO)
                           : set_option(socket, IPPROTO_IP, IP_PKTINFO);
}

bool prepare_udp(const FileDescriptor& socket, const SocketAddress& address) {
  // A larger buffer is a wish: a smaller one still works.
  (void)set_option(socket, SOL_SOCKET, SO_SNDBUF, kUdpSendBufferBytes);
  return never_fragment(socket, address) && ask_for_local_address(socket, address);
}

// SO_REUSEADDR lets a restarted server bind while old connections linger in TIME_WAIT; it does not let two
// servers listen.
bool prepare_tcp(const FileDescriptor& socket) {
  return set_option(socket, SOL_SOCKET, SO_REUSEADDR) && set_option(socket, IPPROTO_TCP, TCP_NODELAY);
}

enum class Sharing { kAlone, kJoins };

// How sockets are to be made.
struct Manner {
  Sharing sharing = Sharing::kAlone;
  bool ahead = false;
};

// An address that is yet to come. The option is IPv4's; IPv6 has one of its own.
bool bind_ahead(const FileDescriptor& socket, const SocketAddress& address) {
  return address.is_ipv6() ? set_option(socket, IPPROTO_IPV6, IPV6_FREEBIND)
                           : set_option(socket, IPPROTO_IP, IP_FREEBIND);
}

SocketResult<FileDescriptor> open_bound(int type, const SocketAddress& address, const Manner& manner) {
  FileDescriptor socket(::socket(address.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) {
    return last_error("socket");
  }
  if (address.is_ipv6() && !set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY)) {
    return last_error("setsockopt");
  }
  if (!(type == SOCK_DGRAM ? prepare_udp(socket, address) : prepare_tcp(socket))) {
    return last_error("setsockopt");
  }
  if (manner.ahead && !bind_ahead(socket, address)) {
    return last_error("setsockopt");
  }
  if (manner.sharing == Sharing::kJoins && !set_option(socket, SOL_SOCKET, SO_REUSEPORT)) {
    return last_error("setsockopt");
  }
  if (::bind(socket.get(), address.data(), address.size()) != 0) {
    return last_error("bind");
  }
  if (manner.sharing == Sharing::kAlone && !set_option(socket, SOL_SOCKET, SO_REUSEPORT)) {
    return last_error("setsockopt");
  }
  return socket;
}

SocketResult<SocketAddress> local_address(const FileDescriptor& socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  if (::getsockname(socket.get(), address, &size) != 0) {
    return last_error("getsockname");
  }
  return SocketAddress::from_sockaddr(address);
}

// The kernel takes a UDP socket to an address that is all machines' on a link only from who has asked for that.
bool is_broadcast(const SocketAddress& address) {
  const FileDescriptor socket(::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return socket.is_open() && !address.is_ipv6() && !address.is_wildcard() &&
         ::connect(socket.get(), address.data(), address.size()) != 0 && errno == EACCES;
}

bool is_multicast(const SocketAddress& address) {
  constexpr unsigned kIpv4Begin = 224;
  constexpr unsigned kIpv4End = 240;
  constexpr unsigned kIpv6 = 0xFF;
  const unsigned first = address.bytes().front();
  return address.is_ipv6() ? first == kIpv6 : first >= kIpv4Begin && first < kIpv4End;
}

bool is_not_the_machines(const SocketError& error) {
  return error.number == EADDRNOTAVAIL || error.number == EAFNOSUPPORT;
}

std::string explain(const SocketAddress& address, const char* transport, const SocketError& error) {
  const std::string where = address.to_text() + " over " + transport;
  switch (error.number) {
    case EADDRINUSE:
      return "cannot listen on " + where +
             ": another program has this port; stop it, or choose another with --listen";
    case EACCES:
    case EPERM:
      return "cannot listen on " + where +
             ": a port below 1024 needs root (with --user NAME to drop it) or CAP_NET_BIND_SERVICE";
    case EADDRNOTAVAIL:
      return "cannot listen on " + where + ": no interface of this machine has that address; see 'ip address', " +
             (address.is_ipv6() ? "leave it out where IPv6 is off, " : "") +
             "or set listen_ahead in the config for one that comes later";
    case EAFNOSUPPORT:
      return "cannot listen on " + where + ": this machine does not have that address family; leave the address out";
    default:
      return "cannot listen on " + where + ": " + error.call + ": " + std::generic_category().message(error.number);
  }
}

// What stands in the way of an address.
struct Obstacle {
  std::string message;
  bool is_not_ours = false;  // the machine cannot have it
};
template <class T>
using BindResult = tl::expected<T, Obstacle>;

tl::unexpected<Obstacle> obstacle(const SocketAddress& address, const char* transport, const SocketError& error) {
  return tl::unexpected(Obstacle{explain(address, transport, error), is_not_the_machines(error)});
}

struct FirstPair {
  SocketAddress address;
  FileDescriptor udp;
  FileDescriptor tcp;
};

struct PairError {
  const char* transport;
  SocketError error;
};

// The two sockets that claim the address. UDP first: its port is exclusive from bind on, TCP's only when it
// listens.
tl::expected<FirstPair, PairError> claim_once(const SocketAddress& wanted, const Manner& manner) {
  SocketResult<FileDescriptor> udp = open_bound(SOCK_DGRAM, wanted, manner);
  if (!udp) {
    return tl::unexpected(PairError{"UDP", udp.error()});
  }
  const SocketResult<SocketAddress> real = local_address(*udp);
  if (!real) {
    return tl::unexpected(PairError{"UDP", real.error()});
  }
  SocketResult<FileDescriptor> tcp = open_bound(SOCK_STREAM, *real, manner);
  if (!tcp) {
    return tl::unexpected(PairError{"TCP", tcp.error()});
  }
  return FirstPair{*real, std::move(*udp), std::move(*tcp)};
}

BindResult<FirstPair> claim(const SocketAddress& wanted, const Manner& manner) {
  for (int attempt = 1;; ++attempt) {
    auto pair = claim_once(wanted, manner);
    if (pair) {
      return std::move(*pair);
    }
    const bool other_port_may_do = wanted.port() == 0 && pair.error().error.number == EADDRINUSE;
    if (!other_port_may_do || attempt == kFreePortAttempts) {
      return obstacle(wanted, pair.error().transport, pair.error().error);
    }
  }
}

BindResult<BoundAddress> bind_one(const SocketAddress& wanted, unsigned workers, bool ahead) {
  if (const auto own = refuse_shared(wanted); !own) {
    return tl::unexpected(Obstacle{own.error()});
  }
  BindResult<FirstPair> first = claim(wanted, {Sharing::kAlone, ahead});
  if (!first) {
    return tl::unexpected(first.error());
  }
  BoundAddress bound;
  bound.address = first->address;
  bound.udp.push_back(std::move(first->udp));
  bound.tcp.push_back(std::move(first->tcp));
  for (unsigned worker = 1; worker < workers; ++worker) {
    SocketResult<FileDescriptor> udp = open_bound(SOCK_DGRAM, bound.address, {Sharing::kJoins, ahead});
    if (!udp) {
      return obstacle(bound.address, "UDP", udp.error());
    }
    SocketResult<FileDescriptor> tcp = open_bound(SOCK_STREAM, bound.address, {Sharing::kJoins, ahead});
    if (!tcp) {
      return obstacle(bound.address, "TCP", tcp.error());
    }
    bound.udp.push_back(std::move(*udp));
    bound.tcp.push_back(std::move(*tcp));
  }
  for (const FileDescriptor& socket : bound.tcp) {
    if (::listen(socket.get(), kTcpBacklog) != 0) {
      return obstacle(bound.address, "TCP", SocketError{errno, "listen"});
    }
  }
  return bound;
}

}  // namespace

util::Result<void> refuse_shared(const SocketAddress& address) {
  if (is_multicast(address) || is_broadcast(address)) {
    return util::fail("cannot listen on " + address.to_text() +
                      ": that is the address of many machines; name one of this machine's own");
  }
  return {};
}

std::size_t set_receive_buffers(std::span<const BoundAddress> bound, std::size_t bytes) {
  std::size_t least = bytes;
  for (const BoundAddress& address : bound) {
    for (const FileDescriptor& socket : address.udp) {
      (void)set_option(socket, SOL_SOCKET, SO_RCVBUF, static_cast<int>(bytes));
      int twice = 0;  // socket(7): the kernel doubles it, for its own part
      socklen_t size = sizeof twice;
      if (::getsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &twice, &size) == 0) {
        least = std::min(least, static_cast<std::size_t>(twice) / 2);
      }
    }
  }
  return least;
}

util::Result<Bound> bind_all(std::span<const SocketAddress> addresses, unsigned workers, const BindOptions& options) {
  Bound all;
  for (const SocketAddress& wanted : addresses) {
    BindResult<BoundAddress> bound = bind_one(wanted, workers, options.ahead);
    if (bound) {
      all.addresses.push_back(std::move(*bound));
    } else if (options.some_will_do && bound.error().is_not_ours) {
      all.left_out.push_back(bound.error().message);
    } else {
      return util::fail(bound.error().message);
    }
  }
  if (all.addresses.empty() && !all.left_out.empty()) {
    return util::fail(all.left_out.front());
  }
  return all;
}

util::Result<std::vector<BoundAddress>> bind_all(std::span<const SocketAddress> addresses, unsigned workers) {
  return bind_all(addresses, workers, BindOptions{}).map([](Bound bound) { return std::move(bound.addresses); });
}

}  // namespace dnsd::net
