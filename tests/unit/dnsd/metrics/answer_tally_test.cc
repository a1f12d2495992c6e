#include "dnsd/metrics/answer_tally.h"

#include <gtest/gtest.h>

namespace dnsd::metrics {
namespace {

TallySums sums_of(const AnswerTally& tally) {
  TallySums sums;
  tally.add_to(sums);
  return sums;
}

TEST(AnswerTally, TakesTheUsualAnswerApartIntoWhatTheOthersCount) {
  for (std::size_t way = 0; way < kWays; ++way) {
    for (std::size_t asker = 0; asker < kAskers; ++asker) {
      for (const std::size_t bytes : {1U, 128U, 129U, 483U, 512U, 513U, 1232U, 1233U, 4096U}) {
        AnswerTally usual;
        usual.count_usual(Way{static_cast<std::uint8_t>(way)}, Asker{static_cast<std::uint8_t>(asker)}, bytes, 5);
        AnswerTally general;
        general.count_query(Way{static_cast<std::uint8_t>(way)}, AskedType::kTxt,
                            Asker{static_cast<std::uint8_t>(asker)}, Cookie::kNone);
        general.count_answer(Way{static_cast<std::uint8_t>(way)}, CountedRcode::kNoError, false, bytes);
        general.count_zone(5, ZoneAnswer::kPositive);
        const TallySums left = sums_of(usual);
        const TallySums right = sums_of(general);
        EXPECT_EQ(left.queries, right.queries) << way;
        EXPECT_EQ(left.answers, right.answers) << way;
        EXPECT_EQ(left.askers, right.askers) << asker;
        EXPECT_EQ(left.sizes, right.sizes) << bytes;
        EXPECT_EQ(left.zones, right.zones);
      }
    }
  }
}

TEST(AnswerTally, PutsALengthIntoTheFirstBucketThatHoldsIt) {
  EXPECT_EQ(size_bucket(12), 0U);
  EXPECT_EQ(size_bucket(128), 0U);
  EXPECT_EQ(size_bucket(129), 1U);
  EXPECT_EQ(size_bucket(1232), 3U);
  EXPECT_EQ(size_bucket(4097), 5U);
  EXPECT_EQ(size_bucket(65535), 5U);
}

TEST(AnswerTally, GivesTypesAndCodesThatNobodyAsksForOnePlaceTogether) {
  EXPECT_EQ(asked_type(16), AskedType::kTxt);
  EXPECT_EQ(asked_type(99), AskedType::kOther);
  EXPECT_EQ(asked_type(65535), AskedType::kOther);
  EXPECT_EQ(counted_rcode(16), CountedRcode::kBadVers);
  EXPECT_EQ(counted_rcode(23), CountedRcode::kOther);
}

TEST(AnswerTally, IsSummedOverWorkers) {
  AnswerTally one;
  AnswerTally two;
  one.count_usual(Way::kUdpIpv4, Asker::kEdns, 483, 0);
  two.count_usual(Way::kUdpIpv4, Asker::kEdns, 100, 0);
  two.count_answer(Way::kTcpIpv6, CountedRcode::kRefused, false, 40);
  TallySums sums;
  one.add_to(sums);
  two.add_to(sums);
  EXPECT_EQ(sums.answers[0][0][0], 2U);
  EXPECT_EQ(sums.answers[1][static_cast<std::size_t>(CountedRcode::kRefused)][0], 1U);
  EXPECT_EQ(sums.zones[0][0], 2U);
}

TEST(BatchCounts, HaveABucketForEachPowerOfTwo) {
  BatchCounts counts;
  for (const std::size_t datagrams : {1U, 2U, 3U, 4U, 5U, 33U, 64U}) {
    counts.add(datagrams);
  }
  const std::array<std::uint64_t, kBatchBuckets> expected{1, 1, 2, 1, 0, 0, 2};
  for (std::size_t bucket = 0; bucket < kBatchBuckets; ++bucket) {
    EXPECT_EQ(counts.batches[bucket].read(), expected[bucket]) << bucket;
  }
}

}  // namespace
}  // namespace dnsd::metrics
