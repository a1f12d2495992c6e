// What all workers have counted until now, and how it is shown.
// Threads: plain values; the counters may be written meanwhile.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "dnsd/metrics/answer_tally.h"
#include "dnsd/metrics/catalogue.h"
#include "zonestore/exposition/exposition.h"

namespace dnsd::metrics {

struct WorkerSums {
  Totals totals;
  TallySums tally;
  std::array<std::uint64_t, kBatchBuckets> batches{};
  std::uint64_t tcp_open = 0;

  // Adds one worker's.
  void add(const WorkerCounters& counters);
  void add(const AnswerCounters& counters);
};

// `zones`: the apexes by slot, of those that are taken (zone/zone_slots.h).
void expose(const WorkerSums& sums, std::span<const std::string> zones, zonestore::exposition::Exposition& out);

}  // namespace dnsd::metrics
