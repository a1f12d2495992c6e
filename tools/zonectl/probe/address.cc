#include "tools/zonectl/probe/address.h"

#include <array>
#include <charconv>
#include <cstring>
#include <span>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "zonestore/base/file_descriptor.h"

namespace zonectl::probe {

using zonestore::Result;
using zonestore::SocketAddress;

namespace {

std::optional<SocketAddress> from_host(const std::string& text, std::uint16_t port) {
  std::array<std::uint8_t, sizeof(in6_addr)> bytes{};
  if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    return SocketAddress::from_bytes(std::span(bytes).first(sizeof(in_addr)), port);
  }
  return ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1 ? SocketAddress::from_bytes(bytes, port)
                                                                : std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || port == 0) {
    return std::nullopt;
  }
  return port;
}

// The text before and behind the port's colon; the second is nullopt if there is none.
struct Split {
  std::string host;
  std::optional<std::string_view> port;
};

std::optional<Split> split_address(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || (end + 1 < text.size() && text[end + 1] != ':')) {
      return std::nullopt;
    }
    Split parts{std::string(text.substr(1, end - 1)), std::nullopt};
    if (end + 1 < text.size()) {
      parts.port = text.substr(end + 2);
    }
    return parts;
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) {
    return Split{std::string(text), std::nullopt};  // IPv4 without a port, or bare IPv6
  }
  return Split{std::string(text.substr(0, colon)), text.substr(colon + 1)};
}

}  // namespace

Result<Address> Address::parse(std::string_view text) {
  const std::optional<Split> parts = split_address(text);
  const std::optional<std::uint16_t> port =
      parts && parts->port ? parse_port(*parts->port) : std::optional<std::uint16_t>(kDnsPort);
  if (parts && port) {
    if (const std::optional<SocketAddress> address = from_host(parts->host, *port)) {
      return Address(*address);
    }
  }
  return zonestore::fail(zonestore::ErrorCode::kInvalid, "\"" + std::string(text) + "\" is no address of a server",
                         "write 192.0.2.1, 192.0.2.1:5300, 2001:db8::1 or [2001:db8::1]:5300");
}

std::optional<Address> Address::from_rdata(zonestore::ByteView rdata) {
  const std::optional<SocketAddress> address = SocketAddress::from_bytes(rdata, kDnsPort);
  return address ? std::optional(Address(*address)) : std::nullopt;
}

std::string Address::to_text() const {
  if (address_.port() != kDnsPort) {
    return address_.to_text();
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(address_.family(), address_.bytes().data(), text.data(), text.size());
  return text.data();
}

sockaddr_storage Address::socket_address(socklen_t& size) const {
  sockaddr_storage storage{};
  size = address_.size();
  std::memcpy(&storage, address_.data(), size);
  return storage;
}

bool Address::has_route() const {
  const zonestore::FileDescriptor socket(::socket(address_.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // A datagram socket's connect only looks for a route.
  return socket.is_open() && ::connect(socket.get(), address_.data(), address_.size()) == 0;
}

std::vector<std::string> texts_of(const std::vector<Address>& addresses) {
  std::vector<std::string> texts;
  texts.reserve(addresses.size());
  for (const Address& address : addresses) {
    texts.push_back(address.to_text());
  }
  return texts;
}

}  // namespace zonectl::probe
