// What it costs to read a query.

#include "dnsd/wire/query.h"
#include "tests/bench/answer_allocations.h"
#include "tests/bench/answer_images.h"
#include "tests/bench/answer_parts.h"

namespace bench {
namespace {

void parse_query(benchmark::State& state) {
  constexpr std::size_t kInstitutions = 1000;
  Ring queries = random_queries(kInstitutions, Names::kOfTheImage, zonestore::RecordType::kTxt);
  std::size_t malformed = 0;
  const AllocationCount allocated;
  for (auto _ : state) {
    dnsd::wire::Query query;
    malformed += dnsd::wire::parse_query(queries.next(), query) == dnsd::wire::Form::kGood ? 0 : 1;
    benchmark::DoNotOptimize(query);
  }
  allocated.require_none(state);
  if (malformed != 0) {
    state.SkipWithError("a query could not be read");
  }
}

}  // namespace

void register_parsing() {
  benchmark::RegisterBenchmark("parse_query", parse_query);
}

}  // namespace bench
