// What it costs to find a name, in the table of names alone and by the rules of look_up().

#include "dnsd/zone/look_up.h"

#include "tests/bench/answer_allocations.h"
#include "tests/bench/answer_images.h"
#include "tests/bench/answer_parts.h"

namespace bench {
namespace {

using dnsd::wire::LoweredName;

const dnsd::zone::Zone& dkim_zone(std::size_t institutions) {
  return *image_of(institutions)->zones.front();
}

// Whole, or without the apex as the table keeps them.
Ring random_names(std::size_t institutions, Names names, std::size_t apex_bytes = 0) {
  Ring ring;
  for (const std::size_t number : random_selectors(institutions, names)) {
    const zonestore::Name name = zonestore::Name::parse(selector_name(number)).value();
    ring.add(name.wire().first(name.size_bytes() - apex_bytes));
  }
  return ring;
}

std::size_t institutions_of(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

void find_name(benchmark::State& state) {
  const std::size_t institutions = institutions_of(state);
  const dnsd::zone::Zone& zone = dkim_zone(institutions);
  Ring names = random_names(institutions, Names::kOfTheImage, zone.apex.size_bytes());
  std::size_t missed = 0;
  const AllocationCount allocated;
  for (auto _ : state) {
    missed += zone.names.find(names.next()) ? 0 : 1;
  }
  allocated.require_none(state);
  if (missed != 0) {
    state.SkipWithError("a name was not found");
  }
}

// With the copy of the name that a query's reader would have made.
void look_up_all(benchmark::State& state, Names kind, dnsd::zone::Match expected) {
  const std::size_t institutions = institutions_of(state);
  const dnsd::zone::Zone& zone = dkim_zone(institutions);
  Ring names = random_names(institutions, kind);
  std::size_t wrong = 0;
  const AllocationCount allocated;
  for (auto _ : state) {
    LoweredName name;
    dnsd::wire::lower_name(names.next(), name);
    wrong += look_up(place_in(zone, name), name, dnsd::zone::CutItself::kIsBelow).match == expected ? 0 : 1;
  }
  allocated.require_none(state);
  if (wrong != 0) {
    state.SkipWithError("found what is not there, or not what is");
  }
}

void look_up_name(benchmark::State& state) {
  look_up_all(state, Names::kOfTheImage, dnsd::zone::Match::kExact);
}

void look_up_unknown(benchmark::State& state) {
  look_up_all(state, Names::kUnknown, dnsd::zone::Match::kNone);
}

}  // namespace

void register_look_ups(std::int64_t institutions) {
  benchmark::RegisterBenchmark("find_name", find_name)->Arg(institutions);
  benchmark::RegisterBenchmark("look_up_name", look_up_name)->Arg(institutions);
  benchmark::RegisterBenchmark("look_up_unknown", look_up_unknown)->Arg(institutions);
}

}  // namespace bench
