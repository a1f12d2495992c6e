// A worker accepts, reads, answers and drains while memory runs out: a connection goes, and the others stay.

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

#include "dnsd/follow/store_follower.h"
#include "dnsd/net/bind.h"
#include "dnsd/net/worker.h"
#include "dnsd/serve/query_handler.h"
#include "dnsd/util/latest.h"
#include "dnsd/zone/image_hub.h"
#include "tests/unit/dnsd/follow/two_zone_store.h"
#include "tests/unit/dnsd/memory/shortage.h"
#include "tests/unit/dnsd/net/loopback.h"

namespace dnsd {
namespace {

using std::chrono::milliseconds;

// A query for the selector's TXT record.
std::string query() {
  const zonestore::Name owner = zonestore::name("sel1-mosa.dkim.example");
  std::string bytes("\0\1\0\0\0\1\0\0\0\0\0\0", 12);  // RFC 1035 section 4.1.1: one question
  bytes.append(reinterpret_cast<const char*>(owner.wire().data()), owner.wire().size());
  return bytes + std::string("\0\x10\0\1", 4);  // TXT, IN
}

bool answers(const std::string& answer) {
  return answer.find("first") != std::string::npos;
}

class WorkerShortage : public follow::TwoZoneStore {
 protected:
  WorkerShortage() { EXPECT_EQ(follower_.look().outcome, follow::StoreFollower::Outcome::kNew); }
  ~WorkerShortage() override { stop(); }

  void start(const net::TcpLimits& tcp = {}) {
    hub_ = std::make_unique<zone::ImageHub>(follower_.loaded().image);
    quota_ = std::make_unique<net::AddressQuota>(tcp.connections_per_address);
    worker_ = std::make_unique<net::Worker>(
        net::WorkerSettings{{}, tcp, 1},
        std::make_unique<serve::QueryHandler>(transfer::Sources{*hub_, secrets_, keys_, peers_}, answer::Settings{},
                                              answer_counters_),
        *quota_, log_);
    auto bound = net::bind_all(std::vector{zonestore::SocketAddress::parse("127.0.0.1:0").value()}, 1).value();
    address_ = bound.front().address;
    worker_->serve(std::move(bound.front().udp.front()), std::move(bound.front().tcp.front()));
    thread_ = std::thread([this] { worker_->run(); });
  }
  void stop() {
    if (thread_.joinable()) {
      worker_->drain(milliseconds{0});
      thread_.join();
    }
    worker_.reset();
  }

  // A query in two parts; whatever comes back.
  void ask_over_tcp(milliseconds patience) const {
    const net::LoopbackClient client(SOCK_STREAM, address_);
    be_patient(client, patience);
    const std::string bytes = net::frame(query());
    (void)::send(client.descriptor(), bytes.data(), 5, MSG_NOSIGNAL);
    std::this_thread::sleep_for(milliseconds{2});
    (void)::send(client.descriptor(), bytes.data() + 5, bytes.size() - 5, MSG_NOSIGNAL);
    (void)client.receive();
  }
  void ask_over_udp(milliseconds patience) const {
    const net::LoopbackClient client(SOCK_DGRAM, address_);
    be_patient(client, patience);
    client.send(query());
    (void)client.receive();
  }
  static void be_patient(const net::LoopbackClient& client, milliseconds patience) {
    const timeval time{0, static_cast<suseconds_t>(patience.count() * 1000)};
    ::setsockopt(client.descriptor(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  }

  void expect_service() const {
    const net::LoopbackClient tcp(SOCK_STREAM, address_);
    tcp.send(net::frame(query()));
    EXPECT_TRUE(answers(tcp.receive_frame()));
    const net::LoopbackClient udp(SOCK_DGRAM, address_);
    udp.send(query());
    EXPECT_TRUE(answers(udp.receive().value_or("")));
  }

  follow::StoreFollower follower_{directory_.path()};
  std::unique_ptr<zone::ImageHub> hub_;
  util::Latest<answer::CookieSecrets> secrets_{answer::CookieSecrets({answer::CookieSecret{1}})};
  util::Latest<wire::TsigKeys> keys_{nullptr};
  metrics::AnswerCounters answer_counters_;
  util::Latest<zonestore::Peers> peers_{zonestore::Peers{}};
  util::Log log_{util::LogLevel::kInfo, std::make_shared<spdlog::sinks::null_sink_mt>()};
  std::unique_ptr<net::AddressQuota> quota_;
  std::unique_ptr<net::Worker> worker_;
  zonestore::SocketAddress address_;
  std::thread thread_;
};

TEST_F(WorkerShortage, AConnectionGoesAndTheWorkerStays) {
  start();
  for_every_allocation(
      Shortage::Among::kOtherThreads,
      [&] {
        ask_over_tcp(milliseconds{200});
        ask_over_udp(milliseconds{200});
      },
      [&](std::uint64_t nth) {
        SCOPED_TRACE(nth);
        expect_service();
      });
}

TEST_F(WorkerShortage, AConnectionThatWaitsIsServedWhileAnotherOneGoes) {
  start({.idle = std::chrono::seconds{60}, .message = std::chrono::seconds{60}});
  const net::LoopbackClient waiting(SOCK_STREAM, address_);
  waiting.send(net::frame(query()));
  ASSERT_TRUE(answers(waiting.receive_frame()));
  for_every_allocation(
      Shortage::Among::kOtherThreads, [&] { ask_over_tcp(milliseconds{200}); },
      [&](std::uint64_t nth) {
        waiting.send(net::frame(query()));
        EXPECT_TRUE(answers(waiting.receive_frame())) << nth;
      });
}

TEST_F(WorkerShortage, ADrainEndsItAllTheSame) {
  for_every_allocation(
      Shortage::Among::kOtherThreads,
      [&] {
        start();
        std::vector<net::LoopbackClient> idle;
        idle.emplace_back(SOCK_STREAM, address_);
        idle.front().send(net::frame(query()).substr(0, 7));
        std::this_thread::sleep_for(milliseconds{5});
        worker_->drain(milliseconds{20});
        std::this_thread::sleep_for(milliseconds{30});
      },
      [&](std::uint64_t /*nth*/) {
        thread_.join();  // else this test is a time-out
        worker_.reset();
      });
}

TEST_F(WorkerShortage, WhatOthersAskOfItFailsWholeAndCanBeAskedAgain) {
  start();
  for_every_allocation(
      Shortage::Among::kAll,
      [&] {
        try {
          worker_->refresh();
          worker_->ask_for_beat();
        } catch (const std::bad_alloc&) {
        }
      },
      [&](std::uint64_t nth) {
        const std::uint64_t before = worker_->beats();
        worker_->refresh();
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (worker_->beats() == before && std::chrono::steady_clock::now() < patience) {
          worker_->ask_for_beat();
          std::this_thread::yield();
        }
        EXPECT_GT(worker_->beats(), before) << nth;
        expect_service();
      });
}

}  // namespace
}  // namespace dnsd
