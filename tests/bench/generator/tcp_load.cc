#include "tests/bench/generator/tcp_load.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "tests/bench/generator/conductor.h"
#include "tests/bench/generator/sockets.h"

namespace bench {
namespace {

constexpr std::size_t kPrefixBytes = 2;  // RFC 1035 section 4.2.2
constexpr std::size_t kReadBytes = 128UL * 1024;
constexpr std::uint64_t kLookForLostEveryNs = 50'000'000;

class Connection {
 public:
  Connection(std::uint16_t port, unsigned window, int epoll) : port_(port), epoll_(epoll), flights_(window) {
    in_.resize(kReadBytes);
    open();
  }

  [[nodiscard]] Flights& flights() { return flights_; }

  void send(Conductor& conductor) {
    while (flights_.has_room() && conductor.may_send()) {
      const Flight& flight = conductor.begin(flights_);
      out_.push_back(static_cast<std::uint8_t>(flight.query_bytes >> 8));
      out_.push_back(static_cast<std::uint8_t>(flight.query_bytes));
      out_.insert(out_.end(), flight.query.begin(), flight.query.begin() + static_cast<long>(flight.query_bytes));
    }
    if (!out_.empty()) {
      const ssize_t sent = ::send(socket_.get(), out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      out_.erase(out_.begin(), out_.begin() + std::max<ssize_t>(0, sent));
    }
  }

  // Precondition: something is there to read.
  void receive(Conductor& conductor) {
    const ssize_t got = ::recv(socket_.get(), in_.data() + in_bytes_, in_.size() - in_bytes_, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
      conductor.count_reconnect();
      conductor.forget(flights_);
      open();
      return;
    }
    in_bytes_ += static_cast<std::size_t>(std::max<ssize_t>(0, got));
    take_whole_messages(conductor);
  }

 private:
  void open() {
    socket_ = connect_to(port_, SOCK_STREAM);
    in_bytes_ = 0;
    out_.clear();
    const int one = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    epoll_event event{EPOLLIN, {this}};
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_.get(), &event) != 0) {
      throw std::runtime_error("cannot watch a connection");
    }
  }

  void take_whole_messages(Conductor& conductor) {
    std::size_t at = 0;
    while (in_bytes_ - at >= kPrefixBytes) {
      const std::size_t length = static_cast<std::size_t>(in_[at] << 8 | in_[at + 1]);
      if (in_bytes_ - at < kPrefixBytes + length) {
        break;
      }
      conductor.take({in_.data() + at + kPrefixBytes, length}, flights_);
      at += kPrefixBytes + length;
    }
    std::memmove(in_.data(), in_.data() + at, in_bytes_ - at);
    in_bytes_ -= at;
  }

  std::uint16_t port_;
  int epoll_;
  Socket socket_;
  Flights flights_;
  std::vector<std::uint8_t> in_;  // larger than the largest message, so that a read always has room
  std::size_t in_bytes_ = 0;
  std::vector<std::uint8_t> out_;  // not yet taken by the kernel
};

void receive_what_is_there(int epoll, Conductor& conductor) {
  std::array<epoll_event, 64> events{};
  const int ready = ::epoll_wait(epoll, events.data(), events.size(), 0);
  conductor.tick();
  for (int i = 0; i < ready; ++i) {
    static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr)->receive(conductor);
  }
}

}  // namespace

RunResult run_over_tcp(const RunSettings& settings, Workload& workload) {
  const Socket epoll(::epoll_create1(EPOLL_CLOEXEC));
  std::vector<std::unique_ptr<Connection>> connections;
  for (unsigned i = 0; i < settings.sockets; ++i) {
    const unsigned window = std::max(1U, settings.window / settings.sockets);
    connections.push_back(std::make_unique<Connection>(settings.port, window, epoll.get()));
  }
  Conductor conductor(settings, workload);
  std::uint64_t looked_ns = conductor.now_ns();
  for (std::size_t under_way = 1; under_way > 0 || !conductor.has_ended();) {
    receive_what_is_there(epoll.get(), conductor);
    const bool is_time_to_look = conductor.now_ns() - looked_ns > kLookForLostEveryNs;
    looked_ns = is_time_to_look ? conductor.now_ns() : looked_ns;
    under_way = 0;
    for (const auto& connection : connections) {
      if (is_time_to_look) {
        conductor.give_up(connection->flights());
      }
      connection->send(conductor);
      under_way += connection->flights().under_way();
    }
  }
  return conductor.result();
}

}  // namespace bench
