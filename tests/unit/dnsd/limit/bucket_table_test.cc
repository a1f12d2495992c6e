#include "dnsd/limit/bucket_table.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace dnsd::limit {
namespace {

using namespace std::chrono_literals;
using Time = BucketTable::Time;

constexpr Rate kRate(200);
constexpr unsigned kPerSecond = 200;
constexpr Time kStep = 5ms;
constexpr Time kStart = 1000s;
constexpr std::size_t kOneSet = 64;
constexpr std::size_t kOneMib = 1024U * 1024;
constexpr std::uint64_t kHash = 0xABCDE00000000000;

// In a table of one set every hash falls into it; the tag alone tells them apart.
std::uint64_t hash_with_tag(std::uint64_t tag) {
  return tag << 44U;
}

// How many of `times` answers at this moment have credit.
unsigned taken(BucketTable& table, std::uint64_t hash, Time now, unsigned times, const Rate& rate = kRate) {
  unsigned count = 0;
  for (unsigned index = 0; index < times; ++index) {
    count += table.take(hash, rate, now) ? 1 : 0;
  }
  return count;
}

TEST(BucketTable, GivesARestedClientOneSecondsAnswersAtOnce) {
  BucketTable table(kOneMib);
  EXPECT_EQ(taken(table, kHash, kStart, 1000), kPerSecond);
}

TEST(BucketTable, GivesCreditBackOneAnswerAtATime) {
  BucketTable table(kOneMib);
  ASSERT_EQ(taken(table, kHash, kStart, 1000), kPerSecond);
  EXPECT_FALSE(table.take(kHash, kRate, kStart + kStep - 1us));
  EXPECT_EQ(taken(table, kHash, kStart + kStep, 10), 1U);
  EXPECT_EQ(taken(table, kHash, kStart + 4 * kStep, 10), 3U);
}

TEST(BucketTable, LetsAFloodHaveItsRateAndNoMore) {
  BucketTable table(kOneMib);
  unsigned count = 0;
  for (Time now = kStart; now < kStart + 10s; now += 100us) {
    count += table.take(kHash, kRate, now) ? 1 : 0;
  }
  EXPECT_NEAR(count, kPerSecond + 10 * kPerSecond, 1);
}

TEST(BucketTable, NeverLimitsWhoKeepsToTheRate) {
  BucketTable table(kOneMib);
  for (Time now = kStart; now < kStart + 60s; now += kStep) {
    ASSERT_TRUE(table.take(kHash, kRate, now)) << now.count();
  }
}

TEST(BucketTable, HoldsOneSecondsAnswersHoweverLongTheRest) {
  BucketTable table(kOneMib);
  ASSERT_EQ(taken(table, kHash, kStart, 1000), kPerSecond);
  for (const Time rest : {Time{1s}, Time{24h}, Time{100 * 24h}, Time{150 * 24h}}) {
    EXPECT_EQ(taken(table, kHash, kStart + rest, 1000), kPerSecond) << rest.count();
  }
}

TEST(BucketTable, KeepsOneAccountForEachHash) {
  BucketTable table(kOneMib);
  ASSERT_EQ(taken(table, kHash, kStart, 1000), kPerSecond);
  EXPECT_EQ(taken(table, kHash + 1, kStart, 1000), kPerSecond) << "another set";
  EXPECT_EQ(taken(table, kHash + hash_with_tag(1), kStart, 1000), kPerSecond) << "the same set";
  EXPECT_FALSE(table.take(kHash, kRate, kStart));
}

TEST(BucketTable, TakesAnyRate) {
  for (const unsigned rate : {1U, 3U, 7U, 300U, 1'000'000U}) {
    BucketTable table(kOneSet);
    EXPECT_EQ(taken(table, kHash, kStart, rate + 10, Rate(rate)), rate);
    EXPECT_EQ(taken(table, kHash, kStart + 2s, rate + 10, Rate(rate)), rate);
  }
}

TEST(BucketTable, DoesNotTakeAWorkerThatIsBehindForAClientThatRested) {
  BucketTable table(kOneMib);
  ASSERT_EQ(taken(table, kHash, kStart, 1000), kPerSecond);
  EXPECT_EQ(taken(table, kHash, kStart - 4ms, 10), 0U);
  EXPECT_EQ(taken(table, kHash, kStart - 999ms, 10), 0U);
}

TEST(BucketTable, KeepsCountingWhenItsMomentsGoRound) {
  constexpr Time kRound{std::int64_t{1} << 44};
  BucketTable table(kOneMib);
  ASSERT_EQ(taken(table, kHash, kRound - 500ms, 1000), kPerSecond);
  EXPECT_EQ(taken(table, kHash, kRound + 100ms, 1000), 600ms / kStep);
  EXPECT_EQ(taken(table, kHash, kRound + 2s, 1000), kPerSecond);
}

TEST(BucketTable, AnswersEveryNewcomerHoweverFullItIs) {
  BucketTable table(kOneSet);
  ASSERT_EQ(BucketTable::buckets_in(kOneSet), 8U);
  for (std::uint64_t tag = 1; tag <= 10'000; ++tag) {
    ASSERT_TRUE(table.take(hash_with_tag(tag), kRate, kStart)) << tag;
  }
}

TEST(BucketTable, RemembersWhoIsLimitedHoweverManyNewcomersPass) {
  BucketTable table(kOneSet);
  ASSERT_EQ(taken(table, hash_with_tag(1), kStart, 1000), kPerSecond);
  for (std::uint64_t tag = 2; tag <= 10'000; ++tag) {
    ASSERT_TRUE(table.take(hash_with_tag(tag), kRate, kStart));
  }
  EXPECT_FALSE(table.take(hash_with_tag(1), kRate, kStart));
}

TEST(BucketTable, ReplacesFirstWhatIsFullAgain) {
  BucketTable table(kOneSet);
  for (std::uint64_t tag = 1; tag <= 7; ++tag) {
    ASSERT_EQ(taken(table, hash_with_tag(tag), kStart, 100), 100U);
  }
  ASSERT_TRUE(table.take(hash_with_tag(8), kRate, kStart));
  ASSERT_TRUE(table.take(hash_with_tag(9), kRate, kStart + kStep));  // takes the place of 8
  for (std::uint64_t tag = 1; tag <= 7; ++tag) {
    EXPECT_EQ(taken(table, hash_with_tag(tag), kStart + kStep, 1000), 101U) << tag;
  }
}

TEST(BucketTable, KeepsAccountsOfDifferentRatesBesideEachOther) {
  BucketTable table(kOneSet);
  const Rate fast(1000);
  EXPECT_EQ(taken(table, hash_with_tag(1), kStart, 2000, fast), 1000U);
  EXPECT_EQ(taken(table, hash_with_tag(2), kStart, 2000), 200U);
  EXPECT_EQ(taken(table, hash_with_tag(1), kStart + 100ms, 2000, fast), 100U);
  EXPECT_EQ(taken(table, hash_with_tag(2), kStart + 100ms, 2000), 20U);
}

TEST(BucketTable, WritesNothingForALook) {
  BucketTable table(kOneSet);
  for (int times = 0; times < 1000; ++times) {
    ASSERT_TRUE(table.look(kHash, kRate, kStart).has_credit());
  }
  EXPECT_EQ(taken(table, kHash, kStart, 1000), kPerSecond);
  EXPECT_FALSE(table.look(kHash, kRate, kStart).has_credit());
}

TEST(BucketTable, TakesWhatWasSeenOnlyIfItIsStillThere) {
  BucketTable table(kOneSet);
  ASSERT_EQ(taken(table, kHash, kStart, kPerSecond - 2), kPerSecond - 2);
  BucketTable::Look one = table.look(kHash, kRate, kStart);
  BucketTable::Look two = table.look(kHash, kRate, kStart);
  BucketTable::Look three = table.look(kHash, kRate, kStart);
  ASSERT_TRUE(three.has_credit());
  EXPECT_TRUE(table.take(one));
  EXPECT_TRUE(table.take(two));
  EXPECT_FALSE(table.take(three));
}

TEST(BucketTable, HasAsManySetsAsFitAndAtLeastOne) {
  EXPECT_EQ(BucketTable::buckets_in(kOneMib), 131'072U);
  EXPECT_EQ(BucketTable::buckets_in(kOneMib + 4096), 131'072U);
  EXPECT_EQ(BucketTable::buckets_in(kOneMib - 1), 65'536U);
  EXPECT_EQ(BucketTable::buckets_in(0), 8U);
}

TEST(BucketTable, KeepsOneAccountOverAllWorkers) {
  constexpr unsigned kWorkers = 4;
  BucketTable table(kOneMib);
  std::atomic<unsigned> total{0};
  std::vector<std::thread> workers;
  for (unsigned worker = 0; worker < kWorkers; ++worker) {
    workers.emplace_back([&table, &total] { total += taken(table, kHash, kStart, 40'000, Rate(50'000)); });
  }
  for (std::thread& worker : workers) {
    worker.join();
  }
  EXPECT_EQ(total, 50'000U);
}

}  // namespace
}  // namespace dnsd::limit
