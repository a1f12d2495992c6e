// All that answers: the workers, each on its thread with a handler and counters of its own, and the rate limit that
// they share.
//
//   sockets, images, secrets, settings ─> made ─> start ─┬─> refresh: the newest image is taken up, soon
//                                                        ├─> pulses: do all move?
//                                                        └─> begin_drain, wait_ended ─> totals
//
// Threads: the functions are for the thread that made the group, but for those that say so. `on_failure` may be
// called from any thread of the group, with what went wrong; the group then waits to be drained.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "dnsd/answer/settings.h"
#include "dnsd/metrics/answer_tally.h"
#include "dnsd/metrics/worker_sums.h"
#include "dnsd/net/address_quota.h"
#include "dnsd/net/bind.h"
#include "dnsd/net/worker.h"
#include "dnsd/serve/answer_limit.h"
#include "dnsd/serve/heartbeat.h"
#include "dnsd/transfer/in_force.h"
#include "dnsd/transfer/service.h"
#include "dnsd/util/log.h"
#include "dnsd/util/thread.h"

namespace dnsd::serve {

class WorkerGroup {
 public:
  // What the answers depend on; all of it outlives the group.
  struct Sources {
    transfer::Sources in_force;
    transfer::Service& transfers;
    net::AddressQuota& quota;
    answer::Settings answers;  // without the secrets
    limit::Settings rate_limit;
  };

  // Takes the sockets out of `bound`. The log outlives the group.
  WorkerGroup(const net::WorkerSettings& settings, const Sources& sources, std::vector<net::BoundAddress> bound,
              const util::Log& log, util::OnFailure on_failure);
  WorkerGroup(const WorkerGroup&) = delete;
  WorkerGroup& operator=(const WorkerGroup&) = delete;
  WorkerGroup(WorkerGroup&&) = delete;
  WorkerGroup& operator=(WorkerGroup&&) = delete;
  ~WorkerGroup();  // drains without patience, if nobody has

  void start();
  // Has every worker take up the newest image. Any thread. Throws std::bad_alloc; it may be tried again.
  void refresh();

  // Asks every worker to move, and tells what is seen of them.
  [[nodiscard]] std::vector<Pulse> pulses();

  // Where a supervisor keeps the sockets, first of all: TCP ends as in a drain, and UDP is answered on, by all until
  // the last of them has no connection left: whoever stopped sooner would leave its share of the queries waiting.
  void begin_tcp_drain(std::chrono::milliseconds at_most);
  // Waits so long. True: no connection is left.
  [[nodiscard]] bool wait_tcp_drained(std::chrono::milliseconds at_most);

  // Has them answer what has come, and end.
  void begin_drain(std::chrono::milliseconds at_most);
  // Waits so long. True: all have ended.
  [[nodiscard]] bool wait_ended(std::chrono::milliseconds at_most);

  // What all have counted until now. Any thread.
  [[nodiscard]] metrics::WorkerSums sums() const;
  // CPU time of each worker's thread, in seconds, nothing of one that has ended. Any thread, once started.
  [[nodiscard]] std::vector<std::optional<double>> busy_seconds() const;
  // What the kernel dropped. Any thread, once started.
  [[nodiscard]] std::uint64_t receive_drops() const;

 private:
  struct Ended;

  std::optional<SharedLimit> limit_;
  std::vector<std::unique_ptr<metrics::AnswerCounters>> answer_counters_;  // one for each worker
  util::OnFailure on_failure_;
  std::vector<std::unique_ptr<net::Worker>> workers_;
  std::vector<std::thread> threads_;
  std::vector<std::optional<clockid_t>> clocks_;  // of each thread
  std::unique_ptr<Ended> ended_;
  std::vector<bool> told_to_drain_tcp_;
  std::vector<bool> told_to_drain_;
};

}  // namespace dnsd::serve
