// One worker: one thread's event loop, its sockets, its handler, its counters.
//
// Nothing in it is shared with another worker but the address quota and the log. The thread is the caller's:
// it calls run(), which returns when a drain is over. Other threads may call drain(), refresh() and counters();
// everything else belongs to the thread of run().
#pragma once

#include <chrono>
#include <list>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "dnsd/metrics/counters.h"
#include "dnsd/net/address_quota.h"
#include "dnsd/net/handler.h"
#include "dnsd/net/limits.h"
#include "dnsd/net/tcp_service.h"
#include "dnsd/net/udp_batch.h"
#include "dnsd/net/udp_service.h"
#include "dnsd/util/log.h"
#include "dnsd/util/unique_fd.h"

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

  // Before run(): serves these two from then on.
  void serve(util::UniqueFd udp, util::UniqueFd tcp);

  // Until drained. Throws what a bug or the end of memory threw.
  void run();

  // Ends run(): answers what is queued, takes no more, and gives TCP at most so long to finish.
  void drain(std::chrono::milliseconds at_most);

  // Has the handler look for a newer image soon, so that a quiet worker does not hold on to the old one.
  void refresh();

  [[nodiscard]] const metrics::WorkerCounters& counters() const { return counters_; }

 private:
  boost::asio::io_context context_;
  metrics::WorkerCounters counters_;
  std::unique_ptr<Handler> handler_;
  UdpBatch batch_;
  std::list<UdpService> udp_;
  TcpService tcp_;
};

}  // namespace dnsd::net
