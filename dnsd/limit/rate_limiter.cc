#include "dnsd/limit/rate_limiter.h"

#include <xxhash.h>

namespace dnsd::limit {
namespace {

constexpr std::size_t kNetworkBytes = 8;
constexpr std::size_t kIpv6Bytes = 16;
constexpr Identity kAllAnswers{UINT8_MAX, 0};  // no answer's own

}  // namespace

Prefix prefix_of(zonestore::ByteView address, const Settings& settings) noexcept {
  Prefix prefix;
  prefix.is_ipv6 = address.size() == kIpv6Bytes;
  prefix.bits = prefix.is_ipv6 ? settings.ipv6_prefix_bits : settings.ipv4_prefix_bits;
  for (std::size_t index = 0; index < kNetworkBytes; ++index) {
    prefix.network = prefix.network << 8 | (index < address.size() ? address[index] : 0U);
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
  if (!all_rate_) {
    return table_.take(hash(prefix, identity), equal_rate_, now) ? Spent::kNone : Spent::kEqualAnswers;
  }
  BucketTable::Look all = table_.look(hash(prefix, kAllAnswers), *all_rate_, now);
  if (!all.has_credit()) {
    return Spent::kAllAnswers;
  }
  if (!table_.take(hash(prefix, identity), equal_rate_, now)) {
    return Spent::kEqualAnswers;
  }
  return table_.take(all) ? Spent::kNone : Spent::kAllAnswers;
}

std::uint64_t RateLimiter::hash(const Prefix& prefix, const Identity& identity) const noexcept {
  const std::uint64_t sort = std::uint64_t{identity.kind} << 1U | (prefix.is_ipv6 ? 1U : 0U);
  const std::array<std::uint64_t, 4> words{prefix.network, key_[1], identity.value, sort};
  return XXH3_64bits_withSeed(words.data(), sizeof words, key_[0]);
}

}  // namespace dnsd::limit
