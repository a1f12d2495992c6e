// What it costs to load a store into an image, to follow one change of it, and to make that change.
//
//   bench_store [--store DIR] [--benchmark_filter=...]
//
// DIR is copied to /var/tmp first; mosa must have real keys (make_store). Without it: 1,000 institutions.

#include <iostream>
#include <optional>
#include <string_view>

#include <benchmark/benchmark.h>

#include "dnsd/zone/loader.h"
#include "tests/bench/load_store.h"
#include "zonestore/operations/change/store.h"
#include "zonestore/operations/policy/spf_policy.h"

namespace bench {
namespace {

using zonestore::PublishedReader;
using zonestore::Store;

void load(benchmark::State& state, const Bench& bench) {
  PublishedReader reader = require(PublishedReader::open(bench.store.path()));
  std::optional<dnsd::zone::Loaded> loaded;
  for (auto _ : state) {
    loaded = require(dnsd::zone::load(reader));
    state.PauseTiming();
    state.counters["record_sets"] = static_cast<double>(loaded->record_sets_read);
    state.counters["image_bytes"] = static_cast<double>(loaded->image->memory_bytes());
    loaded.reset();
    state.ResumeTiming();
  }
}

// From a commit in the store to the image that has it; the commit is not measured.
void follow(benchmark::State& state, const Bench& bench) {
  const auto term = require(zonestore::spf::Term::parse("ip4:198.51.100.8"));
  Store store = require(Store::open(bench.store.path(), Store::Access::kWrite, bench.clock));
  PublishedReader reader = require(PublishedReader::open(bench.store.path()));
  dnsd::zone::Loaded current = require(dnsd::zone::load(reader));
  bool is_there = false;
  for (auto _ : state) {
    state.PauseTiming();
    require(is_there ? zonestore::spf_deny(store, kBenchContext, {term})
                     : zonestore::spf_allow(store, kBenchContext, {term}));
    is_there = !is_there;
    state.ResumeTiming();
    dnsd::zone::Loaded next = require(dnsd::zone::follow(reader, current));
    state.PauseTiming();
    if (next.whole) {
      throw std::runtime_error("it loaded everything instead of following");
    }
    current = std::move(next);
    state.ResumeTiming();
  }
  if (is_there) {
    require(zonestore::spf_deny(store, kBenchContext, {term}));
  }
}

// Takes --store DIR off the arguments, which then are Google Benchmark's.
std::filesystem::path take_store(int& count, char** arguments) {
  if (count < 3 || std::string_view(arguments[1]) != "--store") {
    return {};
  }
  std::filesystem::path store = arguments[2];
  arguments[2] = arguments[0];
  count -= 2;
  return store;
}

int run(int count, char** arguments) {
  const std::filesystem::path original = take_store(count, arguments);
  benchmark::Initialize(&count, original.empty() ? arguments : arguments + 2);
  if (benchmark::ReportUnrecognizedArguments(count, original.empty() ? arguments : arguments + 2)) {
    return 2;
  }
  Bench bench(original);
  benchmark::RegisterBenchmark("load", load, std::cref(bench))->UseRealTime()->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("follow", follow, std::cref(bench))->UseRealTime()->Unit(benchmark::kMillisecond);
  register_publishing(bench);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  try {
    return bench::run(argc, argv);
  } catch (const std::exception& failure) {
    std::cerr << "bench_store: " << failure.what() << '\n';
    return 1;
  }
}
