#include <chrono>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/resource.h>

#include "tests/unit/dnsd/net/loopback.h"
#include "tests/unit/dnsd/net/running_worker.h"

namespace dnsd::net {
namespace {

using std::chrono::seconds;

LoopbackClient connect_to(const RunningWorker& running) {
  return LoopbackClient(SOCK_STREAM, running.address());
}

TEST(Tcp, AnswersAQueryInItsFrame) {
  RunningWorker running;
  const LoopbackClient client = connect_to(running);
  client.send(frame("hello"));
  EXPECT_EQ(client.receive_frame(), "hello");
}

TEST(Tcp, AnswersOnTheSameConnectionAgain) {
  RunningWorker running;
  const LoopbackClient client = connect_to(running);
  for (const char* const query : {"one", "two", "three"}) {
    client.send(frame(query));
    EXPECT_EQ(client.receive_frame(), query);
  }
  EXPECT_EQ(running.counters().tcp_connections.read(), 1U);
}

TEST(Tcp, AnswersAQueryThatComesByteByByte) {
  RunningWorker running;
  const LoopbackClient client = connect_to(running);
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
  const LoopbackClient client = connect_to(running);
  std::string all;
  for (int index = 0; index < kQueries; ++index) {
    all += frame(std::to_string(index));
  }
  client.send(all);
  for (int index = 0; index < kQueries; ++index) {
    ASSERT_EQ(client.receive_frame(), std::to_string(index));
  }
}

TEST(Tcp, LeavesOutTheAnswerThatTheHandlerDoesNotGive) {
  RunningWorker running;
  const LoopbackClient client = connect_to(running);
  client.send(frame("silence") + frame("after"));
  EXPECT_EQ(client.receive_frame(), "after");
}

TEST(Tcp, TellsTheHandlerWhoAsks) {
  RunningWorker running({}, "[::1]:0");
  const LoopbackClient client = connect_to(running);
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
  const LoopbackClient first = connect_to(running);
  EXPECT_EQ(idle_of(first), "7000");
  {
    const LoopbackClient second = connect_to(running);
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
  const LoopbackClient client = connect_to(running);
  client.send(frame("last"));
  client.shut_down_sending();
  EXPECT_EQ(client.receive_frame(), "last");
  EXPECT_TRUE(client.is_ended_by_server());
}

TEST(Tcp, AnswersTheLongestQueryThereIs) {
  RunningWorker running;
  const LoopbackClient client = connect_to(running);
  const std::string longest(65535, 'q');
  client.send(frame(longest) + frame("next"));
  EXPECT_EQ(client.receive_frame(), longest);
  EXPECT_EQ(client.receive_frame(), "next");
}

// Far more answers than the kernel's buffers and the limit on unsent bytes hold, before the first is read.
TEST(Tcp, LosesNoAnswerWhenTheClientReadsLate) {
  constexpr int kQueries = 200;
  RunningWorker running;
  const LoopbackClient client = connect_to(running);
  std::string all;
  for (int index = 0; index < kQueries; ++index) {
    all += frame("big" + std::to_string(index));
  }
  client.send(all);
  const LoopbackClient other = connect_to(running);
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
  const LoopbackClient client = connect_to(running);
  client.send(frame("before") + std::string(2, '\0'));
  EXPECT_EQ(client.receive_frame(), "before");
  EXPECT_TRUE(client.is_ended_by_server());
}

TEST(Tcp, EndsAfterAsManyQueriesAsAreAllowed) {
  TcpLimits limits;
  limits.queries = 3;
  RunningWorker running(limits);
  const LoopbackClient client = connect_to(running);
  client.send(frame("1") + frame("2") + frame("3") + frame("4") + frame("5"));
  EXPECT_EQ(client.receive_frame(), "1");
  EXPECT_EQ(client.receive_frame(), "2");
  EXPECT_EQ(client.receive_frame(), "3");
  EXPECT_TRUE(client.is_ended_by_server());
}

TEST(Tcp, EndsAnIdleConnection) {
  TcpLimits limits;
  limits.idle = seconds{1};
  RunningWorker running(limits);
  const LoopbackClient client = connect_to(running);
  client.send(frame("hello"));
  EXPECT_EQ(client.receive_frame(), "hello");
  EXPECT_TRUE(client.is_ended_by_server());
  EXPECT_EQ(running.counters().tcp_timed_out.read(), 1U);
}

TEST(Tcp, EndsIdleConnectionsSoonerWhenHalfFull) {
  TcpLimits limits;
  limits.connections = 2;
  limits.idle = seconds{3600};
  limits.idle_when_half_full = seconds{1};
  RunningWorker running(limits);
  EXPECT_TRUE(connect_to(running).is_ended_by_server());
}

TEST(Tcp, EndsAQueryThatNeverEnds) {
  TcpLimits limits;
  limits.message = seconds{1};
  limits.idle = seconds{3600};
  RunningWorker running(limits);
  const LoopbackClient client = connect_to(running);
  client.send(frame("unfinished").substr(0, 5));
  EXPECT_TRUE(client.is_ended_by_server());
}

TEST(Tcp, EndsAConnectionThatHasLivedItsLife) {
  TcpLimits limits;
  limits.lifetime = seconds{1};
  limits.idle = seconds{3600};
  RunningWorker running(limits);
  EXPECT_TRUE(connect_to(running).is_ended_by_server());
}

TEST(Tcp, EndsAConnectionWhoseClientDoesNotRead) {
  TcpLimits limits;
  limits.write = seconds{1};
  RunningWorker running(limits);
  const LoopbackClient client = connect_to(running);
  std::string all;
  for (int index = 0; index < 400; ++index) {
    all += frame("big");
  }
  client.send(all);
  while (running.counters().tcp_timed_out.read() == 0) {
    std::this_thread::yield();
  }
  EXPECT_LT(running.counters().tcp_queries.read(), 400U) << "queries wait while answers are unsent";
}

TEST(Tcp, RefusesOneConnectionTooManyFromAnAddress) {
  TcpLimits limits;
  limits.connections_per_address = 2;
  RunningWorker running(limits);
  const LoopbackClient first = connect_to(running);
  first.send(frame("first"));
  EXPECT_EQ(first.receive_frame(), "first");
  {
    const LoopbackClient second = connect_to(running);
    second.send(frame("second"));
    EXPECT_EQ(second.receive_frame(), "second");
    EXPECT_TRUE(connect_to(running).is_ended_by_server());
    EXPECT_EQ(running.counters().tcp_refused.read(), 1U);
    second.shut_down_sending();
    EXPECT_TRUE(second.is_ended_by_server());
  }
  std::string answer;
  while (answer != "third") {  // until the server has noticed that the second has gone
    const LoopbackClient third = connect_to(running);
    ::send(third.descriptor(), frame("third").data(), frame("third").size(), MSG_NOSIGNAL);
    answer = third.receive_frame();
  }
}

TEST(Tcp, EndsTheLongestIdleConnectionWhenFull) {
  TcpLimits limits;
  limits.connections = 2;
  limits.idle_when_half_full = seconds{3600};
  limits.idle = seconds{3600};
  RunningWorker running(limits);
  const LoopbackClient oldest = connect_to(running);
  oldest.send(frame("a"));
  EXPECT_EQ(oldest.receive_frame(), "a");
  const LoopbackClient younger = connect_to(running);
  younger.send(frame("b"));
  EXPECT_EQ(younger.receive_frame(), "b");
  oldest.send(frame("c"));  // now the younger one has been idle longest
  EXPECT_EQ(oldest.receive_frame(), "c");
  const LoopbackClient newcomer = connect_to(running);
  newcomer.send(frame("d"));
  EXPECT_EQ(newcomer.receive_frame(), "d");
  EXPECT_TRUE(younger.is_ended_by_server());
  oldest.send(frame("e"));
  EXPECT_EQ(oldest.receive_frame(), "e");
  EXPECT_EQ(running.counters().tcp_evicted.read(), 1U);
}

// Puts the soft limit on descriptors back when it goes.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t soft) {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit lowered{soft, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &lowered), 0);
  }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  DescriptorLimit(DescriptorLimit&&) = delete;
  DescriptorLimit& operator=(DescriptorLimit&&) = delete;
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(Tcp, TurnsClientsAwayWhenDescriptorsRunOutAndComesBack) {
  RunningWorker running;
  const LoopbackClient earlier = connect_to(running);
  earlier.send(frame("earlier"));
  EXPECT_EQ(earlier.receive_frame(), "earlier");
  {
    std::vector<util::UniqueFd> used_up;
    const util::UniqueFd for_the_client(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const DescriptorLimit limit(static_cast<rlim_t>(for_the_client.get()) + 1);
    while (true) {  // descriptors below the limit that are still free
      util::UniqueFd next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
      if (!next.is_open()) {
        break;
      }
      used_up.push_back(std::move(next));
    }
    const_cast<util::UniqueFd&>(for_the_client).reset();
    const LoopbackClient turned_away = connect_to(running);
    EXPECT_TRUE(turned_away.is_ended_by_server());
    earlier.send(frame("still here"));
    EXPECT_EQ(earlier.receive_frame(), "still here");
  }
  const LoopbackClient later = connect_to(running);
  later.send(frame("later"));
  EXPECT_EQ(later.receive_frame(), "later");
  running.drain();
  EXPECT_THAT(running.log_text(), ::testing::HasSubstr("event=accept_paused"));
}

TEST(Tcp, AnswersWhatHasComeBeforeItEnds) {
  RunningWorker running;
  const LoopbackClient idle = connect_to(running);
  idle.send(frame("warm up"));
  EXPECT_EQ(idle.receive_frame(), "warm up");
  const LoopbackClient client = connect_to(running);
  client.send(frame("queued"));
  running.drain(seconds{10});
  EXPECT_EQ(client.receive_frame(), "queued");
  EXPECT_TRUE(client.is_ended_by_server());
  EXPECT_TRUE(idle.is_ended_by_server());
}

TEST(Tcp, WaitsInADrainForTheRestOfAQuery) {
  RunningWorker running;
  const LoopbackClient client = connect_to(running);
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
  const LoopbackClient client = connect_to(running);
  client.send(frame("first") + frame("never").substr(0, 3));
  EXPECT_EQ(client.receive_frame(), "first");
  running.drain(std::chrono::milliseconds{1});
  EXPECT_TRUE(client.is_ended_by_server());
}

}  // namespace
}  // namespace dnsd::net
