#include <chrono>
#include <list>
#include <thread>

#include <gtest/gtest.h>
#include <netinet/tcp.h>

#include "dnsd/net/tcp_workspace.h"
#include "tests/unit/dnsd/net/loopback.h"
#include "tests/unit/dnsd/net/running_worker.h"

namespace dnsd::net {
namespace {

using std::chrono::seconds;

TEST(Tcp, AnswersAQueryInItsFrame) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  client.send(frame("hello"));
  EXPECT_EQ(client.receive_frame(), "hello");
}

TEST(Tcp, AnswersOnTheSameConnectionAgain) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  for (const char* const query : {"one", "two", "three"}) {
    client.send(frame(query));
    EXPECT_EQ(client.receive_frame(), query);
  }
  EXPECT_EQ(running.counters().tcp_connections.read(), 1U);
}

TEST(Tcp, AnswersAQueryThatComesByteByByte) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  const int no_delay = 1;
  ASSERT_EQ(::setsockopt(client.descriptor(), IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof no_delay), 0);
  for (const char byte : frame("piecemeal") + frame("again")) {
    client.send(std::string(1, byte));
  }
  EXPECT_EQ(client.receive_frame(), "piecemeal");
  EXPECT_EQ(client.receive_frame(), "again");
}

TEST(Tcp, AnswersPipelinedQueriesInOrder) {
  constexpr int kQueries = 1000;
  RunningWorker running;
  const LoopbackClient client = running.connect();
  std::string all;
  for (int index = 0; index < kQueries; ++index) {
    all += frame(std::to_string(index));
  }
  client.send(all);
  for (int index = 0; index < kQueries; ++index) {
    ASSERT_EQ(client.receive_frame(), std::to_string(index));
  }
}

// A third of them one query, a third two at once, a third one in two pieces; more than are answered together.
TEST(Tcp, GivesEachOfManyConnectionsItsOwnAnswers) {
  constexpr std::size_t kClients = 3 * TcpWorkspace::kSlots;
  constexpr int kRounds = 50;
  RunningWorker running;
  std::list<LoopbackClient> clients;
  for (std::size_t index = 0; index < kClients; ++index) {
    clients.push_back(running.connect());
  }
  const auto query = [](std::size_t client, int round) {
    return "client " + std::to_string(client) + ", round " + std::to_string(round);
  };
  for (int round = 0; round < kRounds; ++round) {
    std::size_t index = 0;
    for (const LoopbackClient& client : clients) {
      const std::string bytes = frame(query(index, round));
      client.send(index % 3 == 2 ? bytes.substr(0, 5) : bytes + (index % 3 == 1 ? frame("more") : ""));
      ++index;
    }
    index = 0;
    for (const LoopbackClient& client : clients) {
      if (index % 3 == 2) {
        client.send(frame(query(index, round)).substr(5));
      }
      ASSERT_EQ(client.receive_frame(), query(index, round));
      if (index % 3 == 1) {
        ASSERT_EQ(client.receive_frame(), "more");
      }
      ++index;
    }
  }
}

TEST(Tcp, LeavesOutTheAnswerThatTheHandlerDoesNotGive) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  client.send(frame("silence") + frame("after"));
  EXPECT_EQ(client.receive_frame(), "after");
}

TEST(Tcp, TellsTheHandlerWhoAsks) {
  RunningWorker running({}, "[::1]:0");
  const LoopbackClient client = running.connect();
  client.send(frame("from"));
  EXPECT_EQ(client.receive_frame(), std::string(15, '\0') + '\x01');
}

TEST(Tcp, TellsTheHandlerHowLongTheConnectionMayBeIdleRfc7828) {
  TcpLimits limits;
  limits.connections = 4;
  limits.idle = seconds{7};
  limits.idle_when_half_full = seconds{3};
  RunningWorker running(limits);
  const auto idle_of = [](const LoopbackClient& client) {
    client.send(frame("idle"));
    return client.receive_frame();
  };
  const LoopbackClient first = running.connect();
  EXPECT_EQ(idle_of(first), "7000");
  {
    const LoopbackClient second = running.connect();
    EXPECT_EQ(idle_of(second), "3000");
    EXPECT_EQ(idle_of(first), "3000");
  }
  // The worker learns a moment later that the second one has gone.
  for (int attempt = 0; attempt < 1000 && idle_of(first) != "7000"; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  EXPECT_EQ(idle_of(first), "7000");
}

TEST(Tcp, AnswersAClientThatHasFinishedSending) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  client.send(frame("last"));
  client.shut_down_sending();
  EXPECT_EQ(client.receive_frame(), "last");
  EXPECT_TRUE(client.is_ended_by_server());
}

