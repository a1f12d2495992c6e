// The store that bench_store measures: a copy of the one it was given, or a made one, in a directory that goes with
// it.
//
// Threads: one. Throws std::runtime_error if it cannot be made or opened.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "tests/support/temp_directory.h"
#include "zonestore/base/error.h"
#include "zonestore/base/moment.h"
#include "zonestore/operations/change/context.h"

namespace bench {

template <class T>
T require(zonestore::Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*result);
  }
}

inline const zonestore::ChangeContext kBenchContext{{"bench", "bench"}, std::nullopt, false};

// The system's clock, set forward for both of its halves: what ripens and drains does so at once.
class ForwardClock final : public zonestore::Clock {
 public:
  [[nodiscard]] zonestore::Moment now() const override {
    zonestore::Moment moment = system_.now();
    moment.wall += ahead_;
    moment.since_boot += ahead_;
    return moment;
  }
  void advance(zonestore::Milliseconds by) { ahead_ += by; }

 private:
  zonestore::SystemClock system_;
  zonestore::Milliseconds ahead_{0};
};

class StoreCopy {
 public:
  // An empty `original`: a synthetic store of 1,000 institutions.
  explicit StoreCopy(const std::filesystem::path& original);

  [[nodiscard]] std::filesystem::path path() const { return temp_ / "store"; }

 private:
  tests::TempDirectory temp_;
};

// Of the program's --store; the same copy for all benchmarks, and the clock that they all go by.
struct Bench {
  explicit Bench(const std::filesystem::path& original) : store(original) {}
  StoreCopy store;
  ForwardClock clock;
};

void register_publishing(Bench& bench);

}  // namespace bench
