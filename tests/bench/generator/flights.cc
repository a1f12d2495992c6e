#include "tests/bench/generator/flights.h"

#include <bit>

namespace bench {

Flights::Flights(unsigned places) : flights_(places), place_bits_(static_cast<unsigned>(std::bit_width(places - 1))) {
  for (unsigned place = places; place > 0; --place) {
    free_.push_back(place - 1);
  }
}

Flight& Flights::begin(Workload& workload, std::uint64_t due_ns, std::uint64_t now_ns) {
  const unsigned place = free_.back();
  free_.pop_back();
  Flight& flight = flights_[place];
  flight.query_bytes = workload.next(flight.query, flight.expected);
  ++flight.uses;
  const unsigned id = unsigned{flight.uses} << place_bits_ | place;
  flight.query[0] = static_cast<std::uint8_t>(id >> 8);
  flight.query[1] = static_cast<std::uint8_t>(id);
  flight.due_ns = due_ns;
  flight.sent_ns = now_ns;
  flight.is_under_way = true;
  return flight;
}

Flight* Flights::find(std::uint16_t id) {
  const unsigned place = id & ((1U << place_bits_) - 1);
  if (place >= flights_.size()) {
    return nullptr;
  }
  Flight& flight = flights_[place];
  const bool is_this_use = flight.query[0] == id >> 8 && flight.query[1] == (id & 0xff);
  return flight.is_under_way && is_this_use ? &flight : nullptr;
}

void Flights::end(Flight& flight) {
  flight.is_under_way = false;
  free_.push_back(static_cast<unsigned>(&flight - flights_.data()));
}

std::uint64_t Flights::give_up(std::uint64_t sent_before_ns) {
  std::uint64_t ended = 0;
  for (Flight& flight : flights_) {
    if (flight.is_under_way && flight.sent_ns < sent_before_ns) {
      end(flight);
      ++ended;
    }
  }
  return ended;
}

}  // namespace bench
