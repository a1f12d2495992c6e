// What is counted, said once: the sum over workers, the log's line `stopped` and whatever shows the numbers elsewhere
// walk this list.
//
//   catalogue: family (name, help, kind) ─┬─ entry: labels, the log's word, where it is counted
//                                         └─ entry ...
//   WorkerCounters, AnswerCounters (one a worker), ProcessCounts ──Totals::add──> Totals: a number an entry
//
// A counter that is not in the list does not compile. Names are Prometheus' (base units, _total for counters); no
// label has a value that a client chooses. Threads: plain values; the counters may be written meanwhile.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "dnsd/metrics/counters.h"

namespace dnsd::metrics {

enum class Kind : std::uint8_t {
  kCounter,  // only grows
  kGauge,    // as it is now
};

struct Family {
  std::string_view name;  // dnsd_queries_total
  std::string_view help;
  Kind kind = Kind::kCounter;
};

// Where a number stands. The first two are each worker's own and summed; the last is the process's.
using Place = std::variant<Counter SocketCounts::*, Counter AnswerCounts::*, std::uint64_t ProcessCounts::*>;

struct Entry {
  const Family* family = nullptr;
  std::string_view labels;  // transport="udp": one or none
  std::string_view word;    // in the log
  Place place;

  [[nodiscard]] constexpr bool is_per_worker() const { return place.index() < 2; }
};

inline constexpr std::size_t kEntries =
    (sizeof(SocketCounts) + sizeof(AnswerCounts)) / sizeof(Counter) + sizeof(ProcessCounts) / sizeof(std::uint64_t);

// In the order in which they are said; those of one family need not lie together.
[[nodiscard]] const std::array<Entry, kEntries>& catalogue();

// The numbers of one moment, in the catalogue's order. Allocates nothing.
class Totals {
 public:
  // Adds what one worker has counted until now.
  void add(const SocketCounts& counts);
  void add(const AnswerCounts& counts);
  void add(const ProcessCounts& counts);

  [[nodiscard]] std::uint64_t operator[](std::size_t entry) const { return values_[entry]; }
  [[nodiscard]] std::uint64_t of(const Place& place) const;
  // Over all entries of the family of that name: all queries, whatever they came by.
  [[nodiscard]] std::uint64_t sum(std::string_view family) const;

 private:
  template <class Counts>
  void add_all(const Counts& counts);

  std::array<std::uint64_t, kEntries> values_{};
};

}  // namespace dnsd::metrics
