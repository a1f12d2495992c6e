#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/unit/dnsd/net/loopback.h"
#include "tests/unit/dnsd/net/running_worker.h"

namespace dnsd::net {
namespace {

HandedOver wait_for_one(RunningWorker& running) {
  while (true) {
    if (auto taken = running.handler().taken()) {
      return std::move(*taken);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

std::string text_of(const std::vector<std::uint8_t>& bytes) {
  return {bytes.begin(), bytes.end()};
}

TEST(HandOver, ConnectionComesWithItsQueryAndItsClient) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  client.send(frame("mine"));
  const HandedOver taken = wait_for_one(running);
  EXPECT_EQ(text_of(taken.query), "mine");
  EXPECT_EQ(text_of(taken.unsent), "");
  EXPECT_EQ(text_of(taken.unread), "");
  EXPECT_EQ(taken.peer.to_text().substr(0, 10), "127.0.0.1:");
  ASSERT_EQ(::send(taken.socket.get(), frame("hello").data(), 7, 0), 7);
  EXPECT_EQ(client.receive_frame(), "hello");
}

TEST(HandOver, WhatWasReadBehindTheQueryComesAlong) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  const std::string half = frame("half of it").substr(0, 5);
  client.send(frame("mine") + frame("next") + half);
  const HandedOver taken = wait_for_one(running);
  EXPECT_EQ(text_of(taken.query), "mine");
  EXPECT_EQ(text_of(taken.unread), frame("next") + half);
}

TEST(HandOver, AnswersToWhatCameBeforeAreNotLost) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  client.send(frame("first") + frame("second") + frame("mine") + frame("next"));
  const HandedOver taken = wait_for_one(running);
  EXPECT_EQ(text_of(taken.unsent), frame("first") + frame("second"));
  EXPECT_EQ(text_of(taken.query), "mine");
  EXPECT_EQ(text_of(taken.unread), frame("next"));
}

TEST(HandOver, QueryThatCameInPiecesIsWhole) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  client.send(frame("first") + frame("mine").substr(0, 4));
  EXPECT_EQ(client.receive_frame(), "first");
  client.send(frame("mine").substr(4) + frame("next"));
  const HandedOver taken = wait_for_one(running);
  EXPECT_EQ(text_of(taken.query), "mine");
  EXPECT_EQ(text_of(taken.unread), frame("next"));
}

TEST(HandOver, OthersOfTheSameRoundGoOn) {
  constexpr int kClients = 48;
  RunningWorker running;
  for (int leaving = 0; leaving < kClients; ++leaving) {
    std::list<LoopbackClient> clients;
    for (int index = 0; index < kClients; ++index) {
      clients.push_back(running.connect());
    }
    int index = 0;
    for (const LoopbackClient& client : clients) {
      client.send(index++ == leaving ? frame("mine") : frame("one") + frame("two"));
    }
    const HandedOver taken = wait_for_one(running);
    index = 0;
    for (const LoopbackClient& client : clients) {
      if (index++ != leaving) {
        ASSERT_EQ(client.receive_frame(), "one");
        ASSERT_EQ(client.receive_frame(), "two");
      }
    }
  }
}

TEST(HandOver, PlaceInTheQuotaIsHeldUntilTheConnectionEnds) {
  TcpLimits limits;
  limits.connections_per_address = 1;
  RunningWorker running(limits);
  const LoopbackClient first = running.connect();
  first.send(frame("mine"));
  {
    const HandedOver taken = wait_for_one(running);
    const LoopbackClient refused = running.connect();
    EXPECT_TRUE(refused.is_ended_by_server());
  }
  const LoopbackClient second = running.connect();
  second.send(frame("hello"));
  EXPECT_EQ(second.receive_frame(), "hello");
}

TEST(HandOver, WorkerEndsWithoutIt) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  client.send(frame("mine"));
  const HandedOver taken = wait_for_one(running);
  running.drain(std::chrono::milliseconds{0});
  ASSERT_EQ(::send(taken.socket.get(), frame("hello").data(), 7, 0), 7);
  EXPECT_EQ(client.receive_frame(), "hello");
}

}  // namespace
}  // namespace dnsd::net
