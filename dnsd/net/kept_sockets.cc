#include "dnsd/net/kept_sockets.h"

#include <algorithm>
#include <map>
#include <utility>

#include <sys/socket.h>

namespace dnsd::net {
namespace {

using zonestore::FileDescriptor;
using zonestore::SocketAddress;

std::string name_of(int type, unsigned worker, const SocketAddress& address) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr unsigned kHalfByte = 4;
  constexpr unsigned kLowHalf = 15;
  std::string name = type == SOCK_DGRAM ? "udp." : "tcp.";
  name += std::to_string(worker) + ".";
  for (const std::uint8_t byte : address.bytes()) {
    name += kDigits[static_cast<unsigned>(byte) >> kHalfByte];
    name += kDigits[byte & kLowHalf];
  }
  return name + "." + std::to_string(address.port());
}

int option(int socket, int which) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, which, &value, &size) == 0 ? value : -1;
}

bool is_as_named(int socket, int type, const SocketAddress& address) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* const found = reinterpret_cast<sockaddr*>(&storage);
  return option(socket, SO_TYPE) == type && option(socket, SO_REUSEPORT) == 1 &&
         (type == SOCK_DGRAM || option(socket, SO_ACCEPTCONN) == 1) && ::getsockname(socket, found, &size) == 0 &&
         SocketAddress::from_sockaddr(found) == address;
}

}  // namespace

std::vector<SocketName> names_of(std::span<const BoundAddress> bound) {
  std::vector<SocketName> names;
  for (const BoundAddress& each : bound) {
    for (unsigned worker = 0; worker < each.udp.size(); ++worker) {
      names.push_back({name_of(SOCK_DGRAM, worker, each.address), each.udp[worker].get()});
      names.push_back({name_of(SOCK_STREAM, worker, each.address), each.tcp[worker].get()});
    }
  }
  return names;
}

bool is_kept(std::span<const NamedSocket> kept, const SocketAddress& address) {
  const std::string name = name_of(SOCK_DGRAM, 0, address);
  return std::any_of(kept.begin(), kept.end(), [&](const NamedSocket& each) { return each.name == name; });
}

std::optional<std::vector<BoundAddress>> take_up(std::vector<NamedSocket>& kept,
                                                 std::span<const SocketAddress> addresses, unsigned workers) {
  std::map<std::string, NamedSocket*, std::less<>> by_name;
  for (NamedSocket& each : kept) {
    by_name.emplace(each.name, &each);
  }
  // As many as there are, none twice: then each that is found below is all that there is.
  if (kept.empty() || by_name.size() != kept.size() || kept.size() != addresses.size() * workers * 2) {
    return std::nullopt;
  }
  std::vector<std::pair<std::vector<FileDescriptor>*, NamedSocket*>> moves;
  std::vector<BoundAddress> taken(addresses.size());
  for (std::size_t index = 0; index < addresses.size(); ++index) {
    taken[index].address = addresses[index];
    for (unsigned worker = 0; worker < workers; ++worker) {
      for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
        const auto found = by_name.find(name_of(type, worker, addresses[index]));
        if (found == by_name.end() || !is_as_named(found->second->socket.get(), type, addresses[index])) {
          return std::nullopt;
        }
        moves.emplace_back(type == SOCK_DGRAM ? &taken[index].udp : &taken[index].tcp, found->second);
      }
    }
  }
  for (const auto& [place, socket] : moves) {
    place->push_back(std::move(socket->socket));
  }
  kept.clear();
  return taken;
}

}  // namespace dnsd::net
