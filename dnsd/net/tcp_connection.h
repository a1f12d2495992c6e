// One TCP connection: reads queries, answers them in order, until it ends (RFC 7766).
//
//   kQuery --first byte of a query--> kRestOfQuery --its last byte--> (answered) --> kQuery
//                                        answers that the kernel does not take at once: kWrite --> as before
//                                        as many queries as are allowed: answered, our side closed, kRestOfQuery
//                                        one for which the handler wants the connection: it leaves, with all it has
//
// Waits for nothing: the service calls begin() when the kernel has reported the socket, and closes a connection
// that has not moved on by its deadline(). A query costs one recv() and one send(). An idle connection keeps no
// buffers: queries are read and answers laid out in the worker's.
//
// In a crowd each has a smaller part of the memory for answers that their clients do not read, in the kernel too: it
// reads no further query while the kernel has more than that unsent. The kernel's own limits come into force only
// where it begins another segment, of 64 KiB perhaps.
//
// Most often one query has come and nothing else. Those of several connections are then answered together, so
// that one waits for memory while another is worked on: begin() of each, the handler once, finish() of each.
//
// Threads: its worker's. Ownership: the service's; the socket and the place in the quota go with the object.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "dnsd/net/address_quota.h"
#include "dnsd/net/frame_reader.h"
#include "dnsd/net/handed_over.h"
#include "dnsd/net/tcp_crowd.h"
#include "dnsd/net/tcp_workspace.h"
#include "zonestore/base/file_descriptor.h"
#include "zonestore/base/socket_address.h"

namespace dnsd::net {

class TcpConnection {
 public:
  using Clock = TcpWorkspace::Clock;
  enum class Next : std::uint8_t {
    kWait,   // nothing to do until the kernel reports a change
    kAgain,  // its turn is over, but not its work: have the kernel report the socket again
    kEnd,    // the client or a limit has ended it
    kLeave,  // the handler wants it: leave()
    kLost,   // it found no memory; said by who called begin() or finish()
  };

  // `socket` does not block.
  TcpConnection(zonestore::FileDescriptor socket, const zonestore::SocketAddress& peer, AddressQuota::Ticket ticket,
                TcpWorkspace& workspace);

  // Does what can be done without waiting, for one read at most. `has_ended`: the kernel has reported that the
  // client will send no more, or an error. nullopt: there is one query, in `exchange`; have it handled, then call
  // finish(). It and its answer lie in `slot`, which is this connection's until then.
  [[nodiscard]] std::optional<Next> begin(bool has_ended, const TcpSlot& slot, Exchange& exchange);
  [[nodiscard]] Next finish(const TcpSlot& slot, const Exchange& exchange);
  // All of it, for the handler; the object is good for nothing but its end then. Once begin() or finish() has said
  // kLeave.
  [[nodiscard]] HandedOver leave();
  // From now on begin() or finish() ends it when what has come is answered.
  void drain() { draining_ = true; }

  [[nodiscard]] int socket() const { return socket_.get(); }
  // True once: when its first query has been answered.
  [[nodiscard]] bool has_just_proved() { return std::exchange(just_proved_, false); }
  [[nodiscard]] TcpCrowd::Standing standing() const {
    return {waiting_for() == WaitingFor::kRestOfQuery && !parting_, since_};
  }
  [[nodiscard]] Clock::time_point deadline() const;
  // Whatever it does, it has lived for its time, or asked as often as it may.
  [[nodiscard]] bool is_too_old(Clock::time_point now) const { return opened_ + workspace_.limits.lifetime <= now; }
  [[nodiscard]] bool is_spent() const { return queries_ >= workspace_.limits.queries; }

 private:
  enum class WaitingFor : std::uint8_t { kQuery, kRestOfQuery, kWrite };
  enum class Progress : std::uint8_t { kInputUsedUp, kOutputFull, kFinished, kHandedOver };
  enum class Sent : std::uint8_t { kAll, kKernelIsFull, kFailed };

  [[nodiscard]] WaitingFor waiting_for() const;
  [[nodiscard]] std::optional<Next> read(const TcpSlot& slot, Exchange& exchange);
  [[nodiscard]] Next after_reading() const;
  [[nodiscard]] std::optional<Next> answer_input();
  [[nodiscard]] Progress answer_queries();
  [[nodiscard]] bool answer_one(std::span<const std::uint8_t> query);
  void count_query(std::size_t answer_bytes);  // 0: there is none
  [[nodiscard]] Client seen_by_handler() const;
  [[nodiscard]] std::optional<Next> go_on_writing();
  [[nodiscard]] std::optional<Next> leave_input();
  [[nodiscard]] bool is_limited() const { return unsent_limit_ < workspace_.limits.unsent_bytes; }
  [[nodiscard]] std::size_t output_at_once() const;
  [[nodiscard]] std::span<std::uint8_t> input_of(const TcpSlot& slot) const;
  [[nodiscard]] bool kernel_has_room();
  [[nodiscard]] Next wait_for_room(Progress progress);
  [[nodiscard]] Sent send_output();
  [[nodiscard]] Sent send_or_hold(std::span<const std::uint8_t> output);
  void hold(std::span<const std::uint8_t> unsent);
  [[nodiscard]] Sent send(std::span<const std::uint8_t>& bytes);
  [[nodiscard]] Next part();
  [[nodiscard]] Next discard_input();
  [[nodiscard]] std::chrono::seconds most_idle() const;

  zonestore::FileDescriptor socket_;
  zonestore::SocketAddress peer_;
  AddressQuota::Ticket ticket_;
  TcpWorkspace& workspace_;
  FrameReader reader_;
  std::vector<std::uint8_t> held_input_;    // while a write waits: what was read and not answered
  std::vector<std::uint8_t> held_output_;   // while a write waits: what was not sent
  std::vector<std::uint8_t> wanted_query_;  // for which the handler wants the connection
  Clock::time_point opened_;
  Clock::time_point since_;
  std::size_t unsent_limit_;         // its part of what may be unsent, as it was when it came
  std::size_t sent_since_room_ = 0;  // since the kernel was last seen to have sent most of it
  unsigned queries_ = 0;
  Progress progress_ = Progress::kInputUsedUp;
  bool waits_for_room_ = false;  // the kernel has enough of its answers: as a write that waits, of nothing
  bool proved_ = false;          // a query was answered
  bool just_proved_ = false;     // and nobody has asked for that yet
  bool may_be_more_ = false;     // the last read has left something behind, or the end
  bool has_ended_ = false;       // the client's side, or all of it
  bool parting_ = false;         // our side is closed
  bool draining_ = false;
};

}  // namespace dnsd::net
