#include "dnsd/metrics/counters.h"

#include <thread>

#include <gtest/gtest.h>

#include "dnsd/metrics/answer_tally.h"
#include "dnsd/metrics/catalogue.h"

namespace dnsd::metrics {
namespace {

TEST(Counters, AreSummedOverWorkers) {
  WorkerCounters one;
  WorkerCounters two;
  one.udp_queries.add(3);
  one.tcp_queries.add();
  one.udp_answers.add(2);
  two.udp_queries.add(4);
  two.tcp_answers.add(5);
  two.udp_dropped.add();
  two.udp_oversized.add(6);
  two.udp_truncated.add(11);
  two.udp_broadcast.add(12);
  two.tcp_connections.add(7);
  two.tcp_refused_address.add(8);
  two.tcp_evicted.add(9);
  two.tcp_timed_out.add(10);
  Totals totals;
  totals.add(one);
  totals.add(two);
  EXPECT_EQ(totals.sum("dnsd_messages_received_total"), 8U);
  EXPECT_EQ(totals.sum("dnsd_messages_sent_total"), 7U);
  EXPECT_EQ(totals.of(&SocketCounts::udp_dropped), 1U);
  EXPECT_EQ(totals.of(&SocketCounts::udp_oversized), 6U);
  EXPECT_EQ(totals.of(&SocketCounts::udp_truncated), 11U);
  EXPECT_EQ(totals.of(&SocketCounts::udp_broadcast), 12U);
  EXPECT_EQ(totals.of(&SocketCounts::tcp_connections), 7U);
  EXPECT_EQ(totals.of(&SocketCounts::tcp_refused_address), 8U);
  EXPECT_EQ(totals.of(&SocketCounts::tcp_evicted), 9U);
  EXPECT_EQ(totals.of(&SocketCounts::tcp_timed_out), 10U);
}

TEST(Counters, AreSummedOverHandlers) {
  AnswerCounters one;
  AnswerCounters two;
  one.limited_dropped.add(3);
  two.limited_dropped.add(4);
  two.limited_slipped.add(5);
  Totals totals;
  totals.add(one);
  totals.add(two);
  EXPECT_EQ(totals.of(&AnswerCounts::limited_dropped), 7U);
  EXPECT_EQ(totals.of(&AnswerCounts::limited_slipped), 5U);
}

TEST(Counters, MayBeReadWhileTheirWriterWrites) {
  constexpr std::uint64_t kTimes = 100'000;
  WorkerCounters counters;
  std::thread writer([&counters] {
    for (std::uint64_t count = 0; count < kTimes; ++count) {
      counters.udp_queries.add();
    }
  });
  std::uint64_t last = 0;
  while (last < kTimes) {
    const std::uint64_t now = counters.udp_queries.read();
    ASSERT_GE(now, last);
    last = now;
  }
  writer.join();
  EXPECT_EQ(counters.udp_queries.read(), kTimes);
}

TEST(Counters, OfTwoWorkersShareNoCacheLine) {
  EXPECT_EQ(sizeof(WorkerCounters) % 64, 0U);
  EXPECT_EQ(sizeof(AnswerCounters) % 64, 0U);
}

}  // namespace
}  // namespace dnsd::metrics
