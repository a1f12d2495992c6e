#include "dnsd/net/tcp_connection.h"

#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <sys/socket.h>

namespace dnsd::net {
namespace {

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

long receive(int socket, std::span<std::uint8_t> into) {
  while (true) {
    const long count = ::recv(socket, into.data(), into.size(), MSG_DONTWAIT);
    if (count >= 0 || errno != EINTR) {
      return count;
    }
  }
}

}  // namespace

TcpConnection::TcpConnection(zonestore::FileDescriptor socket, const zonestore::SocketAddress& peer,
                             AddressQuota::Ticket ticket, TcpWorkspace& workspace)
    : socket_(std::move(socket)),
      peer_(peer),
      ticket_(std::move(ticket)),
      workspace_(workspace),
      opened_(Clock::now()),
      since_(opened_),
      unsent_limit_(workspace.unsent_part) {
  workspace.counters.tcp_connections.add();
}

std::optional<TcpConnection::Next> TcpConnection::begin(bool has_ended, const TcpSlot& slot, Exchange& exchange) {
  has_ended_ = has_ended_ || has_ended;
  if (parting_) {
    return discard_input();
  }
  if (waiting_for() == WaitingFor::kWrite) {
    if (const std::optional<Next> next = go_on_writing()) {
      return *next;
    }
  }
  return read(slot, exchange);
}

std::optional<TcpConnection::Next> TcpConnection::read(const TcpSlot& slot, Exchange& exchange) {
  if (!kernel_has_room()) {
    return wait_for_room(Progress::kInputUsedUp);
  }
  const std::span<std::uint8_t> input = input_of(slot);
  const long count = receive(socket_.get(), input);
  if (count == 0 || (count < 0 && !would_block())) {
    return Next::kEnd;
  }
  const std::span<const std::uint8_t> bytes = input.first(count > 0 ? static_cast<std::size_t>(count) : 0);
  may_be_more_ = !bytes.empty() && (has_ended_ || bytes.size() == input.size());
  exchange.query = reader_.only_message_in(bytes);
  if (!exchange.query.empty()) {
    exchange.room = slot.output.subspan(kTcpPrefixBytes);
    exchange.client = seen_by_handler();
    return std::nullopt;
  }
  if (!bytes.empty()) {
    reader_.feed(bytes);
    if (const std::optional<Next> next = answer_input()) {
      return *next;
    }
  }
  return after_reading();
}

TcpConnection::Next TcpConnection::finish(const TcpSlot& slot, const Exchange& exchange) {
  if (exchange.hand_over) {
    wanted_query_.assign(exchange.query.begin(), exchange.query.end());
    return Next::kLeave;
  }
  const std::size_t length = exchange.answer_size;
  count_query(length);
  since_ = workspace_.now;
  progress_ = queries_ >= workspace_.limits.queries ? Progress::kFinished : Progress::kInputUsedUp;
  if (length > 0) {
    write_prefix(slot.output.data(), length);
    const Sent sent = send_or_hold(slot.output.first(kTcpPrefixBytes + length));
    if (sent != Sent::kAll) {
      return sent == Sent::kFailed ? Next::kEnd : Next::kWait;
    }
  }
  return leave_input().value_or(after_reading());
}

// The kernel reports a change once. So after a read that left something behind, or that an end may follow of which
// we have been told, it must be asked to report again; one that did not fill the buffer has emptied the queue.
TcpConnection::Next TcpConnection::after_reading() const {
  if (may_be_more_) {
    return Next::kAgain;
  }
  return draining_ && !reader_.is_inside() ? Next::kEnd : Next::kWait;
}

// Answers what the reader has. nullopt: that was all, and the answers are sent.
std::optional<TcpConnection::Next> TcpConnection::answer_input() {
  do {
    if (!kernel_has_room()) {
      return wait_for_room(Progress::kOutputFull);
    }
    progress_ = answer_queries();
    if (progress_ == Progress::kHandedOver) {
      hold({workspace_.output.data(), std::exchange(workspace_.output_bytes, 0)});
      return Next::kLeave;
    }
    const Sent sent = send_output();
    if (sent != Sent::kAll) {
      return sent == Sent::kFailed ? Next::kEnd : Next::kWait;
    }
  } while (progress_ == Progress::kOutputFull);
  return leave_input();
}

TcpConnection::Progress TcpConnection::answer_queries() {
  const bool was_inside = reader_.is_inside();
  bool answered = false;
  std::span<const std::uint8_t> query;
  while (workspace_.output_bytes < output_at_once()) {
    switch (reader_.next(query)) {
      case FrameReader::Status::kMessage:
        if (!answer_one(query)) {
          return Progress::kHandedOver;
        }
        answered = true;
        if (queries_ >= workspace_.limits.queries) {
          return Progress::kFinished;
        }
        break;
      case FrameReader::Status::kZeroLength:
        return Progress::kFinished;
      case FrameReader::Status::kNeedMore:
        // The clock of a query runs from its first byte, not its latest.
        if (!reader_.is_inside() || answered || !was_inside) {
          since_ = workspace_.now;
        }
        return Progress::kInputUsedUp;
    }
  }
  return Progress::kOutputFull;
}

// False: the handler wants the connection for it.
bool TcpConnection::answer_one(std::span<const std::uint8_t> query) {
  std::uint8_t* const prefix = workspace_.output.data() + workspace_.output_bytes;
  Exchange exchange{query, {prefix + kTcpPrefixBytes, kMaxMessageBytes}, seen_by_handler()};
  workspace_.handler.handle(exchange);
  if (exchange.hand_over) {
    wanted_query_.assign(query.begin(), query.end());
    return false;
  }
  const std::size_t length = exchange.answer_size;
  if (length > 0) {
    write_prefix(prefix, length);
    workspace_.output_bytes += kTcpPrefixBytes + length;
  }
  count_query(length);
  return true;
}

void TcpConnection::count_query(std::size_t answer_bytes) {
  ++queries_;
  workspace_.counters.tcp_queries.add();
  if (answer_bytes > 0) {
    workspace_.counters.tcp_answers.add();
    workspace_.counters.tcp_answer_bytes.add(answer_bytes);
    just_proved_ = just_proved_ || !proved_;
    proved_ = true;
  }
}

HandedOver TcpConnection::leave() {
  count_query(0);
  return {std::move(socket_),    peer_, std::move(ticket_), std::move(held_output_), std::move(wanted_query_),
          std::move(held_input_)};
}

Client TcpConnection::seen_by_handler() const {
  return Client{Transport::kTcp, peer_.bytes(), most_idle()};
}

// Sends what the workspace holds, and frees it for the next connection.
TcpConnection::Sent TcpConnection::send_output() {
  const std::span<const std::uint8_t> output(workspace_.output.data(), workspace_.output_bytes);
  workspace_.output_bytes = 0;
  return send_or_hold(output);
}

TcpConnection::Sent TcpConnection::send_or_hold(std::span<const std::uint8_t> output) {
  const Sent sent = send(output);
  if (sent == Sent::kKernelIsFull) {
    hold(output);
  }
  return sent;
}

// Moves what was not sent to the connection, together with the queries that were not come to.
void TcpConnection::hold(std::span<const std::uint8_t> unsent) {
  held_output_.assign(unsent.begin(), unsent.end());
  const auto unread = reader_.unread();
  std::vector<std::uint8_t> input(unread.begin(), unread.end());
  held_input_.swap(input);
  reader_.feed(held_input_);
  since_ = workspace_.now;
}

// nullopt: the answers are sent, and so are those to what was read before.
std::optional<TcpConnection::Next> TcpConnection::go_on_writing() {
  std::span<const std::uint8_t> output = held_output_;
  const Sent sent = send(output);
  if (sent == Sent::kFailed) {
    return Next::kEnd;
  }
  if (sent == Sent::kKernelIsFull) {
    held_output_.erase(held_output_.begin(), held_output_.end() - static_cast<std::ptrdiff_t>(output.size()));
    return Next::kWait;
  }
  std::vector<std::uint8_t>().swap(held_output_);
  waits_for_room_ = !kernel_has_room();
  if (waits_for_room_) {
    return Next::kWait;
  }
  since_ = workspace_.now;
  return progress_ == Progress::kOutputFull ? answer_input() : leave_input();
}

// How much is answered before it is sent.
std::size_t TcpConnection::output_at_once() const {
  return is_limited() ? unsent_limit_ / 2 : unsent_limit_;
}

// How much is read at once: what is not come to is kept.
std::span<std::uint8_t> TcpConnection::input_of(const TcpSlot& slot) const {
  return is_limited() ? slot.input.first(std::min(slot.input.size(), unsent_limit_)) : slot.input;
}

// poll() says so once less than half of the limit (TCP_NOTSENT_LOWAT) is unsent, and else has the change reported.
bool TcpConnection::kernel_has_room() {
  if (!is_limited() || sent_since_room_ < unsent_limit_ / 2) {
    return true;
  }
  pollfd writable{socket_.get(), POLLOUT, 0};
  if (::poll(&writable, 1, 0) == 0) {
    return false;
  }
  sent_since_room_ = 0;
  return true;
}

TcpConnection::Next TcpConnection::wait_for_room(Progress progress) {
  progress_ = progress;
  waits_for_room_ = true;
  hold({});
  return Next::kWait;
}

std::optional<TcpConnection::Next> TcpConnection::leave_input() {
  std::vector<std::uint8_t>().swap(held_input_);
  if (progress_ == Progress::kFinished) {
    return part();
  }
  return std::nullopt;
}

// Until the kernel takes no more; `bytes` are then those that it did not take.
TcpConnection::Sent TcpConnection::send(std::span<const std::uint8_t>& bytes) {
  while (!bytes.empty()) {
    const long count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
      sent_since_room_ += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      return would_block() ? Sent::kKernelIsFull : Sent::kFailed;
    }
  }
  return Sent::kAll;
}

