// One UDP socket of one worker: waits until it is readable, then answers batch after batch.
//
// While there is much to do the reactor does not watch the socket. For each datagram that it sends from a watched
// socket the kernel wakes the watcher, who does not care; that would be a tenth of what an answer costs.
// Threads: its worker's. Ownership: the socket is its own; the rest is the worker's and outlives it.
#pragma once

#include <cstdint>
#include <mutex>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "dnsd/metrics/counters.h"
#include "dnsd/net/handler.h"
#include "dnsd/net/udp_batch.h"
#include "zonestore/base/file_descriptor.h"

namespace dnsd::net {

class UdpService {
 public:
  UdpService(boost::asio::io_context& context, zonestore::FileDescriptor socket, UdpBatch& batch, Handler& handler,
             metrics::WorkerCounters& counters);
  UdpService(const UdpService&) = delete;
  UdpService& operator=(const UdpService&) = delete;
  UdpService(UdpService&&) = delete;
  UdpService& operator=(UdpService&&) = delete;
  ~UdpService();

  // Serves from now on; after an exception that came out of the event loop, again. No effect where it serves still.
  void start();
  // Answers what is queued, then closes.
  void drain();

  // Datagrams that found no room in the socket's buffer, since it was made: the kernel's count, modulo 2^32. Any
  // thread.
  [[nodiscard]] std::uint32_t receive_drops() const;

 private:
  void wait();
  void serve();
  void serve_later();
  [[nodiscard]] bool serve_some();  // true: the queue was emptied
  [[nodiscard]] bool watch();       // false: the kernel has no memory for it
  void unwatch();

  mutable std::mutex closing_;    // while the socket is closed, or somebody else asks the kernel of it
  std::uint32_t last_drops_ = 0;  // once it is closed
  zonestore::FileDescriptor socket_;
  boost::asio::posix::stream_descriptor readiness_;  // borrows the socket while it is watched
  UdpBatch& batch_;
  Handler& handler_;
  metrics::WorkerCounters& counters_;
  bool waiting_ = false;  // the event loop will call serve()
};

}  // namespace dnsd::net
