// What response rate limiting costs a query, in nanoseconds.
//
//   bench_rate_limiter

#include "dnsd/limit/rate_limiter.h"

#include <array>
#include <memory>

#include <benchmark/benchmark.h>

namespace {

using namespace dnsd::limit;
using namespace std::chrono_literals;

constexpr RateLimiter::Key kKey{0x0123456789ABCDEF, 0xFEDCBA9876543210};
constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;  // spreads a counter over addresses

constexpr Settings kSettings;
std::unique_ptr<BucketTable> table;  // that all threads of a run share

void make_table(const benchmark::State& /*state*/) {
  table = std::make_unique<BucketTable>(kSettings.table_bytes);
}

// A million answers a second, each to another prefix: nobody is limited.
void many_clients(benchmark::State& state) {
  RateLimiter limiter(kSettings, *table, kKey);
  std::uint64_t count = static_cast<std::uint64_t>(state.thread_index()) << 40U;
  RateLimiter::Time now = 1000s;
  for (auto _ : state) {
    const std::uint64_t spread = ++count * kOdd;
    const std::array<std::uint8_t, 4> client{
        static_cast<std::uint8_t>(spread >> 56U), static_cast<std::uint8_t>(spread >> 48U),
        static_cast<std::uint8_t>(spread >> 40U), static_cast<std::uint8_t>(spread >> 32U)};
    benchmark::DoNotOptimize(limiter.judge(client, Identity{1, count}, now));
    now += 1us;
  }
}

// A flood of the same query with the same sender: all but 200 a second are limited.
void one_flood(benchmark::State& state) {
  RateLimiter limiter(kSettings, *table, kKey);
  constexpr std::array<std::uint8_t, 4> kClient{192, 0, 2, 1};
  RateLimiter::Time now = 1000s;
  for (auto _ : state) {
    benchmark::DoNotOptimize(limiter.judge(kClient, Identity{1, 42}, now));
    now += 1us;
  }
}

// The same for a zone full of names: all but 1,000 a second are.
void flood_of_names(benchmark::State& state) {
  RateLimiter limiter(kSettings, *table, kKey);
  constexpr std::array<std::uint8_t, 4> kClient{192, 0, 2, 1};
  RateLimiter::Time now = 1000s;
  std::uint64_t count = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(limiter.judge(kClient, Identity{1, ++count * kOdd}, now));
    now += 1us;
  }
}

BENCHMARK(many_clients)->Setup(make_table)->ThreadRange(1, 2)->UseRealTime();
BENCHMARK(flood_of_names)->Setup(make_table)->ThreadRange(1, 2)->UseRealTime();
BENCHMARK(one_flood)->Setup(make_table)->ThreadRange(1, 2)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
