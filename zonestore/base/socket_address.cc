#include "zonestore/base/socket_address.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include <arpa/inet.h>

namespace zonestore {
namespace {

tl::unexpected<std::string> unfit(const std::string& why) {
  return tl::unexpected(why + ": write an address as 127.0.0.1:53 or [::1]:53");
}

struct Parts {
  std::string host;
  std::string_view port;
  bool bracketed = false;
};

tl::expected<Parts, std::string> split(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find("]:");
    if (end == std::string_view::npos) {
      return unfit("has no port after the closing bracket");
    }
    return Parts{std::string(text.substr(1, end - 1)), text.substr(end + 2), true};
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return unfit("has no port");
  }
  if (text.find(':') != colon) {
    return unfit("is an IPv6 address without brackets");
  }
  return Parts{std::string(text.substr(0, colon)), text.substr(colon + 1), false};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return port;
}

}  // namespace

SocketAddress::SocketAddress() : storage_{} {
  storage_.v4 = sockaddr_in{};
  storage_.v4.sin_family = AF_INET;
}

tl::expected<SocketAddress, std::string> SocketAddress::parse(std::string_view text) {
  const tl::expected<Parts, std::string> parts = split(text);
  if (!parts) {
    return tl::unexpected(parts.error());
  }
  const std::optional<std::uint16_t> port = parse_port(parts->port);
  if (!port) {
    return unfit("has no port from 0 to 65535");
  }
  SocketAddress address;
  if (parts->bracketed) {
    address.storage_.v6 = sockaddr_in6{};
    address.storage_.v6.sin6_family = AF_INET6;
    address.storage_.v6.sin6_port = htons(*port);
    if (::inet_pton(AF_INET6, parts->host.c_str(), &address.storage_.v6.sin6_addr) != 1) {
      return unfit("holds no IPv6 address between its brackets");
    }
    return address;
  }
  address.storage_.v4.sin_port = htons(*port);
  if (::inet_pton(AF_INET, parts->host.c_str(), &address.storage_.v4.sin_addr) != 1) {
    return unfit("is not an IPv4 address (names are not looked up)");
  }
  return address;
}

std::optional<SocketAddress> SocketAddress::from_bytes(std::span<const std::uint8_t> bytes, std::uint16_t port) {
  SocketAddress address;
  if (bytes.size() == sizeof(in_addr)) {
    address.storage_.v4.sin_port = htons(port);
    std::memcpy(&address.storage_.v4.sin_addr, bytes.data(), bytes.size());
    return address;
  }
  if (bytes.size() != sizeof(in6_addr)) {
    return std::nullopt;
  }
  address.storage_.v6 = sockaddr_in6{};
  address.storage_.v6.sin6_family = AF_INET6;
  address.storage_.v6.sin6_port = htons(port);
  std::memcpy(&address.storage_.v6.sin6_addr, bytes.data(), bytes.size());
  return address;
}

SocketAddress SocketAddress::from_sockaddr(const sockaddr* address) {
  SocketAddress result;
  if (address->sa_family == AF_INET) {
    std::memcpy(&result.storage_.v4, address, sizeof(sockaddr_in));
  } else if (address->sa_family == AF_INET6) {
    std::memcpy(&result.storage_.v6, address, sizeof(sockaddr_in6));
  }
  return result;
}

std::string SocketAddress::to_text() const {
  std::array<char, INET6_ADDRSTRLEN> host{};
  const void* const raw = is_ipv6() ? static_cast<const void*>(&storage_.v6.sin6_addr) : &storage_.v4.sin_addr;
  ::inet_ntop(family(), raw, host.data(), static_cast<socklen_t>(host.size()));
  const std::string text = host.data();
  return (is_ipv6() ? "[" + text + "]" : text) + ":" + std::to_string(port());
}

bool SocketAddress::is_wildcard() const {
  const auto raw = bytes();
  return std::all_of(raw.begin(), raw.end(), [](std::uint8_t byte) { return byte == 0; });
}

std::uint16_t SocketAddress::port() const {
  return ntohs(is_ipv6() ? storage_.v6.sin6_port : storage_.v4.sin_port);
}

std::span<const std::uint8_t> SocketAddress::bytes() const {
  return address_bytes(storage_.any);
}

socklen_t SocketAddress::size() const {
  return is_ipv6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

bool operator==(const SocketAddress& left, const SocketAddress& right) {
  const auto left_bytes = left.bytes();
  const auto right_bytes = right.bytes();
  return left.family() == right.family() && left.port() == right.port() &&
         std::equal(left_bytes.begin(), left_bytes.end(), right_bytes.begin(), right_bytes.end());
}

std::span<const std::uint8_t> address_bytes(const sockaddr& address) {
  const auto* const raw = reinterpret_cast<const std::uint8_t*>(&address);
  switch (address.sa_family) {
    case AF_INET:
      return {raw + offsetof(sockaddr_in, sin_addr), sizeof(in_addr)};
    case AF_INET6:
      return {raw + offsetof(sockaddr_in6, sin6_addr), sizeof(in6_addr)};
    default:
      return {};
  }
}

}  // namespace zonestore
