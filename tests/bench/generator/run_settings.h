// How a load is put on a server, and what came of it. Threads: plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "tests/bench/generator/histogram.h"

namespace bench {

struct RunSettings {
  std::uint16_t port = 0;           // of 127.0.0.1
  std::chrono::nanoseconds time{};  // how long queries are sent; 0: until `queries` were
  std::uint64_t queries = 0;        // at most so many; 0: no end but the time
  std::uint64_t rate = 0;           // queries a second; 0: as fast as they are answered
  unsigned sockets = 4;             // source ports over UDP, connections over TCP
  unsigned window = 128;            // queries under way at once, over all: a socket with Linux's own buffer takes 190
  std::chrono::nanoseconds patience{};  // a query without an answer for so long is lost
  bool are_checked = true;              // the answers; the echo floor sends none that could be
};

struct RunResult {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;  // by anything, right or wrong
  std::uint64_t wrong = 0;
  std::uint64_t lost = 0;
  std::uint64_t late = 0;           // answers to queries that were given up, or that nobody asked
  std::uint64_t reconnects = 0;     // connections that the server closed
  std::string first_fault;          // of the first wrong answer, with its question
  std::chrono::nanoseconds took{};  // from the first query to the last answer
  Histogram latency;
};

}  // namespace bench
