// One TCP connection: reads queries, answers them in order, until it ends (RFC 7766).
//
//   kQuery --first byte of a query--> kRestOfQuery --its last byte--> (answered) --> kQuery
//                                        answers that the kernel does not take at once: kWrite --> as before
//                                        as many queries as are allowed: answered, our side closed, kRestOfQuery
//
// Waits for nothing: the service calls proceed() when the kernel has reported the socket, and closes a connection
// that has not moved on by its deadline(). A query costs one recv() and one send(). An idle connection keeps no
// buffers: queries are read and answers laid out in the worker's.
//
// Threads: its worker's. Ownership: the service's; the socket and the place in the quota go with the object.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dnsd/metrics/counters.h"
#include "dnsd/net/address_quota.h"
#include "dnsd/net/frame_reader.h"
#include "dnsd/net/handler.h"
#include "dnsd/net/limits.h"
#include "dnsd/util/address.h"
#include "dnsd/util/unique_fd.h"

namespace dnsd::net {

// What all connections of a worker share. No connection holds on to the buffers beyond one call of proceed().
struct TcpWorkspace {
  using Clock = std::chrono::steady_clock;

  TcpWorkspace(const TcpLimits& tcp_limits, Handler& query_handler, metrics::WorkerCounters& worker_counters);

  // Before a round of connections is served: reads the clock, and has the handler look for a newer image.
  void begin_round();

  const TcpLimits& limits;
  Handler& handler;
  metrics::WorkerCounters& counters;
  std::vector<std::uint8_t> input;
  std::vector<std::uint8_t> output;  // length-prefixed answers; `output_bytes` of it are filled
  std::size_t output_bytes = 0;
  Clock::time_point now;  // when this round began
  bool crowded = false;   // half of the connections are taken: the idle ones go sooner
};

class TcpConnection {
 public:
  using Clock = TcpWorkspace::Clock;
  enum class Next : std::uint8_t {
    kWait,   // nothing to do until the kernel reports a change
    kAgain,  // its turn is over, but not its work: have the kernel report the socket again
    kEnd,    // the client or a limit has ended it
  };

  // `socket` does not block.
  TcpConnection(util::UniqueFd socket, const util::Address& peer, AddressQuota::Ticket ticket,
                TcpWorkspace& workspace);

  // Does what can be done without waiting, for one read at most. `has_ended`: the kernel has reported that the
  // client will send no more, or an error.
  [[nodiscard]] Next proceed(bool has_ended);
  // From now on proceed() ends it when what has come is answered.
  void drain() { draining_ = true; }

  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] bool is_idle() const { return waiting_for() == WaitingFor::kQuery; }
  [[nodiscard]] Clock::time_point since() const { return since_; }  // that it waits for what it waits for
  [[nodiscard]] Clock::time_point deadline() const;

 private:
  enum class WaitingFor : std::uint8_t { kQuery, kRestOfQuery, kWrite };
  enum class Progress : std::uint8_t { kInputUsedUp, kOutputFull, kFinished };
  enum class Sent : std::uint8_t { kAll, kKernelIsFull, kFailed };

  [[nodiscard]] WaitingFor waiting_for() const;
  [[nodiscard]] Next read_and_answer();
  [[nodiscard]] std::optional<Next> answer_input();
  [[nodiscard]] Progress answer_queries();
  void answer_one(std::span<const std::uint8_t> query);
  [[nodiscard]] std::optional<Next> go_on_writing();
  [[nodiscard]] std::optional<Next> leave_input();
  [[nodiscard]] Sent send_output();
  void hold(std::span<const std::uint8_t> unsent);
  [[nodiscard]] Sent send(std::span<const std::uint8_t>& bytes);
  [[nodiscard]] Next part();
  [[nodiscard]] Next discard_input();
  [[nodiscard]] std::chrono::seconds most_idle() const;

  util::UniqueFd socket_;
  util::Address peer_;
  AddressQuota::Ticket ticket_;
  TcpWorkspace& workspace_;
  FrameReader reader_;
  std::vector<std::uint8_t> held_input_;   // while a write waits: what was read and not answered
  std::vector<std::uint8_t> held_output_;  // while a write waits: what was not sent
  Clock::time_point opened_;
  Clock::time_point since_;
  unsigned queries_ = 0;
  Progress progress_ = Progress::kInputUsedUp;
  bool has_ended_ = false;  // the client's side, or all of it
  bool parting_ = false;    // our side is closed
  bool draining_ = false;
};

}  // namespace dnsd::net
