// A worker on a thread of its own, on a free loopback port, with a handler that needs no DNS.
#pragma once

#include <algorithm>
#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include <spdlog/sinks/ostream_sink.h>

#include "dnsd/net/bind.h"
#include "dnsd/net/worker.h"
#include "tests/unit/dnsd/net/loopback.h"

namespace dnsd::net {

// "silence": no answer. "big...": 60,000 bytes that begin with the query; "full": as many as there is room for.
// "mine": it takes the connection over. "from", "idle": what it was told of the client, its address and the
// milliseconds. Anything else: the query itself.
class EchoHandler final : public Handler {
 public:
  explicit EchoHandler(std::atomic<int>& batches) : batches_(batches) {}

  void begin_batch() noexcept override { ++batches_; }

  void handle(Exchange& exchange) noexcept override {
    exchange.hand_over =
        exchange.query.size() == 4 && std::equal(exchange.query.begin(), exchange.query.end(), "mine");
    exchange.answer_size = exchange.hand_over ? 0 : answer(exchange.query, exchange.room, exchange.client);
  }

  void take_over(HandedOver connection) override {
    const std::lock_guard lock(mutex_);
    taken_.push_back(std::move(connection));
  }
  // The oldest that it has taken over and not given away; nullopt: none.
  std::optional<HandedOver> taken() {
    const std::lock_guard lock(mutex_);
    if (taken_.empty()) {
      return std::nullopt;
    }
    std::optional<HandedOver> first(std::move(taken_.front()));
    taken_.pop_front();
    return first;
  }

 private:
  static std::size_t answer(std::span<const std::uint8_t> query, std::span<std::uint8_t> answer,
                            const Client& client) noexcept {
    const std::string_view text(reinterpret_cast<const char*>(query.data()), query.size());
    if (text == "silence") {
      return 0;
    }
    if (text == "from") {
      std::copy(client.address.begin(), client.address.end(), answer.begin());
      return client.address.size();
    }
    if (text == "idle") {
      const std::string idle = std::to_string(client.idle.count());
      std::copy(idle.begin(), idle.end(), answer.begin());
      return idle.size();
    }
    if (text == "full") {
      return answer.size();
    }
    const std::size_t copied = std::min(query.size(), answer.size());
    std::copy_n(query.begin(), copied, answer.begin());
    if (text.starts_with("big")) {
      const std::size_t size = std::min<std::size_t>(60'000, answer.size());
      std::fill(answer.begin() + static_cast<std::ptrdiff_t>(copied),
                answer.begin() + static_cast<std::ptrdiff_t>(size), std::uint8_t{'.'});
      return size;
    }
    return copied;
  }

  std::atomic<int>& batches_;
  std::mutex mutex_;
  std::list<HandedOver> taken_;
};

class RunningWorker {
 public:
  explicit RunningWorker(const TcpLimits& tcp = {}, const std::string& address = "127.0.0.1:0")
      : log_(util::LogLevel::kInfo, std::make_shared<spdlog::sinks::ostream_sink_mt>(log_text_)),
        quota_(tcp.connections_per_address),
        worker_({UdpLimits{}, tcp, 1}, make_handler(), quota_, log_) {
    auto bound = bind_all(std::vector{zonestore::SocketAddress::parse(address).value()}, 1).value();
    address_ = bound.front().address;
    worker_.serve(std::move(bound.front().udp.front()), std::move(bound.front().tcp.front()));
    thread_ = std::thread([this] { worker_.run(); });
  }
  RunningWorker(const RunningWorker&) = delete;
  RunningWorker& operator=(const RunningWorker&) = delete;
  RunningWorker(RunningWorker&&) = delete;
  RunningWorker& operator=(RunningWorker&&) = delete;
  ~RunningWorker() { drain(); }

  // Returns when the worker has ended.
  void drain(std::chrono::milliseconds at_most = std::chrono::milliseconds{0}) {
    if (thread_.joinable()) {
      worker_.drain(at_most);
      thread_.join();
    }
  }

  // A new TCP connection to it.
  [[nodiscard]] LoopbackClient connect() const { return LoopbackClient(SOCK_STREAM, address_); }

  [[nodiscard]] Worker& worker() { return worker_; }
  [[nodiscard]] const zonestore::SocketAddress& address() const { return address_; }
  [[nodiscard]] const metrics::WorkerCounters& counters() const { return worker_.counters(); }
  [[nodiscard]] int batches() const { return batches_; }
  [[nodiscard]] EchoHandler& handler() { return *handler_; }
  [[nodiscard]] std::string log_text() const { return log_text_.str(); }  // after drain()

 private:
  std::unique_ptr<EchoHandler> make_handler() {
    auto handler = std::make_unique<EchoHandler>(batches_);
    handler_ = handler.get();
    return handler;
  }

  std::ostringstream log_text_;
  util::Log log_;
  std::atomic<int> batches_{0};
  AddressQuota quota_;
  EchoHandler* handler_ = nullptr;  // the worker's
  Worker worker_;
  zonestore::SocketAddress address_;
  std::thread thread_;
};

}  // namespace dnsd::net
