// What a TCP client may cost: each limit, with a short setting.

#include <optional>
#include <string>
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

// A worker whose limits are out of reach, but for those that a test sets before it starts it.
class TcpLimit : public ::testing::Test {
 protected:
  TcpLimit() {
    limits_.idle = limits_.idle_when_half_full = limits_.message = limits_.write = limits_.lifetime = seconds{3600};
    limits_.queries = 1'000'000'000;
  }

  void start() { running_.emplace(limits_); }
  // Two connections, of which neither goes because of its age alone.
  void start_with_room_for_two() {
    limits_.connections = 2;
    start();
  }
  [[nodiscard]] LoopbackClient connect() const { return running_->connect(); }
  [[nodiscard]] const metrics::WorkerCounters& counters() const { return running_->counters(); }

  static void ask(const LoopbackClient& client, const std::string& query) {
    client.send(frame(query));
    EXPECT_EQ(client.receive_frame(), query);
  }
  // So many queries whose answers no socket takes at once.
  static void ask_for_much(const LoopbackClient& client, int queries) {
    std::string all;
    for (int index = 0; index < queries; ++index) {
      all += frame("big");
    }
    client.send(all);
  }

  TcpLimits limits_;
  std::optional<RunningWorker> running_;
};

TEST_F(TcpLimit, EndsAfterAsManyQueriesAsAreAllowed) {
  limits_.queries = 3;
  start();
  const LoopbackClient client = connect();
  client.send(frame("1") + frame("2") + frame("3") + frame("4") + frame("5"));
  EXPECT_EQ(client.receive_frame(), "1");
  EXPECT_EQ(client.receive_frame(), "2");
  EXPECT_EQ(client.receive_frame(), "3");
  EXPECT_TRUE(client.is_ended_by_server());
}

TEST_F(TcpLimit, EndsAnIdleConnection) {
  limits_.idle = seconds{1};
  start();
  const LoopbackClient client = connect();
  ask(client, "hello");
  EXPECT_TRUE(client.is_ended_by_server());
  EXPECT_EQ(counters().tcp_timed_out.read(), 1U);
}

TEST_F(TcpLimit, EndsIdleConnectionsSoonerWhenHalfFull) {
  limits_.connections = 2;
  limits_.idle_when_half_full = seconds{1};
  start();
  EXPECT_TRUE(connect().is_ended_by_server());
}

TEST_F(TcpLimit, EndsAQueryThatNeverEnds) {
  limits_.message = seconds{1};
  start();
  const LoopbackClient client = connect();
  client.send(frame("unfinished").substr(0, 5));
  EXPECT_TRUE(client.is_ended_by_server());
}

