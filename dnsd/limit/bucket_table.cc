#include "dnsd/limit/bucket_table.h"

#include <algorithm>
#include <bit>

namespace dnsd::limit {
namespace {

constexpr unsigned kMomentBits = 44;  // 203 days, then round again
constexpr std::uint64_t kMomentMask = (std::uint64_t{1} << kMomentBits) - 1;

constexpr std::uint64_t tag_of(std::uint64_t word) {
  return word >> kMomentBits;
}

// A worker whose `now` is a little behind, by less than a second, sees moments somewhat further ahead than a burst,
// which is less than two. What lies further still is a bucket that nobody has touched for months, while the moments
// went round.
constexpr std::uint64_t ahead_of(std::uint64_t bucket, std::uint64_t now) {
  constexpr std::uint64_t kFurthest = 3 * Rate::kMicrosecondsPerSecond;
  const std::uint64_t ahead = (bucket - now) & kMomentMask;
  return ahead <= kFurthest ? ahead : 0;
}

}  // namespace

std::size_t BucketTable::buckets_in(std::size_t bytes) {
  return std::bit_floor(std::max(bytes / sizeof(Set), std::size_t{1})) * kBucketsPerSet;
}

BucketTable::BucketTable(std::size_t bytes)
    : sets_(buckets_in(bytes) / kBucketsPerSet), set_mask_(sets_.size() - 1) {}

bool BucketTable::take(std::uint64_t hash, const Rate& rate, Time now) noexcept {
  Look found = look(hash, rate, now);
  return take(found);
}

BucketTable::Look BucketTable::look(std::uint64_t hash, const Rate& rate, Time now) noexcept {
  Look look;
  look.hash_ = hash;
  look.rate_ = &rate;
  look.moment_ = static_cast<std::uint64_t>(now.count()) & kMomentMask;
  choose(look);
  return look;
}

bool BucketTable::take(Look& look) noexcept {
  // Lock-free: an exchange fails because another worker's succeeded at that very moment. No worker loops for long:
  // each success takes credit, of which there is one second's, and without credit there is nothing to exchange.
  for (;;) {
    if (!look.has_credit()) {
      return false;
    }
    const std::uint64_t full_at = (look.moment_ + look.ahead_ + look.rate_->step) & kMomentMask;
    if (look.bucket_->compare_exchange_strong(look.seen_, tag_of(look.hash_) << kMomentBits | full_at,
                                              std::memory_order_relaxed)) {
      return true;
    }
    choose(look);
  }
}

// The tag's own bucket; if it has none, the one to replace, the first that is nearest to full, which then counts as
// full. Two passes, as most often one ends at once: a flood has its own bucket, and a newcomer finds a full one.
void BucketTable::choose(Look& look) noexcept {
  const std::uint64_t tag = tag_of(look.hash_);
  Set& set = sets_[look.hash_ & set_mask_];
  for (Bucket& bucket : set.buckets) {
    const std::uint64_t seen = bucket.load(std::memory_order_relaxed);
    if (tag_of(seen) == tag) {
      look.bucket_ = &bucket;
      look.seen_ = seen;
      look.ahead_ = ahead_of(seen, look.moment_);
      return;
    }
  }
  std::uint64_t least = UINT64_MAX;
  for (Bucket& bucket : set.buckets) {
    const std::uint64_t seen = bucket.load(std::memory_order_relaxed);
    const std::uint64_t ahead = ahead_of(seen, look.moment_);
    if (ahead < least) {
      least = ahead;
      look.bucket_ = &bucket;
      look.seen_ = seen;
      if (ahead == 0) {
        break;
      }
    }
  }
  look.ahead_ = 0;
}

}  // namespace dnsd::limit
