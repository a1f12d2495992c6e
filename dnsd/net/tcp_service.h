// All TCP of one worker: its listening sockets, its connections, and the limits on them (RFC 7766 section 6).
//
//   listening socket ──> welcome ──> the set of connections (TcpEvents) ──> those that have something to do: a round
//
// Asio waits for the set as a whole: its own waits would cost each query a system call and a coroutine's way there
// and back.
//
// A full house does not turn newcomers away: one of its connections goes (TcpCrowd), and while none may go yet,
// the newcomer waits in the listening socket's queue. An address that holds as many as it may is refused. When
// descriptors run out, the waiting client is let in and out by a reserve descriptor, and accepting pauses; UDP does
// not notice. When there is no memory for a connection, that one goes, and the others stay.
//
// Threads: its worker's, but for the quota, which all workers share.
#pragma once

#include <functional>
#include <list>
#include <optional>
#include <span>
#include <unordered_map>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "dnsd/metrics/counters.h"
#include "dnsd/net/address_quota.h"
#include "dnsd/net/handler.h"
#include "dnsd/net/limits.h"
#include "dnsd/net/tcp_connection.h"
#include "dnsd/net/tcp_crowd.h"
#include "dnsd/net/tcp_events.h"
#include "dnsd/util/log.h"
#include "zonestore/base/file_descriptor.h"

namespace dnsd::net {

class TcpService {
 public:
  // `share` is how many connections this worker may hold. All references outlive the service.
  TcpService(boost::asio::io_context& context, const TcpLimits& limits, unsigned share, AddressQuota& quota,
             Handler& handler, metrics::WorkerCounters& counters, const util::Log& log);

  void listen(zonestore::FileDescriptor socket);  // takes connections from resume() on

  // Begins, and begins again what an exception that came out of the event loop has left undone. No effect on what
  // goes on by itself.
  void resume();

  // Called once all connections of a drain have ended; before the drain.
  void on_drained(std::function<void()> action) { on_drained_ = std::move(action); }

  // Takes the connections that are waiting, closes the listening sockets, and ends each connection when what
  // has come on it is answered, all at the latest after `at_most`.
  void drain(std::chrono::milliseconds at_most);

 private:
  struct Listener {
    Listener(boost::asio::io_context& context, zonestore::FileDescriptor listening);

    boost::asio::posix::stream_descriptor socket;
    boost::asio::steady_timer pause;
    bool waiting = false;  // for a client, or for the end of a pause
    bool short_of_descriptors = false;
  };
  enum class Accepted { kAllThatWaited, kSome, kOutOfDescriptors, kHouseIsFull };

  void wait_to_accept(Listener& listener);
  void pause_accepting(Listener& listener, std::chrono::milliseconds time);
  void accept_on(Listener& listener);
  [[nodiscard]] Accepted accept_waiting(int listener, int at_most);
  void welcome(zonestore::FileDescriptor socket, const zonestore::SocketAddress& peer) noexcept;
  void admit(zonestore::FileDescriptor socket, const zonestore::SocketAddress& peer);
  void wait_for_events();
  void serve_rounds();
  void serve_together(std::span<const TcpEvents::Event> events);  // at most kSlots, each of another connection
  template <class Step>
  [[nodiscard]] std::optional<TcpConnection::Next> guarded(Step step) noexcept;
  void note_lost(const char* what) noexcept;
  void go_on(TcpConnection& connection, TcpConnection::Next next);
  void end(TcpConnection& connection, metrics::Counter& reason);
  void hand_over(TcpConnection& connection) noexcept;
  void turn_one_away(int listener);
  void note_crowd();
  [[nodiscard]] bool is_full() const { return connections_.size() >= share_; }
  [[nodiscard]] std::optional<int> first_to_go();
  [[nodiscard]] bool may_welcome();
  void make_room();
  void start_sweeping();
  void sweep();
  void finish_connections();
  void stop_if_drained();

  boost::asio::io_context& context_;
  TcpLimits limits_;
  unsigned share_;
  AddressQuota& quota_;
  metrics::WorkerCounters& counters_;
  const util::Log& log_;
  TcpWorkspace workspace_;
  std::list<Listener> listeners_;
  TcpEvents events_;
  bool waiting_for_events_ = false;
  std::unordered_map<int, TcpConnection> connections_;  // by socket
  TcpCrowd crowd_;                                      // the same ones
  boost::asio::steady_timer sweep_timer_;
  bool sweeping_ = false;
  boost::asio::steady_timer drain_timer_;
  bool draining_ = false;
  std::function<void()> on_drained_;
  TcpConnection::Clock::time_point quiet_until_;  // before it nothing is said of lost connections
  zonestore::FileDescriptor reserve_;
};

}  // namespace dnsd::net
