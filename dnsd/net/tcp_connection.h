// One TCP connection: reads queries, answers them in order, until it ends (RFC 7766).
//
//   kIdle --first byte of a query--> kMessage --its last byte--> (answered) --> kIdle
//                                        answers that the kernel does not take at once: kWrite --> as before
//
// One coroutine. Its waits have no timers of their own: the connection says by when it must have moved on
// (deadline), and the service's sweep closes those that have not. An idle connection keeps no buffers: queries
// are read and answers laid out in the worker's, which is free again before the next wait.
//
// Threads: its worker's. Ownership: the service's; must live until run() has ended.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "dnsd/metrics/counters.h"
#include "dnsd/net/address_quota.h"
#include "dnsd/net/frame_reader.h"
#include "dnsd/net/handler.h"
#include "dnsd/net/limits.h"
#include "dnsd/util/address.h"
#include "dnsd/util/unique_fd.h"

namespace dnsd::net {

// What all connections of a worker share. No connection holds on to the buffers across a wait.
struct TcpWorkspace {
  TcpWorkspace(const TcpLimits& tcp_limits, Handler& query_handler, metrics::WorkerCounters& worker_counters);

  const TcpLimits& limits;
  Handler& handler;
  metrics::WorkerCounters& counters;
  std::vector<std::uint8_t> input;
  std::vector<std::uint8_t> output;  // length-prefixed answers; `output_bytes` of it are filled
  std::size_t output_bytes = 0;
  bool crowded = false;  // half of the connections are taken: the idle ones go sooner
};

class TcpConnection {
 public:
  using Clock = std::chrono::steady_clock;

  TcpConnection(boost::asio::io_context& context, util::UniqueFd socket, const util::Address& peer,
                AddressQuota::Ticket ticket, TcpWorkspace& workspace);

  // The whole conversation. Returns when the client or a limit has ended it, or after close().
  [[nodiscard]] boost::asio::awaitable<void> run();

  void close();  // at once; run() returns soon after
  void drain();  // answers what has come, then ends

  [[nodiscard]] bool is_open() const { return socket_.is_open(); }
  [[nodiscard]] bool is_idle() const { return waiting_for_ == WaitingFor::kQuery; }
  [[nodiscard]] Clock::time_point since() const { return since_; }  // that it waits for what it waits for
  [[nodiscard]] Clock::time_point deadline() const;

 private:
  enum class WaitingFor : std::uint8_t { kQuery, kRestOfQuery, kWrite };
  enum class Progress : std::uint8_t { kInputUsedUp, kOutputFull, kFinished };

  [[nodiscard]] boost::asio::awaitable<bool> receive();
  [[nodiscard]] boost::asio::awaitable<bool> flush();
  [[nodiscard]] boost::asio::awaitable<bool> write_held_output();
  [[nodiscard]] boost::asio::awaitable<void> part();
  [[nodiscard]] Progress answer_queries();
  void answer_one(std::span<const std::uint8_t> query);
  [[nodiscard]] std::chrono::seconds most_idle() const;
  [[nodiscard]] long send(std::span<const std::uint8_t> bytes);
  void wait_for(WaitingFor what);

  boost::asio::posix::stream_descriptor socket_;
  util::Address peer_;
  AddressQuota::Ticket ticket_;
  TcpWorkspace& workspace_;
  FrameReader reader_;
  std::vector<std::uint8_t> held_input_;   // while a write waits: what was read and not answered
  std::vector<std::uint8_t> held_output_;  // while a write waits: what was not sent
  Clock::time_point opened_;
  Clock::time_point since_;
  unsigned queries_ = 0;
  WaitingFor waiting_for_ = WaitingFor::kQuery;
  bool draining_ = false;
};

}  // namespace dnsd::net
