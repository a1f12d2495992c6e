#include "dnsd/net/address_quota.h"

#include <algorithm>

namespace dnsd::net {

std::optional<AddressQuota::Ticket> AddressQuota::take(std::span<const std::uint8_t> address) {
  // All of an IPv4 address, the /64 of an IPv6 one: of different lengths, so that they cannot meet.
  constexpr std::size_t kMostKeyBytes = 8;
  const auto client = address.first(std::min(address.size(), kMostKeyBytes));
  std::string key(client.begin(), client.end());
  const std::lock_guard lock(mutex_);
  unsigned& held = held_[key];
  if (held >= per_address_) {
    return std::nullopt;
  }
  ++held;
  return Ticket(*this, std::move(key));
}

void AddressQuota::give_back(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto place = held_.find(key);
  if (--place->second == 0) {
    held_.erase(place);
  }
}

}  // namespace dnsd::net
