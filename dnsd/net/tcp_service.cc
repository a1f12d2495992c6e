#include "dnsd/net/tcp_service.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "dnsd/util/exception_text.h"

namespace dnsd::net {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kSweepInterval{200};
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::milliseconds kFullHousePause{10};  // while nobody may go for the next
constexpr int kAcceptsPerTurn = 64;                       // before established connections and UDP get their turn
constexpr int kRoundsPerTurn = 8;  // of connections that have something to do, before UDP gets its turn
constexpr int kAcceptsInDrain = 4096;
constexpr std::size_t kMostUnreadBytes = 8192;  // of queries, in the kernel
constexpr std::size_t kLeastUnreadBytes = 4096;
constexpr std::size_t kWindowBytes = 4096;

// Of no file: inside the sandbox there is none to be opened for this.
zonestore::FileDescriptor open_reserve() {
  return zonestore::FileDescriptor(::eventfd(0, EFD_CLOEXEC));
}

zonestore::FileDescriptor accept_one(int listener, zonestore::SocketAddress& peer) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  zonestore::FileDescriptor socket(::accept4(listener, address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket.is_open()) {
    peer = zonestore::SocketAddress::from_sockaddr(address);
  }
  return socket;
}

void set_size(int socket, int level, int option, std::size_t bytes) {
  const int value = static_cast<int>(bytes);
  (void)::setsockopt(socket, level, option, &value, sizeof value);  // a wish: not every kernel has it
}

// The kernel too holds no more than this for a client that does not read; it would take megabytes. What is on its
// way does not count, so that long paths are filled as before.
void limit_unsent(int socket, std::size_t bytes) {
  set_size(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, bytes);
}

// Queries are short, and those that are not read yet wait with their client. The kernel takes twice of it, for its
// own part; the window is what a client may send before it knows of any smaller limit.
void limit_unread(int socket, std::size_t unsent_bytes) {
  set_size(socket, IPPROTO_TCP, TCP_WINDOW_CLAMP, kWindowBytes);
  set_size(socket, SOL_SOCKET, SO_RCVBUF, std::clamp(unsent_bytes, kLeastUnreadBytes, kMostUnreadBytes));
}

bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

TcpService::Listener::Listener(asio::io_context& context, zonestore::FileDescriptor listening)
    : socket(context, listening.get()), pause(context) {
  (void)listening.release();
}

TcpService::TcpService(asio::io_context& context, const TcpLimits& limits, unsigned share, AddressQuota& quota,
                       Handler& handler, metrics::WorkerCounters& counters, const util::Log& log)
    : context_(context),
      limits_(limits),
      share_(share),
      quota_(quota),
      counters_(counters),
      log_(log),
      workspace_(limits_, handler, counters),
      events_(context),
      sweep_timer_(context),
      drain_timer_(context),
      reserve_(open_reserve()) {}

void TcpService::listen(zonestore::FileDescriptor socket) {
  limit_unsent(socket.get(), limits_.unsent_bytes);  // connections inherit both
  limit_unread(socket.get(), kMostUnreadBytes);
  listeners_.emplace_back(context_, std::move(socket));
}

void TcpService::resume() {
  for (Listener& listener : listeners_) {
    if (!listener.waiting && listener.socket.is_open()) {
      wait_to_accept(listener);
    }
  }
  if (!waiting_for_events_ && !(draining_ && connections_.empty())) {
    wait_for_events();
  }
  if (!connections_.empty()) {
    start_sweeping();
  }
  stop_if_drained();
}

void TcpService::wait_to_accept(Listener& listener) {
  listener.socket.async_wait(asio::posix::stream_descriptor::wait_read,
                             [this, &listener](const boost::system::error_code& error) {
                               listener.waiting = false;
                               if (!error) {
                                 accept_on(listener);
                               }
                             });
  listener.waiting = true;
}

void TcpService::pause_accepting(Listener& listener, std::chrono::milliseconds time) {
  listener.pause.expires_after(time);
  listener.pause.async_wait([this, &listener](const boost::system::error_code& error) {
    listener.waiting = false;
    if (!error && listener.socket.is_open()) {
      wait_to_accept(listener);
    }
  });
  listener.waiting = true;
}

void TcpService::accept_on(Listener& listener) {
  const Accepted accepted = accept_waiting(listener.socket.native_handle(), kAcceptsPerTurn);
  const bool is_short = accepted == Accepted::kOutOfDescriptors;
  if (!is_short && accepted != Accepted::kHouseIsFull) {
    listener.short_of_descriptors = false;
    wait_to_accept(listener);
    return;
  }
  if (is_short && !std::exchange(listener.short_of_descriptors, true)) {
    log_.warning("accept_paused",
                 {{"reason", "out of file descriptors"}, {"hint", "raise LimitNOFILE, or lower tcp.connections"}});
  }
  pause_accepting(listener, is_short ? kAcceptPause : kFullHousePause);
}

TcpService::Accepted TcpService::accept_waiting(int listener, int at_most) {
  for (int count = 0; count < at_most; ++count) {
    if (!may_welcome()) {
      return Accepted::kHouseIsFull;
    }
    zonestore::SocketAddress peer;
    zonestore::FileDescriptor socket = accept_one(listener, peer);
    if (socket.is_open()) {
      welcome(std::move(socket), peer);
    } else if (is_shortage(errno)) {
      turn_one_away(listener);
      return Accepted::kOutOfDescriptors;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return Accepted::kAllThatWaited;
    }
    // Any other error is that one connection's, which has died in the queue (accept(2)).
  }
  return Accepted::kSome;
}

// Whoever finds no memory here is refused; the others are served on.
void TcpService::welcome(zonestore::FileDescriptor socket, const zonestore::SocketAddress& peer) noexcept {
  try {
    admit(std::move(socket), peer);
  } catch (const std::exception& exception) {
    counters_.tcp_refused_descriptors.add();
    note_lost(util::text_of(exception));
  }
}

void TcpService::admit(zonestore::FileDescriptor socket, const zonestore::SocketAddress& peer) {
  std::optional<AddressQuota::Ticket> ticket = quota_.take(peer.bytes());
  if (!ticket) {
    counters_.tcp_refused_address.add();
    return;
  }
  if (is_full()) {
    make_room();
  }
  start_sweeping();  // first: a connection must not live without
  const int descriptor = socket.get();
  if (!events_.add(descriptor)) {
    counters_.tcp_refused_descriptors.add();
    return;
  }
  if (workspace_.unsent_part < limits_.unsent_bytes) {
    limit_unsent(descriptor, workspace_.unsent_part);
    limit_unread(descriptor, workspace_.unsent_part);
  }
  connections_.try_emplace(descriptor, std::move(socket), peer, std::move(*ticket), workspace_);
  try {
    crowd_.enter(descriptor, peer.bytes(), TcpConnection::Clock::now());
  } catch (...) {  // out of memory: nobody could ask it to go
    connections_.erase(descriptor);
    counters_.tcp_lost.add();
    throw;
  }
  note_crowd();
}

void TcpService::note_crowd() {
  counters_.tcp_open.set(connections_.size());
  workspace_.crowded = connections_.size() * 2 >= share_;
  workspace_.unsent_part = unsent_part(limits_, share_, connections_.size() + 1);
}

void TcpService::wait_for_events() {
  events_.async_wait([this](const boost::system::error_code& error) {
    waiting_for_events_ = false;
    if (error) {
      return;
    }
    serve_rounds();
    stop_if_drained();
    wait_for_events();
  });
  waiting_for_events_ = true;
}

void TcpService::serve_rounds() {
  for (int round = 0; round < kRoundsPerTurn; ++round) {
    const std::span<const TcpEvents::Event> events = events_.take();
    if (events.empty()) {
      return;
    }
    workspace_.begin_round();
    for (std::size_t done = 0; done < events.size(); done += TcpWorkspace::kSlots) {
      serve_together(events.subspan(done, std::min(TcpWorkspace::kSlots, events.size() - done)));
    }
  }
}

void TcpService::serve_together(std::span<const TcpEvents::Event> events) {
  std::array<TcpConnection*, TcpWorkspace::kSlots> asking{};
  std::array<Exchange, TcpWorkspace::kSlots> exchanges;
  std::size_t count = 0;
  for (const TcpEvents::Event& event : events) {
    const auto place = connections_.find(event.data.fd);
    if (place == connections_.end()) {
      continue;
    }
    TcpConnection& connection = place->second;
    const auto next = guarded(
        [&] { return connection.begin(TcpEvents::has_ended(event), workspace_.slots[count], exchanges[count]); });
    if (next) {
      go_on(connection, *next);
    } else {
      asking[count++] = &connection;
    }
  }
  workspace_.handler.handle_all(std::span(exchanges).first(count));
  for (std::size_t index = 0; index < count; ++index) {
    const auto next =
        guarded([&] { return std::optional(asking[index]->finish(workspace_.slots[index], exchanges[index])); });
    go_on(*asking[index], *next);
  }
}

// A connection whose step finds no memory ends, and takes nobody with it.
template <class Step>
std::optional<TcpConnection::Next> TcpService::guarded(Step step) noexcept {
  try {
    return step();
  } catch (const std::exception& exception) {
    workspace_.output_bytes = 0;
    note_lost(util::text_of(exception));
    return TcpConnection::Next::kLost;
  }
}

void TcpService::note_lost(const char* what) noexcept {
  const auto now = TcpConnection::Clock::now();
  if (now >= quiet_until_) {
    quiet_until_ = now + util::kBetweenLines;
    log_.error("tcp_connection_lost",
               {{"message", what}, {"hint", "the others are served; see MemoryMax and LimitDATA"}});
  }
}

void TcpService::go_on(TcpConnection& connection, TcpConnection::Next next) {
  if (connection.has_just_proved()) {
    crowd_.prove(connection.socket(), connection.standing());
  }
  switch (next) {
    case TcpConnection::Next::kWait:
      break;
    case TcpConnection::Next::kAgain:
      events_.report_again(connection.socket());
      break;
    case TcpConnection::Next::kEnd:
      end(connection, connection.is_spent() ? counters_.tcp_spent
                      : draining_           ? counters_.tcp_drained
                                            : counters_.tcp_client);
      break;
    case TcpConnection::Next::kLost:
      end(connection, counters_.tcp_lost);
      break;
    case TcpConnection::Next::kLeave:
      hand_over(connection);
      break;
  }
}

// Counted before its client can see it go.
void TcpService::end(TcpConnection& connection, metrics::Counter& reason) {
  reason.add();
  crowd_.leave(connection.socket());
  connections_.erase(connection.socket());
  note_crowd();
}

// It leaves the set of events first: what is reported of it from now on is another thread's.
void TcpService::hand_over(TcpConnection& connection) noexcept {
  const int socket = connection.socket();
  events_.remove(socket);
  crowd_.leave(socket);
  counters_.tcp_transfers.add();
  try {
    workspace_.handler.take_over(connection.leave());
  } catch (const std::exception& exception) {
    note_lost(util::text_of(exception));
  }
  connections_.erase(socket);
  note_crowd();
}

// Better a closed connection now than a client that waits for its own time-out.
void TcpService::turn_one_away(int listener) {
  reserve_.reset();
  zonestore::SocketAddress peer;
  if (accept_one(listener, peer).is_open()) {
    counters_.tcp_refused_descriptors.add();
  }
  reserve_ = open_reserve();
}

std::optional<int> TcpService::first_to_go() {
  return crowd_.first_to_go(TcpConnection::Clock::now(),
                            [this](int socket) { return connections_.at(socket).standing(); });
}

// In a drain all that have come are taken in, as no more will come.
bool TcpService::may_welcome() {
  return !is_full() || draining_ || first_to_go();
}

void TcpService::make_room() {
  if (const std::optional<int> socket = first_to_go()) {
    end(connections_.at(*socket), counters_.tcp_evicted);
  }
}

void TcpService::start_sweeping() {
  if (sweeping_) {
    return;
  }
  sweep_timer_.expires_after(kSweepInterval);
  sweep_timer_.async_wait([this](const boost::system::error_code& error) {
    sweeping_ = false;
    if (!error) {
      sweep();
    }
  });
  sweeping_ = true;
}

// All by the deadlines that they had when it began: those that go make it no less crowded for the others.
void TcpService::sweep() {
  const auto now = TcpConnection::Clock::now();
  std::erase_if(connections_, [&](const auto& entry) {
    const bool is_due = entry.second.deadline() <= now;
    if (is_due) {
      (entry.second.is_too_old(now) ? counters_.tcp_lifetime : counters_.tcp_timed_out).add();
      crowd_.leave(entry.first);
    }
    return is_due;
  });
  note_crowd();
  stop_if_drained();
  if (!connections_.empty()) {
    start_sweeping();
  }
}

void TcpService::drain(std::chrono::milliseconds at_most) {
  draining_ = true;
  for (Listener& listener : listeners_) {
    if (listener.socket.is_open()) {
      (void)accept_waiting(listener.socket.native_handle(), kAcceptsInDrain);
      listener.socket.close();
      listener.pause.cancel();
    }
  }
  drain_timer_.expires_after(at_most);
  drain_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) {
      counters_.tcp_drained.add(connections_.size());
      connections_.clear();
      crowd_ = {};
      note_crowd();
      stop_if_drained();
    }
  });
  finish_connections();
  stop_if_drained();
}

// Those that wait for nothing but their next query end at once.
void TcpService::finish_connections() {
  if (connections_.empty()) {
    return;
  }
  workspace_.begin_round();
  for (auto next = connections_.begin(); next != connections_.end();) {
    TcpConnection& connection = (next++)->second;
    connection.drain();
    TcpEvents::Event event{};
    event.data.fd = connection.socket();
    serve_together({&event, 1});
  }
}

// What still waited would keep the worker from ending.
void TcpService::stop_if_drained() {
  if (draining_ && connections_.empty()) {
    drain_timer_.cancel();
    sweep_timer_.cancel();
    events_.close();
    if (const auto action = std::exchange(on_drained_, nullptr)) {
      action();
    }
  }
}

}  // namespace dnsd::net
