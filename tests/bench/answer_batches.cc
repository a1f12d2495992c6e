// What a query costs in a batch, as a worker answers it: the handler fetches for some while it answers others.

#include <array>
#include <optional>
#include <vector>

#include "dnsd/serve/query_handler.h"
#include "tests/bench/answer_allocations.h"
#include "tests/bench/answer_images.h"
#include "tests/bench/answer_parts.h"

namespace bench {
namespace {

using dnsd::net::Exchange;

constexpr std::size_t kBatch = 64;
constexpr std::size_t kAnswerBytes = 1232;
constexpr std::array<std::uint8_t, 4> kClient{192, 0, 2, 1};

// The rate limit is off. An iteration is a batch; per_query is its time divided by the queries in it.
void batch_of_hits(benchmark::State& state) {
  const auto institutions = static_cast<std::size_t>(state.range(0));
  const dnsd::zone::ImageHub hub(image_of(institutions));
  const dnsd::util::Latest<dnsd::answer::CookieSecrets> no_secrets(nullptr);
  const dnsd::util::Latest<dnsd::wire::TsigKeys> no_keys(nullptr);
  const dnsd::util::Latest<zonestore::Peers> no_peers(zonestore::Peers{});
  dnsd::metrics::AnswerCounters counters;
  dnsd::serve::QueryHandler handler({hub, no_secrets, no_keys, no_peers}, {}, counters);
  Ring queries = random_queries(institutions, Names::kOfTheImage, zonestore::RecordType::kTxt);
  std::vector<std::uint8_t> room(kBatch * kAnswerBytes);
  std::array<Exchange, kBatch> exchanges;
  std::size_t silent = 0;
  const AllocationCount allocated;
  for (auto _ : state) {
    for (std::size_t index = 0; index < kBatch; ++index) {
      exchanges[index] = Exchange{.query = queries.next(),
                                  .room = std::span(room).subspan(index * kAnswerBytes, kAnswerBytes),
                                  .client = {.transport = dnsd::net::Transport::kUdp, .address = kClient}};
    }
    handler.begin_batch();
    handler.handle_all(exchanges);
    silent += exchanges.back().answer_size == 0 ? 1 : 0;
    benchmark::DoNotOptimize(room.data());
  }
  allocated.require_none(state);
  state.counters["per_query"] =
      benchmark::Counter(kBatch, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  if (silent != 0) {
    state.SkipWithError("a query was not answered");
  }
}

}  // namespace

void register_batches(std::int64_t institutions) {
  benchmark::RegisterBenchmark("batch_of_hits", batch_of_hits)->Arg(institutions);
}

}  // namespace bench
