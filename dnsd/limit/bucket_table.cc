#include "dnsd/limit/bucket_table.h"

#include <algorithm>
#include <bit>

namespace dnsd::limit {
namespace {

constexpr unsigned kMomentBits = 44;  // 203 days, then round again
constexpr std::uint64_t kMomentMask = (std::uint64_t{1} << kMomentBits) - 1;
constexpr std::uint64_t kMicrosecondsPerSecond = 1'000'000;

constexpr std::uint64_t tag_of(std::uint64_t word) {
  return word >> kMomentBits;
}

}  // namespace

BucketTable::BucketTable(std::size_t bytes, unsigned rate)
    : step_((kMicrosecondsPerSecond + rate - 1) / rate),
      burst_(step_ * rate),
      sets_(std::bit_floor(std::max(bytes / sizeof(Set), std::size_t{1}))),
      set_mask_(sets_.size() - 1) {}

bool BucketTable::take(std::uint64_t hash, Time now) noexcept {
  const std::uint64_t moment = static_cast<std::uint64_t>(now.count()) & kMomentMask;
  const std::uint64_t tag = tag_of(hash);
  Set& set = sets_[hash & set_mask_];
  // Lock-free: an exchange fails because another worker's succeeded at that very moment. No worker loops for long:
  // each success takes credit, of which there is one second's, and without credit there is nothing to exchange.
  for (;;) {
    Choice choice = choose(set, tag, moment);
    if (choice.ahead + step_ > burst_) {
      return false;
    }
    const std::uint64_t full_at = (moment + choice.ahead + step_) & kMomentMask;
    if (choice.bucket->compare_exchange_strong(choice.seen, tag << kMomentBits | full_at,
                                               std::memory_order_relaxed)) {
      return true;
    }
  }
}

// The tag's own bucket; if it has none, the one to replace, which then counts as full.
BucketTable::Choice BucketTable::choose(Set& set, std::uint64_t tag, std::uint64_t now) const noexcept {
  Choice nearest_to_full{};
  std::uint64_t least = UINT64_MAX;
  for (Bucket& bucket : set.buckets) {
    const std::uint64_t seen = bucket.load(std::memory_order_relaxed);
    const std::uint64_t ahead = ahead_of(seen, now);
    if (tag_of(seen) == tag) {
      return {&bucket, seen, ahead};
    }
    if (ahead < least) {
      least = ahead;
      nearest_to_full = {&bucket, seen, 0};
    }
  }
  return nearest_to_full;
}

// A worker whose `now` is a little behind sees moments somewhat further ahead than a burst. What lies further
// still is a bucket that nobody has touched for months, while the moments went round.
std::uint64_t BucketTable::ahead_of(std::uint64_t bucket, std::uint64_t now) const noexcept {
  const std::uint64_t ahead = (bucket - now) & kMomentMask;
  return ahead <= burst_ + kMicrosecondsPerSecond ? ahead : 0;
}

}  // namespace dnsd::limit
