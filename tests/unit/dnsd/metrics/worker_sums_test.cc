#include "dnsd/metrics/worker_sums.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dnsd::metrics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string shown(const WorkerSums& sums, const std::vector<std::string>& zones) {
  zonestore::exposition::Exposition out;
  expose(sums, zones, out);
  return out.text();
}

TEST(WorkerSums, ShowsWhatWorkersHaveCounted) {
  WorkerCounters sockets;
  sockets.udp_queries.add(3);
  sockets.udp_batches.add(2);
  sockets.udp_batches.add(1);
  sockets.tcp_open.set(7);
  AnswerCounters answers;
  answers.tally.count_usual(Way::kUdpIpv6, Asker::kDnssecOk, 483, 1);
  WorkerSums sums;
  sums.add(sockets);
  sums.add(answers);
  const std::string text = shown(sums, {"a.example", "b.example"});
  for (const char* const line :
       {"dnsd_queries_total{transport=\"udp\",family=\"ipv6\",type=\"TXT\"} 1\n",
        "dnsd_answers_total{transport=\"udp\",rcode=\"NOERROR\"} 1\n",
        "dnsd_zone_answers_total{zone=\"a.example\",kind=\"positive\"} 0\n",
        "dnsd_zone_answers_total{zone=\"b.example\",kind=\"positive\"} 1\n", "dnsd_edns_queries_total 1\n",
        "dnsd_dnssec_ok_queries_total 1\n", "dnsd_cookies_total{state=\"none\"} 1\n",
        "dnsd_batch_queries_bucket{le=\"1\"} 1\n", "dnsd_batch_queries_bucket{le=\"2\"} 2\n",
        "dnsd_batch_queries_sum 3\n", "dnsd_tcp_connections 7\n",
        "dnsd_answer_size_bytes_bucket{transport=\"udp\",le=\"256\"} 0\n",
        "dnsd_answer_size_bytes_bucket{transport=\"udp\",le=\"512\"} 1\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(WorkerSums, NamesOtherZonesOnlyWhereThereMayBeSome) {
  EXPECT_THAT(shown({}, {"a.example"}), Not(HasSubstr("zone=\"other\"")));
  EXPECT_THAT(shown({}, std::vector<std::string>(63, "x.example")), HasSubstr("zone=\"other\""));
}

TEST(WorkerSums, TellsAnAnswerThatSlippedFromOneThatWasTooLong) {
  AnswerCounters answers;
  answers.limited_slipped.add(2);
  for (int count = 0; count < 5; ++count) {
    answers.tally.count_answer(Way::kUdpIpv4, CountedRcode::kNoError, true, 60);
  }
  WorkerSums sums;
  sums.add(answers);
  const std::string text = shown(sums, {});
  EXPECT_THAT(text, HasSubstr("dnsd_answers_truncated_total{reason=\"size\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("dnsd_answers_truncated_total{reason=\"slip\"} 2\n"));
}

}  // namespace
}  // namespace dnsd::metrics
