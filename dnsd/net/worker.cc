#include "dnsd/net/worker.h"

#include <exception>
#include <list>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "dnsd/net/tcp_service.h"
#include "dnsd/net/udp_batch.h"
#include "dnsd/net/udp_service.h"
#include "dnsd/util/exception_text.h"

namespace dnsd::net {
namespace {

constexpr std::chrono::milliseconds kForMemory{10};  // before what found none is tried again

}  // namespace

struct Worker::Loop {
  Loop(const WorkerSettings& settings, Handler& handler, metrics::WorkerCounters& counters, AddressQuota& quota,
       const util::Log& log)
      : batch(settings.udp.answer_bytes),
        tcp(context, settings.tcp, share_of(settings.tcp.connections, settings.workers), quota, handler, counters,
            log) {}

  boost::asio::io_context context{1};
  UdpBatch batch;
  std::list<UdpService> udp;
  TcpService tcp;
};

Worker::Worker(const WorkerSettings& settings, std::unique_ptr<Handler> handler, AddressQuota& quota,
               const util::Log& log)
    : log_(log),
      handler_(std::move(handler)),
      loop_(std::make_unique<Loop>(settings, *handler_, counters_, quota, log)) {}

Worker::~Worker() = default;

void Worker::serve(zonestore::FileDescriptor udp, zonestore::FileDescriptor tcp) {
  loop_->udp.emplace_back(loop_->context, std::move(udp), loop_->batch, *handler_, counters_).start();
  loop_->tcp.listen(std::move(tcp));
}

void Worker::run() {
  while (true) {
    try {
      resume();
      loop_->context.run();
      return;
    } catch (const std::exception& exception) {
      note(util::text_of(exception));
    } catch (...) {
      note("an exception of no known kind");
    }
    std::this_thread::sleep_for(kForMemory);
  }
}

// Begins what no longer goes on by itself, because an exception came in between.
void Worker::resume() {
  if (to_drain_) {
    if (to_drain_udp_) {
      for (UdpService& service : loop_->udp) {
        service.drain();
      }
    }
    loop_->tcp.drain(*to_drain_);
    to_drain_.reset();
  }
  for (UdpService& service : loop_->udp) {
    service.start();
  }
  loop_->tcp.resume();
}

void Worker::note(const char* what) noexcept {
  const auto now = std::chrono::steady_clock::now();
  if (now >= quiet_until_) {
    quiet_until_ = now + util::kBetweenLines;
    log_.error("worker_interrupted", {{"message", what}, {"hint", "it goes on; a connection at most was lost"}});
  }
}

void Worker::drain(std::chrono::milliseconds at_most) {
  boost::asio::post(loop_->context, [this, at_most] {
    // Kept until all of it is done: what throws in the middle is done again.
    to_drain_ = at_most;
    to_drain_udp_ = true;
    resume();
  });
}

void Worker::drain_tcp(std::chrono::milliseconds at_most, std::function<void()> on_ended) {
  boost::asio::post(loop_->context, [this, at_most, on_ended = std::move(on_ended)]() mutable {
    loop_->tcp.on_drained(std::move(on_ended));
    to_drain_ = at_most;
    resume();
  });
}

void Worker::refresh() {
  boost::asio::post(loop_->context, [this] { handler_->begin_batch(); });
}

std::uint64_t Worker::receive_drops() const {
  std::uint64_t drops = 0;
  for (const UdpService& service : loop_->udp) {
    drops += service.receive_drops();
  }
  return drops;
}

void Worker::ask_for_beat() {
  // One at most is on its way: a loop that stands still must not pile them up.
  if (beat_asked_.exchange(true)) {
    return;
  }
  try {
    boost::asio::post(loop_->context, [this] {
      beat_asked_ = false;
      beats_.fetch_add(1, std::memory_order_relaxed);
    });
  } catch (...) {
    beat_asked_ = false;
    throw;
  }
}

}  // namespace dnsd::net
