#include "tests/bench/generator/udp_load.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "tests/bench/generator/conductor.h"
#include "tests/bench/generator/sockets.h"

namespace bench {
namespace {

constexpr unsigned kBatch = 64;
constexpr std::size_t kMaxAnswerBytes = 4096;
constexpr std::uint64_t kLookForLostEveryNs = 50'000'000;

// Where the answers of one recvmmsg come in; lent to one socket after the other.
class AnswerBatch {
 public:
  AnswerBatch() : memory_(kBatch * kMaxAnswerBytes) {
    for (unsigned i = 0; i < kBatch; ++i) {
      parts_[i] = {memory_.data() + i * kMaxAnswerBytes, kMaxAnswerBytes};
      messages_[i].msg_hdr.msg_iov = &parts_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
    }
  }
  // How many came. One that is refused (the server is gone) is no answer.
  unsigned receive(int socket, unsigned at_most) {
    return static_cast<unsigned>(
        std::max(0, ::recvmmsg(socket, messages_.data(), std::min(at_most, kBatch), MSG_DONTWAIT, nullptr)));
  }
  [[nodiscard]] std::span<const std::uint8_t> answer(unsigned index) const {
    return {memory_.data() + index * kMaxAnswerBytes, messages_[index].msg_len};
  }

 private:
  std::vector<std::uint8_t> memory_;
  std::array<iovec, kBatch> parts_{};
  std::array<mmsghdr, kBatch> messages_{};
};

// One source port with its window.
class Lane {
 public:
  Lane(std::uint16_t port, unsigned window) : socket_(connect_to(port, SOCK_DGRAM)), flights_(window) {
    const int bytes = 4 * 1024 * 1024;
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }

  [[nodiscard]] Flights& flights() { return flights_; }
  [[nodiscard]] pollfd to_poll() const { return {socket_.get(), POLLIN, 0}; }

  // How many were sent.
  unsigned send(Conductor& conductor) {
    unsigned count = 0;
    for (; count < kBatch && flights_.has_room() && conductor.may_send(); ++count) {
      Flight& flight = conductor.begin(flights_);
      parts_[count] = {flight.query.data(), flight.query_bytes};
      messages_[count].msg_hdr.msg_iov = &parts_[count];
      messages_[count].msg_hdr.msg_iovlen = 1;
    }
    for (unsigned sent = 0; sent < count;) {
      const int done = ::sendmmsg(socket_.get(), &messages_[sent], count - sent, 0);
      sent += done > 0 ? static_cast<unsigned>(done) : 1;  // one that cannot be sent will count as lost
    }
    return count;
  }

  // How many came.
  unsigned receive(Conductor& conductor, AnswerBatch& batch) {
    const auto waiting = static_cast<unsigned>(flights_.under_way());
    const unsigned count = waiting > 0 ? batch.receive(socket_.get(), waiting) : 0;
    for (unsigned i = 0; i < count; ++i) {
      conductor.take(batch.answer(i), flights_);
    }
    return count;
  }

 private:
  Socket socket_;
  Flights flights_;
  std::array<iovec, kBatch> parts_{};
  std::array<mmsghdr, kBatch> messages_{};
};

class UdpLoad {
 public:
  UdpLoad(const RunSettings& settings, Workload& workload) : conductor_(settings, workload) {
    for (unsigned i = 0; i < settings.sockets; ++i) {
      lanes_.push_back(std::make_unique<Lane>(settings.port, std::max(1U, settings.window / settings.sockets)));
      polled_.push_back(lanes_.back()->to_poll());
    }
    ::prctl(PR_SET_TIMERSLACK, 1);  // wakes at the nanosecond that was asked for
  }

  RunResult run() {
    while (under_way() > 0 || !conductor_.has_ended()) {
      if (!go_round() && conductor_.idle_ns() > 0) {
        const timespec idle{0, static_cast<long>(conductor_.idle_ns())};
        ::ppoll(polled_.data(), polled_.size(), &idle, nullptr);
      }
    }
    return conductor_.result();
  }

 private:
  [[nodiscard]] std::size_t under_way() const {
    std::size_t sum = 0;
    for (const auto& lane : lanes_) {
      sum += lane->flights().under_way();
    }
    return sum;
  }

  // Each lane once; false if nothing came and nothing was sent.
  bool go_round() {
    unsigned moved = 0;
    const bool is_time_to_look = conductor_.now_ns() - looked_ns_ > kLookForLostEveryNs;
    looked_ns_ = is_time_to_look ? conductor_.now_ns() : looked_ns_;
    for (const auto& lane : lanes_) {
      conductor_.tick();
      moved += lane->receive(conductor_, batch_);
      if (is_time_to_look) {
        conductor_.give_up(lane->flights());
      }
      moved += lane->send(conductor_);
    }
    return moved > 0;
  }

  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<pollfd> polled_;
  AnswerBatch batch_;
  Conductor conductor_;
  std::uint64_t looked_ns_ = 0;
};

}  // namespace

RunResult run_over_udp(const RunSettings& settings, Workload& workload) {
  return UdpLoad(settings, workload).run();
}

}  // namespace bench
