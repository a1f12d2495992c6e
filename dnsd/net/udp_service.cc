#include "dnsd/net/udp_service.h"

#include <boost/asio/post.hpp>

namespace dnsd::net {
namespace {

// Batches in a row before other sockets and TCP get their turn.
constexpr int kBatchesPerTurn = 8;
// What a drain answers at most: a flood must not keep the server from ending.
constexpr int kDrainTurns = 64;

}  // namespace

UdpService::UdpService(boost::asio::io_context& context, util::UniqueFd socket, UdpBatch& batch, Handler& handler,
                       metrics::WorkerCounters& counters)
    : socket_(context, socket.release()), batch_(batch), handler_(handler), counters_(counters) {}

void UdpService::start() {
  wait();
}

void UdpService::wait() {
  socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [this](const boost::system::error_code& error) {
                       if (error != boost::asio::error::operation_aborted) {
                         serve();
                       }
                     });
}

void UdpService::serve() {
  if (!socket_.is_open()) {
    return;
  }
  if (serve_some()) {
    wait();
  } else {
    boost::asio::post(socket_.get_executor(), [this] { serve(); });
  }
}

bool UdpService::serve_some() {
  for (int turn = 0; turn < kBatchesPerTurn; ++turn) {
    const std::size_t count = batch_.receive(socket_.native_handle());
    if (count > 0) {
      batch_.answer(socket_.native_handle(), handler_, counters_);
    }
    if (count < UdpBatch::kMaxMessages) {
      return true;
    }
  }
  return false;
}

void UdpService::drain() {
  for (int turn = 0; turn < kDrainTurns && !serve_some(); ++turn) {
  }
  socket_.close();
}

}  // namespace dnsd::net
