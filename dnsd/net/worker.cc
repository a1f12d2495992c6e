#include "dnsd/net/worker.h"

#include <exception>
#include <thread>
#include <utility>

#include <boost/asio/post.hpp>

#include "dnsd/util/exception_text.h"

namespace dnsd::net {
namespace {

constexpr std::chrono::minutes kBetweenLines{1};
constexpr std::chrono::milliseconds kForMemory{10};  // before what found none is tried again

}  // namespace

Worker::Worker(const WorkerSettings& settings, std::unique_ptr<Handler> handler, AddressQuota& quota,
               const util::Log& log)
    : context_(1),
      log_(log),
      handler_(std::move(handler)),
      batch_(settings.udp.answer_bytes),
      tcp_(context_, settings.tcp, share_of(settings.tcp.connections, settings.workers), quota, *handler_, counters_,
           log) {}

void Worker::serve(util::UniqueFd udp, util::UniqueFd tcp) {
  udp_.emplace_back(context_, std::move(udp), batch_, *handler_, counters_).start();
  tcp_.listen(std::move(tcp));
}

void Worker::run() {
  while (true) {
    try {
      resume();
      context_.run();
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
    for (UdpService& service : udp_) {
      service.drain();
    }
    tcp_.drain(*to_drain_);
    to_drain_.reset();
  }
  for (UdpService& service : udp_) {
    service.start();
  }
  tcp_.resume();
}

void Worker::note(const char* what) noexcept {
  const auto now = std::chrono::steady_clock::now();
  if (now >= quiet_until_) {
    quiet_until_ = now + kBetweenLines;
    log_.error("worker_interrupted", {{"message", what}, {"hint", "it goes on; a connection at most was lost"}});
  }
}

void Worker::drain(std::chrono::milliseconds at_most) {
  boost::asio::post(context_, [this, at_most] {
    to_drain_ = at_most;
    resume();
  });
}

void Worker::refresh() {
  boost::asio::post(context_, [this] { handler_->begin_batch(); });
}

void Worker::ask_for_beat() {
  if (beat_asked_.exchange(true)) {
    return;
  }
  try {
    boost::asio::post(context_, [this] {
      beat_asked_ = false;
      beats_.fetch_add(1, std::memory_order_relaxed);
    });
  } catch (...) {
    beat_asked_ = false;
    throw;
  }
}

}  // namespace dnsd::net