// Ends the connection so that the last answers arrive: closing with unread bytes in the queue would reset the
// connection and take them away.
TcpConnection::Next TcpConnection::part() {
  if (::shutdown(socket_.get(), SHUT_WR) != 0) {
    return Next::kEnd;
  }
  parting_ = true;
  since_ = workspace_.now;
  return discard_input();
}

TcpConnection::Next TcpConnection::discard_input() {
  std::vector<std::uint8_t>& input = workspace_.discarded;
  const long count = receive(socket_.get(), input);
  if (draining_ || count == 0 || (count < 0 && !would_block())) {
    return Next::kEnd;
  }
  const bool emptied = count < 0 || (static_cast<std::size_t>(count) < input.size() && !has_ended_);
  return emptied ? Next::kWait : Next::kAgain;
}

std::chrono::seconds TcpConnection::most_idle() const {
  const TcpLimits& limits = workspace_.limits;
  return workspace_.crowded ? std::min(limits.idle, limits.idle_when_half_full) : limits.idle;
}

TcpConnection::WaitingFor TcpConnection::waiting_for() const {
  if (!held_output_.empty() || waits_for_room_) {
    return WaitingFor::kWrite;
  }
  return parting_ || reader_.is_inside() ? WaitingFor::kRestOfQuery : WaitingFor::kQuery;
}

TcpConnection::Clock::time_point TcpConnection::deadline() const {
  const TcpLimits& limits = workspace_.limits;
  const auto at_most = [&]() -> std::chrono::seconds {
    switch (waiting_for()) {
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
