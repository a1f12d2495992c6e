// The queries that are under way on one socket: by ID to what was asked, when, and what must come back.
//
// An ID is the place in the table (lower bits) and a number that rises with each use of the place (upper bits), so
// that an answer that comes after its query was given up is known as late, and not taken for the next one's. Threads:
// one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tests/bench/generator/workload.h"

namespace bench {

struct Flight {
  std::array<std::uint8_t, kMaxQueryBytes> query{};
  std::size_t query_bytes = 0;
  Expectation expected;
  std::uint64_t due_ns = 0;   // when it was to be sent: latency counts from here
  std::uint64_t sent_ns = 0;  // when it was
  std::uint16_t uses = 0;
  bool is_under_way = false;

  [[nodiscard]] std::span<const std::uint8_t> wire() const { return {query.data(), query_bytes}; }
};

class Flights {
 public:
  static constexpr unsigned kMaxPlaces = 1024;
  // Precondition: 1 to kMaxPlaces.
  explicit Flights(unsigned places);

  [[nodiscard]] bool has_room() const { return !free_.empty(); }
  [[nodiscard]] std::size_t under_way() const { return flights_.size() - free_.size(); }

  // The next query of this load, with its ID set. Precondition: has_room().
  Flight& begin(Workload& workload, std::uint64_t due_ns, std::uint64_t now_ns);

  // The query that a message with this ID answers; nullptr if it is none that is under way.
  Flight* find(std::uint16_t id);
  // It is answered or given up: its place is free. Its content stays until begin() takes the place again.
  void end(Flight& flight);
  // Ends all that were sent before this time; returns how many.
  std::uint64_t give_up(std::uint64_t sent_before_ns);

 private:
  std::vector<Flight> flights_;
  std::vector<unsigned> free_;  // places
  unsigned place_bits_;
};

}  // namespace bench
