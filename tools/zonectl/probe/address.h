// The address and port of a name server, as people write it: the port may be left out. Threads: plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>

#include "zonestore/base/bytes.h"
#include "zonestore/base/error.h"
#include "zonestore/base/socket_address.h"

namespace zonectl::probe {

inline constexpr std::uint16_t kDnsPort = 53;

class Address {
 public:
  // "192.0.2.1", "192.0.2.1:5300", "2001:db8::1", "[2001:db8::1]:5300". Errors: kInvalid.
  [[nodiscard]] static zonestore::Result<Address> parse(std::string_view text);
  // The record data of an A (4 bytes) or AAAA (16 bytes) record, and port 53; nullopt for another length.
  [[nodiscard]] static std::optional<Address> from_rdata(zonestore::ByteView rdata);

  [[nodiscard]] std::string to_text() const;  // without the port if it is 53
  // For ldns and sockets: its size in bytes is `size`.
  [[nodiscard]] sockaddr_storage socket_address(socklen_t& size) const;
  // Has this host a way there at all? Many have none to IPv6 addresses.
  [[nodiscard]] bool has_route() const;

  friend bool operator==(const Address&, const Address&) = default;

 private:
  explicit Address(const zonestore::SocketAddress& address) : address_(address) {}
  zonestore::SocketAddress address_;
};

[[nodiscard]] std::vector<std::string> texts_of(const std::vector<Address>& addresses);

}  // namespace zonectl::probe
