#include "dnsd/net/tcp_connection.h"

#include <algorithm>
#include <cerrno>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>

namespace dnsd::net {
namespace {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kPrefixBytes = 2;
constexpr std::size_t kInputBytes = 16384;

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

TcpWorkspace::TcpWorkspace(const TcpLimits& tcp_limits, Handler& query_handler,
                           metrics::WorkerCounters& worker_counters)
    : limits(tcp_limits),
      handler(query_handler),
      counters(worker_counters),
      input(kInputBytes),
      output(tcp_limits.unsent_bytes + kPrefixBytes + kMaxMessageBytes) {}

TcpConnection::TcpConnection(asio::io_context& context, util::UniqueFd socket, const util::Address& peer,
                             AddressQuota::Ticket ticket, TcpWorkspace& workspace)
    : socket_(context, socket.release()),
      peer_(peer),
      ticket_(std::move(ticket)),
      workspace_(workspace),
      opened_(Clock::now()),
      since_(opened_) {
  workspace.counters.tcp_connections.add();
}

asio::awaitable<void> TcpConnection::run() {
  while (true) {
    const bool received = co_await receive();
    if (!received) {
      break;
    }
    Progress progress = Progress::kOutputFull;
    while (progress == Progress::kOutputFull) {
      progress = answer_queries();
      const bool sent = co_await flush();
      if (!sent) {
        close();
        co_return;
      }
    }
    if (progress == Progress::kFinished) {
      co_await part();
      break;
    }
    std::vector<std::uint8_t>().swap(held_input_);
  }
  close();
}

// Waits for bytes and feeds them to the reader. False: the client has gone, or there is nothing left to drain.
asio::awaitable<bool> TcpConnection::receive() {
  bool look_first = draining_;
  while (true) {
    if (!look_first) {
      const auto [error] = co_await socket_.async_wait(Descriptor::wait_read, kAwait);
      if (error && !(draining_ && is_open())) {
        co_return false;
      }
    }
    look_first = false;
    const long count = ::recv(socket_.native_handle(), workspace_.input.data(), workspace_.input.size(), 0);
    if (count > 0) {
      reader_.feed(std::span(workspace_.input).first(static_cast<std::size_t>(count)));
      co_return true;
    }
    if (count == 0 || !would_block() || (draining_ && !reader_.is_inside())) {
      co_return false;
    }
  }
}

TcpConnection::Progress TcpConnection::answer_queries() {
  const bool was_inside = reader_.is_inside();
  bool answered = false;
  std::span<const std::uint8_t> query;
  while (workspace_.output_bytes < workspace_.limits.unsent_bytes) {
    switch (reader_.next(query)) {
      case FrameReader::Status::kMessage:
        answer_one(query);
        answered = true;
        if (++queries_ >= workspace_.limits.queries) {
          return Progress::kFinished;
        }
        break;
      case FrameReader::Status::kZeroLength:
        return Progress::kFinished;
      case FrameReader::Status::kNeedMore:
        if (!reader_.is_inside()) {
          wait_for(WaitingFor::kQuery);
        } else if (answered || !was_inside) {
          wait_for(WaitingFor::kRestOfQuery);  // the clock of a query runs from its first byte, not its latest
        }
        return Progress::kInputUsedUp;
    }
  }
  return Progress::kOutputFull;
}

void TcpConnection::answer_one(std::span<const std::uint8_t> query) {
  workspace_.counters.tcp_queries.add();
  workspace_.handler.begin_batch();
  std::uint8_t* const prefix = workspace_.output.data() + workspace_.output_bytes;
  const std::size_t length = workspace_.handler.handle(query, {prefix + kPrefixBytes, kMaxMessageBytes},
                                                       Client{Transport::kTcp, peer_.bytes(), most_idle()});
  if (length == 0) {
    return;
  }
  prefix[0] = static_cast<std::uint8_t>(length >> 8U);
  prefix[1] = static_cast<std::uint8_t>(length & 0xFFU);
  workspace_.output_bytes += kPrefixBytes + length;
  workspace_.counters.tcp_answers.add();
}

// Sends what the workspace holds. What the kernel does not take at once moves to the connection, together with
// the queries that were not come to, so that the workspace is free during the wait.
asio::awaitable<bool> TcpConnection::flush() {
  std::span<const std::uint8_t> output(workspace_.output.data(), workspace_.output_bytes);
  workspace_.output_bytes = 0;
  while (!output.empty()) {
    const long count = send(output);
    if (count < 0) {
      co_return false;
    }
    if (count == 0) {
      held_output_.assign(output.begin(), output.end());
      const auto unread = reader_.unread();
      std::vector<std::uint8_t> input(unread.begin(), unread.end());
      held_input_.swap(input);
      reader_.feed(held_input_);
      co_return co_await write_held_output();
    }
    output = output.subspan(static_cast<std::size_t>(count));
  }
  co_return true;
}

asio::awaitable<bool> TcpConnection::write_held_output() {
  const WaitingFor before = waiting_for_;
  wait_for(WaitingFor::kWrite);
  std::span<const std::uint8_t> output = held_output_;
  while (!output.empty()) {
    const auto [error] = co_await socket_.async_wait(Descriptor::wait_write, kAwait);
    const long count = error ? -1 : send(output);
    if (count < 0) {
      co_return false;
    }
    output = output.subspan(static_cast<std::size_t>(count));
  }
  std::vector<std::uint8_t>().swap(held_output_);
  wait_for(before);
  co_return true;
}

// Ends the connection so that the last answers arrive: closing with unread bytes in the queue would reset the
// connection and take them away.
asio::awaitable<void> TcpConnection::part() {
  if (::shutdown(socket_.native_handle(), SHUT_WR) != 0) {
    co_return;
  }
  wait_for(WaitingFor::kRestOfQuery);
  long count = 1;
  while (count > 0) {
    const auto [error] = co_await socket_.async_wait(Descriptor::wait_read, kAwait);
    if (error) {
      co_return;
    }
    count = ::recv(socket_.native_handle(), workspace_.input.data(), workspace_.input.size(), 0);
  }
}

// How many bytes the kernel took, 0 if it is full; -1: the connection is dead.
long TcpConnection::send(std::span<const std::uint8_t> bytes) {
  const long count = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return count < 0 && would_block() ? 0 : count;
}

void TcpConnection::wait_for(WaitingFor what) {
  waiting_for_ = what;
  since_ = Clock::now();
}

void TcpConnection::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void TcpConnection::drain() {
  draining_ = true;
  if (is_open() && waiting_for_ != WaitingFor::kWrite) {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }
}

std::chrono::seconds TcpConnection::most_idle() const {
  const TcpLimits& limits = workspace_.limits;
  return workspace_.crowded ? std::min(limits.idle, limits.idle_when_half_full) : limits.idle;
}

TcpConnection::Clock::time_point TcpConnection::deadline() const {
  const TcpLimits& limits = workspace_.limits;
  const auto at_most = [&]() -> std::chrono::seconds {
    switch (waiting_for_) {
      case WaitingFor::kQuery:
        return most_idle();
      case WaitingFor::kRestOfQuery:
        return limits.message;
      case WaitingFor::kWrite:
        return limits.write;
    }
    return limits.idle;
  }();
  return std::min(since_ + at_most, opened_ + limits.lifetime);
}

}  // namespace dnsd::net
