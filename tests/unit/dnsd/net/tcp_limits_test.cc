// What a TCP client may cost: each limit, with a short setting.

#include <thread>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/unit/dnsd/net/loopback.h"
#include "tests/unit/dnsd/net/running_worker.h"

namespace dnsd::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

LoopbackClient connect_to(const RunningWorker& running) {
  return LoopbackClient(SOCK_STREAM, running.address());
}

TEST(TcpLimit, EndsAfterAsManyQueriesAsAreAllowed) {
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

TEST(TcpLimit, EndsAnIdleConnection) {
  TcpLimits limits;
  limits.idle = seconds{1};
  RunningWorker running(limits);
  const LoopbackClient client = connect_to(running);
  client.send(frame("hello"));
  EXPECT_EQ(client.receive_frame(), "hello");
  EXPECT_TRUE(client.is_ended_by_server());
  EXPECT_EQ(running.counters().tcp_timed_out.read(), 1U);
}

TEST(TcpLimit, EndsIdleConnectionsSoonerWhenHalfFull) {
  TcpLimits limits;
  limits.connections = 2;
  limits.idle = seconds{3600};
  limits.idle_when_half_full = seconds{1};
  RunningWorker running(limits);
  EXPECT_TRUE(connect_to(running).is_ended_by_server());
}

TEST(TcpLimit, EndsAQueryThatNeverEnds) {
  TcpLimits limits;
  limits.message = seconds{1};
  limits.idle = seconds{3600};
  RunningWorker running(limits);
  const LoopbackClient client = connect_to(running);
  client.send(frame("unfinished").substr(0, 5));
  EXPECT_TRUE(client.is_ended_by_server());
}

// The clock of a query runs from its first byte: bytes that drip in do not hold the connection.
TEST(TcpLimit, EndsAQueryThatDripsIn) {
  TcpLimits limits;
  limits.message = seconds{1};
  limits.idle = seconds{3600};
  RunningWorker running(limits);
  const LoopbackClient client = connect_to(running);
  const std::string query = frame(std::string(65'535, 'q'));
  client.send(query.substr(0, 1));
  std::size_t sent = 1;
  while (running.counters().tcp_timed_out.read() == 0) {
    ASSERT_LT(sent, 100U) << "ten seconds of drips";
    std::this_thread::sleep_for(milliseconds{100});
    ::send(client.descriptor(), query.data() + sent++, 1, MSG_NOSIGNAL);
  }
  EXPECT_TRUE(client.is_ended_by_server());
}

TEST(TcpLimit, GivesEachQueryItsTimeAgain) {
  TcpLimits limits;
  limits.message = seconds{2};
  RunningWorker running(limits);
  const LoopbackClient client = connect_to(running);
  const std::string query = frame("in two halves");
  client.send(query.substr(0, 5));
  for (int times = 0; times < 2; ++times) {
    std::this_thread::sleep_for(milliseconds{1200});
    client.send(query.substr(5) + query.substr(0, 5));
    EXPECT_EQ(client.receive_frame(), "in two halves");
  }
}

TEST(TcpLimit, EndsAConnectionThatHasLivedItsLife) {
  TcpLimits limits;
  limits.lifetime = seconds{1};
  limits.idle = seconds{3600};
  RunningWorker running(limits);
  EXPECT_TRUE(connect_to(running).is_ended_by_server());
}

TEST(TcpLimit, EndsABusyConnectionAtTheEndOfItsLife) {
  TcpLimits limits;
  limits.queries = 1'000'000'000;
  limits.lifetime = seconds{1};
  RunningWorker running(limits);
  const auto began = std::chrono::steady_clock::now();
  const LoopbackClient client = connect_to(running);
  std::string answer = "again";
  while (answer == "again") {
    ASSERT_LT(std::chrono::steady_clock::now() - began, seconds{10});
    ::send(client.descriptor(), frame("again").data(), frame("again").size(), MSG_NOSIGNAL);
    answer = client.receive_frame();
  }
  EXPECT_GE(std::chrono::steady_clock::now() - began, seconds{1});
}

TEST(TcpLimit, EndsAConnectionWhoseClientReadsByDrips) {
  TcpLimits limits;
  limits.write = seconds{1};
  RunningWorker running(limits);
  const LoopbackClient client = connect_to(running);
  std::string all;
  for (int index = 0; index < 400; ++index) {
    all += frame("big");
  }
  client.send(all);
  for (int drips = 0; running.counters().tcp_timed_out.read() == 0; ++drips) {
    ASSERT_LT(drips, 100) << "ten seconds of drips";
    EXPECT_EQ(client.receive_bytes(1).size(), 1U);
    std::this_thread::sleep_for(milliseconds{100});
  }
  EXPECT_LT(running.counters().tcp_queries.read(), 400U);
}

TEST(TcpLimit, EndsAConnectionWhoseClientDoesNotRead) {
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

// In a crowd: little may be unsent, in the kernel either.
TcpLimits crowded() {
  TcpLimits limits;
  limits.unsent_total_bytes = limits.connections;  // 4,096 bytes for the only connection
  return limits;
}

TEST(TcpLimit, GivesAClientThatReadsLateAllAnswersInACrowdToo) {
  for (const char* const query : {"big", "small"}) {
    RunningWorker running(crowded());
    const LoopbackClient client = connect_to(running);
    std::string all;
    for (int index = 0; index < 300; ++index) {
      all += frame(query + std::to_string(index));
    }
    client.send(all);
    std::this_thread::sleep_for(milliseconds{200});
    for (int index = 0; index < 300; ++index) {
      const std::string answer = client.receive_frame();
      ASSERT_EQ(answer.substr(0, answer.find('.')), query + std::to_string(index));
    }
  }
}

TEST(TcpLimit, GivesAClientThatAsksOneByOneAllAnswersInACrowdToo) {
  RunningWorker running(crowded());
  const LoopbackClient client = connect_to(running);
  for (int index = 0; index < 1000; ++index) {
    client.send(frame(std::to_string(index)));
    ASSERT_EQ(client.receive_frame(), std::to_string(index));
  }
}

TEST(TcpLimit, RefusesOneConnectionTooManyFromAnAddress) {
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

TEST(TcpLimit, EndsTheLongestIdleConnectionWhenFull) {
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

TEST(TcpLimit, EndsAnIdleConnectionBeforeOneThatIsAtWorkWhenFull) {
  TcpLimits limits;
  limits.connections = 2;
  limits.idle_when_half_full = seconds{3600};
  limits.message = seconds{3600};
  RunningWorker running(limits);
  const LoopbackClient at_work = connect_to(running);
  at_work.send(frame("first") + frame("second").substr(0, 4));
  EXPECT_EQ(at_work.receive_frame(), "first");
  const LoopbackClient idle = connect_to(running);
  idle.send(frame("a"));
  EXPECT_EQ(idle.receive_frame(), "a");
  const LoopbackClient newcomer = connect_to(running);
  newcomer.send(frame("b"));
  EXPECT_EQ(newcomer.receive_frame(), "b");
  EXPECT_TRUE(idle.is_ended_by_server());
  at_work.send(frame("second").substr(4));
  EXPECT_EQ(at_work.receive_frame(), "second");
}

TEST(TcpLimit, EndsTheOneThatHasTakenLongestWhenFullAndNoneIsIdle) {
  TcpLimits limits;
  limits.connections = 2;
  limits.message = seconds{3600};
  RunningWorker running(limits);
  const LoopbackClient longest = connect_to(running);
  longest.send(frame("first") + "\1");
  EXPECT_EQ(longest.receive_frame(), "first");
  const LoopbackClient later = connect_to(running);
  later.send(frame("second") + frame("third").substr(0, 4));
  EXPECT_EQ(later.receive_frame(), "second");
  const LoopbackClient newcomer = connect_to(running);
  newcomer.send(frame("b"));
  EXPECT_EQ(newcomer.receive_frame(), "b");
  EXPECT_TRUE(longest.is_ended_by_server());
  later.send(frame("third").substr(4));
  EXPECT_EQ(later.receive_frame(), "third");
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

TEST(TcpLimit, TurnsClientsAwayWhenDescriptorsRunOutAndComesBack) {
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

}  // namespace
}  // namespace dnsd::net
