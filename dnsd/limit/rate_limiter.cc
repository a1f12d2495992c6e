#include "dnsd/limit/rate_limiter.h"

#include <cstring>

#include <xxhash.h>

namespace dnsd::limit {
namespace {

constexpr std::size_t kNetworkBytes = 8;
constexpr std::size_t kIpv4Bytes = 4;
constexpr std::size_t kIpv6Bytes = 16;

}  // namespace

Prefix prefix_of(zonestore::ByteView address, const Settings& settings) noexcept {
  Prefix prefix;
  prefix.is_ipv6 = address.size() == kIpv6Bytes;
  prefix.bits = prefix.is_ipv6 ? settings.ipv6_prefix_bits : settings.ipv4_prefix_bits;
  std::array<std::uint8_t, kNetworkBytes> first{};
  if (address.size() >= kNetworkBytes) {
    std::memcpy(first.data(), address.data(), kNetworkBytes);
  } else if (address.size() >= kIpv4Bytes) {
    std::memcpy(first.data(), address.data(), kIpv4Bytes);
  }
  for (const std::uint8_t byte : first) {
    prefix.network = prefix.network << 8U | byte;
  }
  if (prefix.bits < 64) {
    prefix.network &= ~(UINT64_MAX >> prefix.bits);
  }
  return prefix;
}

RateLimiter::RateLimiter(const Settings& settings, BucketTable& table, const Key& key)
    : settings_(settings), table_(table), key_(key), equal_rate_(settings.answers_per_second) {
  if (settings.all_rate() > 0) {
    all_rate_.emplace(settings.all_rate());
  }
}

Judgement RateLimiter::judge(zonestore::ByteView client_address, const Identity& identity, Time now) noexcept {
  const Spent spent = spend(prefix_of(client_address, settings_), identity, now);
  if (spent == Spent::kNone) {
    return {};
  }
  ++limited_;
  return {settings_.slip > 0 && limited_ % settings_.slip == 0 ? Verdict::kSlip : Verdict::kDrop, spent};
}

// The account of all answers is looked at first, as most of a flood of many names ends there, and is charged last, as
// most of a flood of one name ends between.
Spent RateLimiter::spend(const Prefix& prefix, const Identity& identity, Time now) noexcept {
  const std::uint64_t of_all = hash(key_[0], prefix.network, prefix.is_ipv6 ? 1U : 0U);
  const std::uint64_t of_equal = hash(of_all, identity.value, identity.kind);
  if (!all_rate_) {
    return table_.take(of_equal, equal_rate_, now) ? Spent::kNone : Spent::kEqualAnswers;
  }
  BucketTable::Look all = table_.look(of_all, *all_rate_, now);
  if (!all.has_credit()) {
    return Spent::kAllAnswers;
  }
  if (!table_.take(of_equal, equal_rate_, now)) {
    return Spent::kEqualAnswers;
  }
  return table_.take(all) ? Spent::kNone : Spent::kAllAnswers;
}

// Of 16 bytes, for which it is shortest. The seed of the second is the first, which nobody outside knows.
std::uint64_t RateLimiter::hash(std::uint64_t seed, std::uint64_t value, std::uint64_t sort) const noexcept {
  const std::array<std::uint64_t, 2> words{value ^ key_[1], sort};
  return XXH3_64bits_withSeed(words.data(), sizeof words, seed);
}

}  // namespace dnsd::limit
