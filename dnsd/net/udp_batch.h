// Up to 64 datagrams at a time: in by one recvmmsg, answered in place, out by one sendmmsg.
//
// All buffers are made once; a query costs no allocation. Knows no event loop: give it a readable, non-blocking
// socket. One batch serves all UDP sockets of a worker, one after the other. Threads: its worker's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <sys/socket.h>

#include "dnsd/metrics/counters.h"
#include "dnsd/net/handler.h"

namespace dnsd::net {

class UdpBatch {
 public:
  static constexpr std::size_t kMaxMessages = 64;
  static constexpr std::size_t kMaxQueryBytes = 4096;  // a longer datagram is no query, and is ignored

  explicit UdpBatch(std::size_t answer_bytes);

  // How many datagrams came; 0 when the queue is empty. Fewer than kMaxMessages: it was emptied. Errors that
  // ICMP left on the socket are nobody's business here and are skipped.
  [[nodiscard]] std::size_t receive(int socket);

  // Answers what was received and sends the answers. One that the interface cannot carry in one piece is sent short,
  // so that its client comes back over TCP. An answer that the kernel does not take is counted and forgotten: whoever
  // asked will ask again.
  void answer(int socket, Handler& handler, metrics::WorkerCounters& counters);

 private:
  // Room for the local address that the datagram was sent to (RFC 3542 section 6.2), which its answer leaves
  // from. Filled for sockets on the wildcard address only.
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, 64> bytes;
  };

  void rearm(std::size_t index);
  void list_queries(metrics::WorkerCounters& counters);
  void queue_answer(std::size_t index, std::size_t length);
  void send(int socket, Handler& handler, metrics::WorkerCounters& counters);
  [[nodiscard]] bool shorten(std::size_t outgoing, Handler& handler);

  std::size_t answer_bytes_;
  std::vector<std::uint8_t> query_memory_;
  std::vector<std::uint8_t> answer_memory_;
  std::array<sockaddr_storage, kMaxMessages> peers_{};
  std::array<Control, kMaxMessages> controls_{};
  std::array<iovec, kMaxMessages> query_parts_{};
  std::array<iovec, kMaxMessages> answer_parts_{};
  std::array<mmsghdr, kMaxMessages> received_{};
  std::array<Exchange, kMaxMessages> exchanges_{};   // the queries among what was received,
  std::array<std::uint8_t, kMaxMessages> places_{};  // and their indices there
  std::array<mmsghdr, kMaxMessages> outgoing_{};
  std::size_t received_count_ = 0;
  std::size_t exchange_count_ = 0;
  std::size_t outgoing_count_ = 0;
};

}  // namespace dnsd::net
