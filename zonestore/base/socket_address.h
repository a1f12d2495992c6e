// An IP address and port, as people write it and as sockets take it.
//
// Text: "127.0.0.1:53", "[::1]:53"; port 0 lets the system choose. Threads: plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>
#include <tl/expected.hpp>

namespace zonestore {

class SocketAddress {
 public:
  SocketAddress();  // 0.0.0.0:0

  // Errors: what is wrong with the text ("has no port"), without it, and how an address is written.
  [[nodiscard]] static tl::expected<SocketAddress, std::string> parse(std::string_view text);
  // 4 bytes of an IPv4 address or 16 of an IPv6 one, in network order; nullopt for another length.
  [[nodiscard]] static std::optional<SocketAddress> from_bytes(std::span<const std::uint8_t> bytes,
                                                               std::uint16_t port);
  // Precondition: an AF_INET or AF_INET6 address of the right length; anything else gives 0.0.0.0:0.
  [[nodiscard]] static SocketAddress from_sockaddr(const sockaddr* address);

  [[nodiscard]] std::string to_text() const;  // "[::1]:53"
  [[nodiscard]] bool is_ipv6() const { return family() == AF_INET6; }
  [[nodiscard]] bool is_wildcard() const;  // 0.0.0.0 or ::
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::span<const std::uint8_t> bytes() const;  // 4 or 16, network order; views this object

  // For bind() and its kin.
  [[nodiscard]] int family() const { return storage_.any.sa_family; }
  [[nodiscard]] const sockaddr* data() const { return &storage_.any; }
  [[nodiscard]] socklen_t size() const;

  friend bool operator==(const SocketAddress& left, const SocketAddress& right);

 private:
  union Storage {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  };
  Storage storage_;
};

// The bytes of a socket address: 4 or 16 in network order, none for another family. Views `address`.
[[nodiscard]] std::span<const std::uint8_t> address_bytes(const sockaddr& address);

}  // namespace zonestore
