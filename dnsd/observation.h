// What can be seen of the running server from outside: the numbers, its health, a line for the supervisor. Gathers
// what the parts keep, and decides nothing for them.
//
// Threads: text() and health() any, all the time that the object lives; status() and the note_ functions are the main
// thread's. What is handed in outlives it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "dnsd/follow/store_state.h"
#include "dnsd/metrics/http_server.h"
#include "dnsd/serve/worker_group.h"
#include "dnsd/util/log.h"
#include "dnsd/zone/image_hub.h"

namespace dnsd {

class Observation {
 public:
  struct Sources {
    const serve::WorkerGroup& workers;
    const follow::StoreState& store;
    const zone::ImageHub& hub;
    const util::Log& log;
    unsigned worker_count = 1;
    unsigned tcp_connections = 0;  // that may be served at once
    bool is_sandboxed = false;
  };

  explicit Observation(const Sources& sources);

  // In Prometheus' text format.
  [[nodiscard]] std::string text() const;

  // Good while queries are answered, whatever troubles the store: who withdraws a route by it must not lose all
  // servers at once to one bad store.
  [[nodiscard]] metrics::Health health() const;

  // "answering: 2 zones, serial 1796057347, 1250/s": since it was last asked.
  [[nodiscard]] std::string status();

  void note_all_moved();  // every worker has, since the last time
  void note_draining() { draining_ = true; }
  // Before the first text(): whether metrics are to be had over HTTP.
  void set_http(const metrics::HttpServer& http) { http_ = &http; }

 private:
  using Clock = std::chrono::steady_clock;

  void expose_process(zonestore::exposition::Exposition& out) const;
  void expose_workers(zonestore::exposition::Exposition& out, const zone::Image& image) const;
  void expose_image(zonestore::exposition::Exposition& out, const zone::Image& image) const;

  Sources sources_;
  double started_at_;  // Unix seconds
  const metrics::HttpServer* http_ = nullptr;
  std::atomic<bool> draining_{false};
  std::atomic<Clock::rep> moved_at_;
  Clock::time_point last_status_;
  std::uint64_t last_received_ = 0;
};

}  // namespace dnsd
