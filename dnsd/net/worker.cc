#include "dnsd/net/worker.h"

#include <utility>

#include <boost/asio/post.hpp>

namespace dnsd::net {

Worker::Worker(const WorkerSettings& settings, std::unique_ptr<Handler> handler, AddressQuota& quota,
               const util::Log& log)
    : context_(1),
      handler_(std::move(handler)),
      batch_(settings.udp.answer_bytes),
      tcp_(context_, settings.tcp, share_of(settings.tcp.connections, settings.workers), quota, *handler_, counters_,
           log) {}

void Worker::serve(util::UniqueFd udp, util::UniqueFd tcp) {
  udp_.emplace_back(context_, std::move(udp), batch_, *handler_, counters_).start();
  tcp_.listen(std::move(tcp));
}

void Worker::run() {
  context_.run();
}

void Worker::drain(std::chrono::milliseconds at_most) {
  boost::asio::post(context_, [this, at_most] {
    for (UdpService& service : udp_) {
      service.drain();
    }
    tcp_.drain(at_most);
  });
}

void Worker::refresh() {
  boost::asio::post(context_, [this] { handler_->begin_batch(); });
}

}  // namespace dnsd::net
