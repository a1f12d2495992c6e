// What an answer costs, from the bytes of the query to those of the answer, by the size of the image.
//
//   bench_answer --benchmark_filter=hit
//
// Times are of an answer; queries come in random order. A benchmark whose loop allocates memory fails.

#include <array>

#include <benchmark/benchmark.h>

#include "dnsd/answer/responder.h"
#include "tests/bench/answer_allocations.h"
#include "tests/bench/answer_images.h"
#include "tests/bench/answer_parts.h"

namespace bench {
namespace {

using dnsd::answer::AnswerKind;
using zonestore::RecordType;

constexpr std::array<std::uint8_t, 4> kClient{192, 0, 2, 1};

// Puts the ring's queries to the image; every answer must be of that kind.
void answer_all(benchmark::State& state, const dnsd::zone::Image& image, Ring queries, AnswerKind kind) {
  const dnsd::answer::Settings settings;
  const dnsd::answer::Client client{.address = kClient};
  std::array<std::uint8_t, 1232> room{};
  std::size_t bytes = 0;
  std::size_t wrong = 0;
  const AllocationCount allocated;
  for (auto _ : state) {
    const auto answered = dnsd::answer::respond(queries.next(), room, image, settings, client);
    bytes += answered.size;
    wrong += answered.kind == kind ? 0 : 1;
    benchmark::DoNotOptimize(room);
  }
  allocated.require_none(state);
  state.counters["answer_bytes"] = benchmark::Counter(static_cast<double>(bytes), benchmark::Counter::kAvgIterations);
  if (wrong != 0) {
    state.SkipWithError("another answer than expected");
  }
}

std::size_t institutions(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

void hit(benchmark::State& state) {
  const dnsd::zone::Image& image = *image_of(institutions(state));
  answer_all(state, image, random_queries(institutions(state), Names::kOfTheImage, RecordType::kTxt),
             AnswerKind::kPositive);
  state.counters["image_bytes_per_name"] =
      static_cast<double>(image.memory_bytes()) / static_cast<double>(2 * institutions(state));
}

void nxdomain(benchmark::State& state) {
  answer_all(state, *image_of(institutions(state)),
             random_queries(institutions(state), Names::kUnknown, RecordType::kTxt), AnswerKind::kNxDomain);
}

void nodata(benchmark::State& state) {
  answer_all(state, *image_of(institutions(state)),
             random_queries(institutions(state), Names::kOfTheImage, RecordType::kA), AnswerKind::kNoData);
}

void one_query(benchmark::State& state, std::string_view name, RecordType type) {
  Ring queries;
  queries.add(query_for(name, type));
  answer_all(state, *image_of(institutions(state)), std::move(queries), AnswerKind::kPositive);
}

void spf(benchmark::State& state) {
  one_query(state, kSpfZone, RecordType::kTxt);
}

void soa(benchmark::State& state) {
  one_query(state, kDkimZone, RecordType::kSoa);
}

// By size, so that each image is made once.
[[maybe_unused]] const bool kRegistered = [] {
  for (const std::int64_t size : {1'000, 100'000, 1'000'000}) {
    benchmark::RegisterBenchmark("hit", hit)->Arg(size);
    benchmark::RegisterBenchmark("nxdomain", nxdomain)->Arg(size);
    benchmark::RegisterBenchmark("nodata", nodata)->Arg(size);
    benchmark::RegisterBenchmark("spf", spf)->Arg(size);
    benchmark::RegisterBenchmark("soa", soa)->Arg(size);
    register_batches(size);
    register_look_ups(size);
  }
  register_parsing();
  return true;
}();

}  // namespace
}  // namespace bench

BENCHMARK_MAIN();
