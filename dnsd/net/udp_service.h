// One UDP socket of one worker: waits until it is readable, then answers batch after batch.
// Threads: its worker's. Ownership: the socket is its own; the rest is the worker's and outlives it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "dnsd/metrics/counters.h"
#include "dnsd/net/handler.h"
#include "dnsd/net/udp_batch.h"
#include "dnsd/util/unique_fd.h"

namespace dnsd::net {

class UdpService {
 public:
  UdpService(boost::asio::io_context& context, util::UniqueFd socket, UdpBatch& batch, Handler& handler,
             metrics::WorkerCounters& counters);

  void start();
  // Answers what is queued, then closes.
  void drain();

 private:
  void wait();
  void serve();
  [[nodiscard]] bool serve_some();  // true: the queue was emptied

  boost::asio::posix::stream_descriptor socket_;
  UdpBatch& batch_;
  Handler& handler_;
  metrics::WorkerCounters& counters_;
};

}  // namespace dnsd::net
