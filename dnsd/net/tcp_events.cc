#include "dnsd/net/tcp_events.h"

#include <cerrno>
#include <system_error>

namespace dnsd::net {
namespace {

int make_set() {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_create1");
  }
  return set;
}

// Writing is asked about from the start, though seldom needed: it spares a call just when an answer does not fit.
epoll_event every_change(int socket) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.fd = socket;
  return event;
}

}  // namespace

TcpEvents::TcpEvents(boost::asio::io_context& context) : set_(context, make_set()) {}

bool TcpEvents::add(int socket) {
  epoll_event event = every_change(socket);
  return ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, socket, &event) == 0;
}

void TcpEvents::report_again(int socket) {
  epoll_event event = every_change(socket);
  // Looks at the socket anew, and so reports what an edge has told already (epoll(7)).
  (void)::epoll_ctl(set_.native_handle(), EPOLL_CTL_MOD, socket, &event);  // cannot fail for a socket of the set
}

void TcpEvents::remove(int socket) {
  (void)::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, socket, nullptr);  // cannot fail for a socket of the set
}

std::span<const TcpEvents::Event> TcpEvents::take() {
  const int count = ::epoll_wait(set_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
  return std::span(events_).first(count > 0 ? static_cast<std::size_t>(count) : 0);
}

void TcpEvents::close() {
  boost::system::error_code ignored;
  set_.close(ignored);
}

}  // namespace dnsd::net
