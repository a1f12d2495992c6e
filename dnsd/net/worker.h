// One worker: one thread's event loop, its sockets, its handler, its counters.
//
// Nothing in it is shared with another worker but the address quota and the log. The thread is the caller's:
// it calls run(), which returns when a drain is over. Other threads may call drain(), refresh(), ask_for_beat(),
// beats(), counters() and receive_drops(); everything else belongs to the thread of run().
//
// An exception (no memory) ends what it came out of, a connection at most, and never the worker: what it has left
// undone is begun again.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "dnsd/metrics/counters.h"
#include "dnsd/net/address_quota.h"
#include "dnsd/net/handler.h"
#include "dnsd/net/limits.h"
#include "dnsd/util/log.h"
#include "zonestore/base/file_descriptor.h"

namespace dnsd::net {

struct WorkerSettings {
  UdpLimits udp;
  TcpLimits tcp;
  unsigned workers = 1;  // that share the TCP limits
};

class Worker {
 public:
  // `quota` and `log` outlive the worker.
  Worker(const WorkerSettings& settings, std::unique_ptr<Handler> handler, AddressQuota& quota, const util::Log& log);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  Worker(Worker&&) = delete;
  Worker& operator=(Worker&&) = delete;
  ~Worker();

  // Before run(): serves these two from then on.
  void serve(zonestore::FileDescriptor udp, zonestore::FileDescriptor tcp);

  // Until drained.
  void run();

  // Ends run(): answers what is queued, takes no more, and gives TCP at most so long to finish. Throws
  // std::bad_alloc; nothing has changed then, and it may be tried again.
  void drain(std::chrono::milliseconds at_most);

  // What comes before a drain where others keep the sockets: TCP alone ends, as drain() has it, and UDP is answered
  // on until then. `on_ended` runs on the worker's thread and throws nothing. Throws std::bad_alloc, as drain().
  void drain_tcp(std::chrono::milliseconds at_most, std::function<void()> on_ended);

  // Has the handler look for a newer image soon, so that a quiet worker does not hold on to the old one. Throws
  // std::bad_alloc.
  void refresh();

  // Heartbeat: has the event loop count one more, once it comes to it. Asked again before that, it does so once.
  // Throws std::bad_alloc.
  void ask_for_beat();
  [[nodiscard]] std::uint64_t beats() const { return beats_.load(std::memory_order_relaxed); }

  [[nodiscard]] const metrics::WorkerCounters& counters() const { return counters_; }
  // Datagrams that the kernel dropped because the worker did not fetch them in time, of all its sockets. Each
  // socket's count is modulo 2^32.
  [[nodiscard]] std::uint64_t receive_drops() const;

 private:
  struct Loop;  // the event loop and the sockets: Asio stays out of this header

  void resume();
  void note(const char* what) noexcept;

  const util::Log& log_;
  metrics::WorkerCounters counters_;
  std::unique_ptr<Handler> handler_;
  std::unique_ptr<Loop> loop_;                         // uses the three above
  std::optional<std::chrono::milliseconds> to_drain_;  // told to, and not done yet
  bool to_drain_udp_ = false;                          // that too
  std::chrono::steady_clock::time_point quiet_until_;  // before it nothing is said of exceptions
  std::atomic<bool> beat_asked_{false};
  std::atomic<std::uint64_t> beats_{0};
};

}  // namespace dnsd::net
