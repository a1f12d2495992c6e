// Times counted in buckets of at most 1/64 of their value: memory and the cost of an entry do not grow with a run.
// Threads: one thread at a time.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace bench {

class Histogram {
 public:
  void add(std::uint64_t nanoseconds) {
    ++counts_[bucket_of(nanoseconds)];
    ++total_;
    largest_ = std::max(largest_, nanoseconds);
  }
  [[nodiscard]] std::uint64_t largest() const { return largest_; }

  // The upper bound of the bucket below which this part (0 to 1) of all times lies; 0 without any.
  [[nodiscard]] std::uint64_t quantile(double part) const {
    const auto wanted = static_cast<std::uint64_t>(part * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
      seen += counts_[bucket];
      if (seen > wanted) {
        return std::min(largest_, upper_bound(bucket));
      }
    }
    return largest_;
  }

 private:
  // Values below 128 have buckets of their own; above, each power of two has 64.
  static constexpr std::size_t kSteps = 64;
  static std::size_t bucket_of(std::uint64_t value) {
    const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - 7);
    return static_cast<std::size_t>(shift) * kSteps + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t upper_bound(std::size_t bucket) {
    if (bucket < 2 * kSteps) {
      return bucket;
    }
    const std::size_t shift = bucket / kSteps - 1;
    return ((std::uint64_t{bucket - shift * kSteps} + 1) << shift) - 1;
  }

  std::array<std::uint64_t, 60 * kSteps> counts_{};
  std::uint64_t total_ = 0;
  std::uint64_t largest_ = 0;
};

}  // namespace bench