TEST(Tcp, AnswersAllThatAClientHasSentBeforeItFinished) {
  constexpr int kQueries = 1000;
  RunningWorker running;
  const LoopbackClient client = running.connect();
  const std::string query(60, 'q');
  std::string all;  // several reads long
  for (int index = 0; index < kQueries; ++index) {
    all += frame(query);
  }
  client.send(all);
  client.shut_down_sending();
  EXPECT_EQ(client.receive_bytes(all.size()), all);
  EXPECT_TRUE(client.is_ended_by_server());
}

TEST(Tcp, AnswersTheLongestQueryThereIs) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  const std::string longest(65535, 'q');
  client.send(frame(longest) + frame("next"));
  EXPECT_EQ(client.receive_frame(), longest);
  EXPECT_EQ(client.receive_frame(), "next");
}

// Far more answers than the kernel's buffers and the limit on unsent bytes hold, before the first is read.
TEST(Tcp, LosesNoAnswerWhenTheClientReadsLate) {
  constexpr int kQueries = 200;
  RunningWorker running;
  const LoopbackClient client = running.connect();
  std::string all;
  for (int index = 0; index < kQueries; ++index) {
    all += frame("big" + std::to_string(index));
  }
  client.send(all);
  const LoopbackClient other = running.connect();
  other.send(frame("meanwhile"));
  EXPECT_EQ(other.receive_frame(), "meanwhile");
  for (int index = 0; index < kQueries; ++index) {
    const std::string answer = client.receive_frame();
    ASSERT_EQ(answer.size(), 60'000U) << index;
    ASSERT_EQ(answer.substr(0, answer.find('.')), "big" + std::to_string(index));
  }
}

TEST(Tcp, EndsAtALengthOfZero) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  client.send(frame("before") + std::string(2, '\0'));
  EXPECT_EQ(client.receive_frame(), "before");
  EXPECT_TRUE(client.is_ended_by_server());
}

// Closing at once would reset the connection, and the answer that is still under way would be lost.
TEST(Tcp, EndsWithoutAResetThoughTheClientGoesOnSending) {
  TcpLimits limits;
  limits.queries = 1;
  RunningWorker running(limits);
  const LoopbackClient client = running.connect();
  client.send(frame("only") + std::string(100'000, 'x'));
  EXPECT_EQ(client.receive_frame(), "only");
  EXPECT_EQ(client.receive(), "") << "a FIN";
  client.send(std::string(100'000, 'x'));
  EXPECT_EQ(running.counters().tcp_queries.read(), 1U);
}

TEST(Tcp, AnswersWhatHasComeBeforeItEnds) {
  RunningWorker running;
  const LoopbackClient idle = running.connect();
  idle.send(frame("warm up"));
  EXPECT_EQ(idle.receive_frame(), "warm up");
  const LoopbackClient client = running.connect();
  client.send(frame("queued"));
  running.drain(seconds{10});
  EXPECT_EQ(client.receive_frame(), "queued");
  EXPECT_TRUE(client.is_ended_by_server());
  EXPECT_TRUE(idle.is_ended_by_server());
}

TEST(Tcp, WaitsInADrainForTheRestOfAQuery) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  const std::string query = frame("slow");
  client.send(frame("first") + query.substr(0, 3));
  EXPECT_EQ(client.receive_frame(), "first");
  std::thread draining([&running] { running.drain(seconds{10}); });
  client.send(query.substr(3));
  EXPECT_EQ(client.receive_frame(), "slow");
  EXPECT_TRUE(client.is_ended_by_server());
  draining.join();
}

TEST(Tcp, DoesNotWaitInADrainForLongerThanItMay) {
  RunningWorker running;
  const LoopbackClient client = running.connect();
  client.send(frame("first") + frame("never").substr(0, 3));
  EXPECT_EQ(client.receive_frame(), "first");
  running.drain(std::chrono::milliseconds{1});
  EXPECT_TRUE(client.is_ended_by_server());
}

}  // namespace
}  // namespace dnsd::net
