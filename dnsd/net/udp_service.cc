#include "dnsd/net/udp_service.h"

#include <array>
#include <utility>

#include <boost/asio/post.hpp>
#include <linux/sock_diag.h>
#include <sys/socket.h>

namespace dnsd::net {
namespace {

// Batches in a row before other sockets and TCP get their turn.
constexpr int kBatchesPerTurn = 8;
// A batch of so many pays for taking the socket from the reactor and giving it back.
constexpr std::size_t kBusyMessages = 16;
// What a drain answers at most: a flood must not keep the server from ending.
constexpr int kDrainTurns = 64;

}  // namespace

UdpService::UdpService(boost::asio::io_context& context, zonestore::FileDescriptor socket, UdpBatch& batch,
                       Handler& handler, metrics::WorkerCounters& counters)
    : socket_(std::move(socket)), readiness_(context), batch_(batch), handler_(handler), counters_(counters) {}

UdpService::~UdpService() {
  unwatch();
}

void UdpService::start() {
  if (!waiting_ && socket_.is_open()) {
    wait();
  }
}

void UdpService::wait() {
  if (!watch()) {
    serve_later();
    return;
  }
  readiness_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                        [this](const boost::system::error_code& error) {
                          waiting_ = false;
                          if (error != boost::asio::error::operation_aborted) {
                            serve();
                          }
                        });
  waiting_ = true;
}

void UdpService::serve() {
  if (!socket_.is_open()) {
    return;
  }
  if (serve_some()) {
    wait();
  } else {
    serve_later();
  }
}

void UdpService::serve_later() {
  boost::asio::post(readiness_.get_executor(), [this] {
    waiting_ = false;
    serve();
  });
  waiting_ = true;
}

bool UdpService::serve_some() {
  for (int turn = 0; turn < kBatchesPerTurn; ++turn) {
    const std::size_t count = batch_.receive(socket_.get());
    if (count == 0) {
      return true;
    }
    if (count >= kBusyMessages) {
      unwatch();
    }
    batch_.answer(socket_.get(), handler_, counters_);
    if (readiness_.is_open()) {
      return true;  // what came meanwhile is seen by the reactor
    }
  }
  return false;
}

bool UdpService::watch() {
  if (!readiness_.is_open()) {
    boost::system::error_code error;
    readiness_.assign(socket_.get(), error);
  }
  return readiness_.is_open();
}

void UdpService::unwatch() {
  if (readiness_.is_open()) {
    readiness_.release();
  }
}

void UdpService::drain() {
  for (int turn = 0; turn < kDrainTurns && !serve_some(); ++turn) {
  }
  unwatch();
  const std::uint32_t drops = receive_drops();
  const std::lock_guard lock(closing_);
  last_drops_ = drops;
  socket_.reset();
}

std::uint32_t UdpService::receive_drops() const {
  const std::lock_guard lock(closing_);
  std::array<std::uint32_t, SK_MEMINFO_VARS> counts{};
  socklen_t size = sizeof counts;
  const bool told =
      socket_.is_open() && ::getsockopt(socket_.get(), SOL_SOCKET, SO_MEMINFO, counts.data(), &size) == 0;
  return told ? counts[SK_MEMINFO_DROPS] : last_drops_;
}

}  // namespace dnsd::net
