// Which of a worker's TCP sockets have something to do: an epoll set, edge-triggered (epoll(7)).
//
// A socket is added once and costs no further system call: what has changed on it, reading and writing alike, is
// reported once. The set is a descriptor itself, readable while it has something to report, and that is the only one
// of them that Asio knows. A socket leaves the set when it is closed or removed; it must not be duplicated.
//
// Threads: its worker's.
#pragma once

#include <array>
#include <span>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/epoll.h>

namespace dnsd::net {

class TcpEvents {
 public:
  using Event = epoll_event;  // its data.fd is the socket

  // Throws std::system_error when the system has no descriptor or memory for it.
  explicit TcpEvents(boost::asio::io_context& context);

  // False: the kernel has no room for another one. What is on the socket already will be reported.
  [[nodiscard]] bool add(int socket);
  // What is on the socket now will be reported, though it was before.
  void report_again(int socket);

  // True if the client will send no more, or the connection has failed.
  [[nodiscard]] static bool has_ended(const Event& event) {
    return (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  }

  // Nothing will be reported of it any more, but for what was taken already.
  void remove(int socket);

  // At most kMostEvents, each socket once; none: nothing is to be reported. Good until the next call.
  [[nodiscard]] std::span<const Event> take();

  // Calls `handler` with an error_code once there is something to take.
  template <class WaitHandler>
  void async_wait(WaitHandler&& handler) {
    set_.async_wait(Descriptor::wait_read, std::forward<WaitHandler>(handler));
  }

  void close();  // a wait that is under way ends with an error

 private:
  using Descriptor = boost::asio::posix::stream_descriptor;
  static constexpr std::size_t kMostEvents = 64;

  Descriptor set_;
  std::array<Event, kMostEvents> events_{};
};

}  // namespace dnsd::net
