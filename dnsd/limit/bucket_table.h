// Credit for answers: a token bucket for every sort of answer that a client prefix gets, in one table of fixed
// size that all workers share, so that a limit is the limit however the kernel spreads a client's ports.
//
//   hash ─┬─ low bits ─> a set of 8 buckets, one cache line
//         └─ top 20 bits: the tag that tells the buckets of a set apart
//   bucket: tag (20 bits) | the moment at which it is full again (44 bits, in microseconds)
//
// That moment is all there is to know of a token bucket (the generic cell rate algorithm). An answer moves it
// one step, 1 / rate, into the future; when it would come to lie more than a second ahead there is no credit.
// So a bucket holds one second's answers, and a client that has rested gets these at once, then `rate` a second.
// A bucket whose moment has passed is full, and as good as none: a table of zeros is an empty one. Accounts of
// different rates lie beside each other: what one is nearer to full than another is a time, whatever its rate.
//
// A refusal writes nothing. A flood therefore does not make the workers fight for a cache line: each bucket is
// written at most `rate` times a second.
//
// Room. A bucket in light use is full again after one step, 5 ms at 200 a second: a million different answers a
// second occupy 5,000 of the 131,072 buckets of one MiB. In a set without a full bucket the newcomer takes the
// place of the one nearest to full, which forgets the least: whoever asks little is answered, always, and a
// bucket without credit stays. To push that one out, the seven others of its set must be out of credit too;
// whoever does not know the hash's key has to do it to all sets, with rate * buckets answers in each second
// (26 million, by default). What a flood from that many prefixes gains is no more than `rate` for each of them.
//
// Threads: any number at once.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace dnsd::limit {

// How fast a bucket fills, and how much it holds. An account has the same one each time.
struct Rate {
  // At least 1 and at most a million.
  explicit constexpr Rate(unsigned answers_per_second)
      : step((kMicrosecondsPerSecond + answers_per_second - 1) / answers_per_second),
        burst(step * answers_per_second) {}

  static constexpr std::uint64_t kMicrosecondsPerSecond = 1'000'000;
  std::uint64_t step;   // microseconds between two answers
  std::uint64_t burst;  // microseconds of credit that a full bucket holds
};

class BucketTable {
  using Bucket = std::atomic<std::uint64_t>;

 public:
  // Since any moment that stays the same; two workers' may differ by less than a second.
  using Time = std::chrono::microseconds;

  // As many as fit into so many bytes, in sets of which there is a power of two; at least one.
  [[nodiscard]] static std::size_t buckets_in(std::size_t bytes);
  explicit BucketTable(std::size_t bytes);

  // Takes credit for one answer from the bucket of this hash. False: it has none. `hash` is uniform and keyed.
  [[nodiscard]] bool take(std::uint64_t hash, const Rate& rate, Time now) noexcept;

  // The same in two steps, for an answer that more than one account must have credit for: nothing is written until
  // all have been seen to have it.
  class Look {
   public:
    [[nodiscard]] bool has_credit() const { return ahead_ + rate_->step <= rate_->burst; }

   private:
    friend class BucketTable;
    std::uint64_t hash_ = 0;
    const Rate* rate_ = nullptr;
    std::uint64_t moment_ = 0;
    Bucket* bucket_ = nullptr;
    std::uint64_t seen_ = 0;   // what stood in it
    std::uint64_t ahead_ = 0;  // how far its moment lies ahead, in microseconds; 0: it is full
  };
  // `rate` outlives what is given back.
  [[nodiscard]] Look look(std::uint64_t hash, const Rate& rate, Time now) noexcept;
  // False: it has no credit, or another worker has taken the last of it meanwhile.
  [[nodiscard]] bool take(Look& look) noexcept;

 private:
  static constexpr std::size_t kBucketsPerSet = 8;
  struct alignas(64) Set {
    std::array<Bucket, kBucketsPerSet> buckets{};
  };

  void choose(Look& look) noexcept;

  std::vector<Set> sets_;
  std::uint64_t set_mask_;
};

}  // namespace dnsd::limit
