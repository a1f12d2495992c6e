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
// A bucket whose moment has passed is full, and as good as none: a table of zeros is an empty one.
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

class BucketTable {
 public:
  // Since any moment that stays the same; two workers' may differ by less than a second.
  using Time = std::chrono::microseconds;

  // As many sets, a power of two, as fit into `bytes`; at least one. `rate` is at least 1 and at most a million.
  BucketTable(std::size_t bytes, unsigned rate);

  // Takes credit for one answer from the bucket of this hash. False: it has none. `hash` is uniform and keyed.
  [[nodiscard]] bool take(std::uint64_t hash, Time now) noexcept;

  [[nodiscard]] std::size_t bucket_count() const { return sets_.size() * kBucketsPerSet; }

 private:
  static constexpr std::size_t kBucketsPerSet = 8;
  using Bucket = std::atomic<std::uint64_t>;
  struct alignas(64) Set {
    std::array<Bucket, kBucketsPerSet> buckets{};
  };
  struct Choice {
    Bucket* bucket;
    std::uint64_t seen;   // what stood in it
    std::uint64_t ahead;  // how far its moment lies ahead, in microseconds; 0: it is full
  };

  [[nodiscard]] Choice choose(Set& set, std::uint64_t tag, std::uint64_t now) const noexcept;
  [[nodiscard]] std::uint64_t ahead_of(std::uint64_t bucket, std::uint64_t now) const noexcept;

  std::uint64_t step_;   // microseconds between two answers
  std::uint64_t burst_;  // microseconds of credit that a full bucket holds
  std::vector<Set> sets_;
  std::uint64_t set_mask_;
};

}  // namespace dnsd::limit
