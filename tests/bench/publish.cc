// What a change costs the store, whole transactions on the disk: rows, record sets, journal, audit.

#include <benchmark/benchmark.h>

#include "tests/bench/load_store.h"
#include "zonestore/operations/change/store.h"
#include "zonestore/operations/policy/spf_policy.h"
#include "zonestore/operations/rotation/rotation.h"
#include "zonestore/operations/rotation/slots.h"

namespace bench {
namespace {

using namespace std::chrono_literals;
using zonestore::Store;

// A rotation of mosa, whose keys are real: the proof of the key in the vault is part of it. Between two of them, not
// measured: the drain ends, a new key is made, and ripens.
void rotate(benchmark::State& state, Bench& bench) {
  const auto mosa = require(zonestore::dkim::Code::parse("mosa"));
  Store store = require(Store::open(bench.store.path(), Store::Access::kWrite, bench.clock));
  for (auto _ : state) {
    require(zonestore::rotate(store, kBenchContext, mosa));
    state.PauseTiming();
    bench.clock.advance(24h * 8);
    require(zonestore::prepare(store, kBenchContext, mosa, std::nullopt));
    bench.clock.advance(2h);
    state.ResumeTiming();
  }
}

// One record set of one name changes, and back.
void publish_spf(benchmark::State& state, Bench& bench) {
  const auto term = require(zonestore::spf::Term::parse("ip4:198.51.100.7"));
  Store store = require(Store::open(bench.store.path(), Store::Access::kWrite, bench.clock));
  bool is_there = false;
  for (auto _ : state) {
    require(is_there ? zonestore::spf_deny(store, kBenchContext, {term})
                     : zonestore::spf_allow(store, kBenchContext, {term}));
    is_there = !is_there;
  }
  if (is_there) {
    require(zonestore::spf_deny(store, kBenchContext, {term}));
  }
}

}  // namespace

void register_publishing(Bench& bench) {
  constexpr int kRotations = 20;  // a key is made for each
  benchmark::RegisterBenchmark("rotate", rotate, std::ref(bench))
      ->Iterations(kRotations)
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("publish_spf", publish_spf, std::ref(bench))
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace bench
