// Counts what the code under measurement allocates: a program that links this has its own operator new.
#pragma once

#include <cstdint>

#include <benchmark/benchmark.h>

namespace bench {

// By all threads, since the program's start.
[[nodiscard]] std::uint64_t allocations();

// Made before a benchmark's loop; after it, report() says what an iteration allocated.
class AllocationCount {
 public:
  AllocationCount() : before_(allocations()) {}
  // The benchmark fails if its loop has allocated at all.
  void require_none(benchmark::State& state) const;

 private:
  std::uint64_t before_;
};

}  // namespace bench
