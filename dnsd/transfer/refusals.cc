#include "dnsd/transfer/refusals.h"

#include <algorithm>
#include <utility>

namespace dnsd::transfer {

std::optional<std::uint64_t> Refusals::note(std::span<const std::uint8_t> address, Time now) {
  constexpr std::size_t kIpv4Bytes = 4;
  Said next{.prefix = {}, .is_ipv6 = address.size() > kIpv4Bytes, .at = now};
  std::copy_n(address.begin(), next.is_ipv6 ? 7 : 3, next.prefix.begin());
  const auto end = std::remove_if(said_.begin(), said_.begin() + static_cast<std::ptrdiff_t>(count_),
                                  [now](const Said& said) { return now - said.at >= kStretch; });
  count_ = static_cast<std::size_t>(end - said_.begin());
  const bool was_said = std::any_of(said_.begin(), end, [&next](const Said& said) {
    return said.is_ipv6 == next.is_ipv6 && said.prefix == next.prefix;
  });
  if (was_said || count_ == kMostLines) {
    ++unsaid_;
    return std::nullopt;
  }
  said_[count_++] = next;
  return std::exchange(unsaid_, 0);
}

}  // namespace dnsd::transfer
