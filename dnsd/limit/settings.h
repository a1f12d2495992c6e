// How many equal answers a client prefix gets, with the defaults. Threads: plain values.
#pragma once

#include <cstddef>

namespace dnsd::limit {

struct Settings {
  unsigned answers_per_second = 200;  // to one prefix, all alike, over all workers; 0: no limit
  unsigned slip = 2;                  // of so many limited answers, one goes out truncated; 0: none does
  unsigned ipv4_prefix_bits = 24;     // what counts as one client
  unsigned ipv6_prefix_bits = 56;     // at most 64
  std::size_t table_bytes = 1024U * 1024;

  [[nodiscard]] bool is_on() const { return answers_per_second > 0; }
};

}  // namespace dnsd::limit