// The clock of a query runs from its first byte: bytes that drip in do not hold the connection.
TEST_F(TcpLimit, EndsAQueryThatDripsIn) {
  limits_.message = seconds{1};
  start();
  const LoopbackClient client = connect();
  const std::string query = frame(std::string(65'535, 'q'));
  client.send(query.substr(0, 1));
  std::size_t sent = 1;
  while (counters().tcp_timed_out.read() == 0) {
    ASSERT_LT(sent, 100U) << "ten seconds of drips";
    std::this_thread::sleep_for(milliseconds{100});
    ::send(client.descriptor(), query.data() + sent++, 1, MSG_NOSIGNAL);
  }
  EXPECT_TRUE(client.is_ended_by_server());
}

TEST_F(TcpLimit, GivesEachQueryItsTimeAgain) {
  limits_.message = seconds{2};
  start();
  const LoopbackClient client = connect();
  const std::string query = frame("in two halves");
  client.send(query.substr(0, 5));
  for (int times = 0; times < 2; ++times) {
    std::this_thread::sleep_for(milliseconds{1200});
    client.send(query.substr(5) + query.substr(0, 5));
    EXPECT_EQ(client.receive_frame(), "in two halves");
  }
}

TEST_F(TcpLimit, EndsAConnectionThatHasLivedItsLife) {
  limits_.lifetime = seconds{1};
  start();
  EXPECT_TRUE(connect().is_ended_by_server());
}

TEST_F(TcpLimit, EndsABusyConnectionAtTheEndOfItsLife) {
  limits_.lifetime = seconds{1};
  start();
  const auto began = std::chrono::steady_clock::now();
  const LoopbackClient client = connect();
  std::string answer = "again";
  while (answer == "again") {
    ASSERT_LT(std::chrono::steady_clock::now() - began, seconds{10});
    ::send(client.descriptor(), frame("again").data(), frame("again").size(), MSG_NOSIGNAL);
    answer = client.receive_frame();
  }
  EXPECT_GE(std::chrono::steady_clock::now() - began, seconds{1});
}

TEST_F(TcpLimit, EndsAConnectionWhoseClientReadsByDrips) {
  limits_.write = seconds{1};
  start();
  const LoopbackClient client = connect();
  ask_for_much(client, 400);
  for (int drips = 0; counters().tcp_timed_out.read() == 0; ++drips) {
    ASSERT_LT(drips, 100) << "ten seconds of drips";
    EXPECT_EQ(client.receive_bytes(1).size(), 1U);
    std::this_thread::sleep_for(milliseconds{100});
  }
  EXPECT_LT(counters().tcp_queries.read(), 400U);
}

TEST_F(TcpLimit, EndsAConnectionWhoseClientDoesNotRead) {
  limits_.write = seconds{1};
  start();
  const LoopbackClient client = connect();
  ask_for_much(client, 400);
  while (counters().tcp_timed_out.read() == 0) {
    std::this_thread::yield();
  }
  EXPECT_LT(counters().tcp_queries.read(), 400U) << "queries wait while answers are unsent";
}

// In a crowd: little may be unsent, in the kernel either.
class CrowdedTcpLimit : public TcpLimit {
 protected:
  CrowdedTcpLimit() {
    limits_.unsent_total_bytes = limits_.connections;  // 4,096 bytes for the only connection
  }
};

TEST_F(CrowdedTcpLimit, GivesAClientThatReadsLateAllAnswersInACrowdToo) {
  for (const char* const query : {"big", "small"}) {
    start();
    const LoopbackClient client = connect();
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

TEST_F(CrowdedTcpLimit, GivesAClientThatAsksOneByOneAllAnswersInACrowdToo) {
  start();
  const LoopbackClient client = connect();
  for (int index = 0; index < 1000; ++index) {
    client.send(frame(std::to_string(index)));
    ASSERT_EQ(client.receive_frame(), std::to_string(index));
  }
}

TEST_F(TcpLimit, RefusesOneConnectionTooManyFromAnAddress) {
  limits_.connections_per_address = 2;
  start();
  const LoopbackClient first = connect();
  ask(first, "first");
  {
    const LoopbackClient second = connect();
    ask(second, "second");
    EXPECT_TRUE(connect().is_ended_by_server());
    EXPECT_EQ(counters().tcp_refused_address.read(), 1U);
    second.shut_down_sending();
    EXPECT_TRUE(second.is_ended_by_server());
  }
  std::string answer;
  while (answer != "third") {  // until the server has noticed that the second has gone
    const LoopbackClient third = connect();
    ::send(third.descriptor(), frame("third").data(), frame("third").size(), MSG_NOSIGNAL);
    answer = third.receive_frame();
  }
}

TEST_F(TcpLimit, EndsTheLongestIdleConnectionWhenFull) {
  start_with_room_for_two();
  const LoopbackClient oldest = connect();
  ask(oldest, "a");
  const LoopbackClient younger = connect();
  ask(younger, "b");
  ask(oldest, "c");  // now the younger one has been idle longest
  const LoopbackClient newcomer = connect();
  ask(newcomer, "d");
  EXPECT_TRUE(younger.is_ended_by_server());
  ask(oldest, "e");
  EXPECT_EQ(counters().tcp_evicted.read(), 1U);
}

TEST_F(TcpLimit, EndsAnIdleConnectionBeforeOneThatIsAtWorkWhenFull) {
  start_with_room_for_two();
  const LoopbackClient at_work = connect();
  at_work.send(frame("first") + frame("second").substr(0, 4));
  EXPECT_EQ(at_work.receive_frame(), "first");
  const LoopbackClient idle = connect();
  ask(idle, "a");
  const LoopbackClient newcomer = connect();
  ask(newcomer, "b");
  EXPECT_TRUE(idle.is_ended_by_server());
  at_work.send(frame("second").substr(4));
  EXPECT_EQ(at_work.receive_frame(), "second");
}

TEST_F(TcpLimit, EndsTheOneThatHasTakenLongestWhenFullAndNoneIsIdle) {
  start_with_room_for_two();
  const LoopbackClient longest = connect();
  longest.send(frame("first") + "\1");
  EXPECT_EQ(longest.receive_frame(), "first");
  const LoopbackClient later = connect();
  later.send(frame("second") + frame("third").substr(0, 4));
  EXPECT_EQ(later.receive_frame(), "second");
  const LoopbackClient newcomer = connect();
  ask(newcomer, "b");
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

TEST_F(TcpLimit, TurnsClientsAwayWhenDescriptorsRunOutAndComesBack) {
  start();
  const LoopbackClient earlier = connect();
  ask(earlier, "earlier");
  {
    std::vector<zonestore::FileDescriptor> used_up;
    const zonestore::FileDescriptor for_the_client(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const DescriptorLimit limit(static_cast<rlim_t>(for_the_client.get()) + 1);
    while (true) {  // descriptors below the limit that are still free
      zonestore::FileDescriptor next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
      if (!next.is_open()) {
        break;
      }
      used_up.push_back(std::move(next));
    }
    const_cast<zonestore::FileDescriptor&>(for_the_client).reset();
    const LoopbackClient turned_away = connect();
    EXPECT_TRUE(turned_away.is_ended_by_server());
    ask(earlier, "still here");
  }
  const LoopbackClient later = connect();
  ask(later, "later");
  running_->drain();
  EXPECT_THAT(running_->log_text(), ::testing::HasSubstr("event=accept_paused"));
}

}  // namespace
}  // namespace dnsd::net
