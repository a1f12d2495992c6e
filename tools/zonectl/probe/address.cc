#include "tools/zonectl/probe/address.h"

#include <array>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

namespace zonectl::probe {

using zonestore::Bytes;
using zonestore::Result;

namespace {

constexpr std::size_t kIp4Bytes = 4;
constexpr std::size_t kIp6Bytes = 16;

std::optional<Bytes> address_bytes(int family, const std::string& text) {
  Bytes bytes(family == AF_INET ? kIp4Bytes : kIp6Bytes, 0);
  if (::inet_pton(family, text.c_str(), bytes.data()) != 1) {
    return std::nullopt;
  }
  return bytes;
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

std::optional<Split> split(std::string_view text) {
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
  const std::optional<Split> parts = split(text);
  const std::optional<std::uint16_t> port =
      parts && parts->port ? parse_port(*parts->port) : std::optional<std::uint16_t>(kDnsPort);
  if (parts && port) {
    for (const int family : {AF_INET, AF_INET6}) {
      if (std::optional<Bytes> bytes = address_bytes(family, parts->host)) {
        return Address(*std::move(bytes), *port);
      }
    }
  }
  return zonestore::fail(zonestore::ErrorCode::kInvalid, "\"" + std::string(text) + "\" is no address of a server",
                         "write 192.0.2.1, 192.0.2.1:5300, 2001:db8::1 or [2001:db8::1]:5300");
}

std::optional<Address> Address::from_rdata(zonestore::ByteView rdata) {
  if (rdata.size() != kIp4Bytes && rdata.size() != kIp6Bytes) {
    return std::nullopt;
  }
  return Address(Bytes(rdata.begin(), rdata.end()), kDnsPort);
}

std::string Address::to_text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_ip6 = bytes_.size() == kIp6Bytes;
  ::inet_ntop(is_ip6 ? AF_INET6 : AF_INET, bytes_.data(), text.data(), text.size());
  if (port_ == kDnsPort) {
    return text.data();
  }
  return (is_ip6 ? "[" + std::string(text.data()) + "]" : std::string(text.data())) + ":" + std::to_string(port_);
}

sockaddr_storage Address::socket_address(socklen_t& size) const {
  sockaddr_storage storage{};
  if (bytes_.size() == kIp4Bytes) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    std::memcpy(&address.sin_addr, bytes_.data(), kIp4Bytes);
    std::memcpy(&storage, &address, sizeof address);
    size = sizeof address;
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port_);
    std::memcpy(&address.sin6_addr, bytes_.data(), kIp6Bytes);
    std::memcpy(&storage, &address, sizeof address);
    size = sizeof address;
  }
  return storage;
}

bool Address::has_route() const {
  socklen_t size = 0;
  const sockaddr_storage to = socket_address(size);
  const int descriptor = ::socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    return false;
  }
  // A datagram socket's connect only looks for a route.
  const bool found = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&to), size) == 0;
  ::close(descriptor);
  return found;
}

}  // namespace zonectl::probe
