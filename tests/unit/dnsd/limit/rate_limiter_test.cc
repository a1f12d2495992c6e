#include "dnsd/limit/rate_limiter.h"

#include <gtest/gtest.h>

namespace dnsd::limit {
namespace {

using namespace std::chrono_literals;
using zonestore::Bytes;

constexpr RateLimiter::Key kKey{0x0123456789ABCDEF, 0xFEDCBA9876543210};
constexpr RateLimiter::Time kNow = 1000s;
constexpr Identity kTxt{1, 42};
const Bytes kClient{192, 0, 2, 1};
const Bytes kNeighbour{192, 0, 2, 254};
const Bytes kStranger{192, 0, 3, 1};

Bytes ipv6(std::initializer_list<std::uint8_t> begin, std::uint8_t last = 1) {
  Bytes address(begin);
  address.resize(16);
  address.back() = last;
  return address;
}

class RateLimiterTest : public ::testing::Test {
 protected:
  struct Counts {
    unsigned answers = 0;
    unsigned slips = 0;
    unsigned drops = 0;
  };

  [[nodiscard]] RateLimiter limiter() { return {settings_, table_, kKey}; }

  static Counts judge(RateLimiter& limiter, const Bytes& client, const Identity& identity, unsigned times) {
    Counts counts;
    for (unsigned index = 0; index < times; ++index) {
      switch (limiter.judge(client, identity, kNow).verdict) {
        case Verdict::kAnswer:
          ++counts.answers;
          break;
        case Verdict::kSlip:
          ++counts.slips;
          break;
        case Verdict::kDrop:
          ++counts.drops;
          break;
      }
    }
    return counts;
  }

  Settings settings_;
  BucketTable table_{settings_.table_bytes};
};

TEST_F(RateLimiterTest, CountsANetworkOfTwentyFourBitsAsOneClient) {
  RateLimiter limiter = this->limiter();
  EXPECT_EQ(judge(limiter, kClient, kTxt, 150).answers, 150U);
  EXPECT_EQ(judge(limiter, kNeighbour, kTxt, 150).answers, 50U);
  EXPECT_EQ(judge(limiter, kStranger, kTxt, 300).answers, 200U);
}

TEST_F(RateLimiterTest, CountsAnIPv6NetworkOfFiftySixBitsAsOneClient) {
  RateLimiter limiter = this->limiter();
  EXPECT_EQ(judge(limiter, ipv6({0x20, 1, 0xD, 0xB8, 0, 1, 2, 0}), kTxt, 150).answers, 150U);
  EXPECT_EQ(judge(limiter, ipv6({0x20, 1, 0xD, 0xB8, 0, 1, 2, 0xFF}, 9), kTxt, 150).answers, 50U);
  EXPECT_EQ(judge(limiter, ipv6({0x20, 1, 0xD, 0xB8, 0, 1, 3, 0}), kTxt, 300).answers, 200U);
}

TEST_F(RateLimiterTest, KeepsTheTwoFamiliesApart) {
  RateLimiter limiter = this->limiter();
  EXPECT_EQ(judge(limiter, Bytes{32, 1, 13, 0}, kTxt, 300).answers, 200U);
  EXPECT_EQ(judge(limiter, ipv6({32, 1, 13, 0}), kTxt, 300).answers, 200U);
}

TEST_F(RateLimiterTest, TakesOtherPrefixLengthsUpToTheWholeOfSixtyFourBits) {
  settings_.ipv4_prefix_bits = 32;
  settings_.ipv6_prefix_bits = 64;
  RateLimiter limiter = this->limiter();
  EXPECT_EQ(judge(limiter, kClient, kTxt, 300).answers, 200U);
  EXPECT_EQ(judge(limiter, kNeighbour, kTxt, 300).answers, 200U);
  EXPECT_EQ(judge(limiter, ipv6({0x20, 1, 0, 0, 0, 0, 0, 1}), kTxt, 300).answers, 200U);
  EXPECT_EQ(judge(limiter, ipv6({0x20, 1, 0, 0, 0, 0, 0, 2}), kTxt, 300).answers, 200U);
  EXPECT_EQ(judge(limiter, ipv6({0x20, 1, 0, 0, 0, 0, 0, 2}, 7), kTxt, 300).answers, 0U);
}

TEST_F(RateLimiterTest, CountsDifferentAnswersApart) {
  RateLimiter limiter = this->limiter();
  EXPECT_EQ(judge(limiter, kClient, kTxt, 300).answers, 200U);
  EXPECT_EQ(judge(limiter, kClient, Identity{kTxt.kind, kTxt.value + 1}, 300).answers, 200U);
  EXPECT_EQ(judge(limiter, kClient, Identity{kTxt.kind + 1, kTxt.value}, 300).answers, 200U);
}

TEST_F(RateLimiterTest, LetsEverySecondLimitedAnswerSlip) {
  RateLimiter limiter = this->limiter();
  const Counts counts = judge(limiter, kClient, kTxt, 1200);
  EXPECT_EQ(counts.answers, 200U);
  EXPECT_EQ(counts.slips, 500U);
  EXPECT_EQ(counts.drops, 500U);
}

TEST_F(RateLimiterTest, SlipsAsOftenAsItIsTold) {
  constexpr std::pair<unsigned, unsigned> kSlipsAtRatio[] = {{0, 0}, {1, 100}, {4, 25}};
  for (const auto& [ratio, slips] : kSlipsAtRatio) {
    settings_.slip = ratio;
    BucketTable table(settings_.table_bytes);
    RateLimiter limiter(settings_, table, kKey);
    EXPECT_EQ(judge(limiter, kClient, kTxt, 300).slips, slips) << ratio;
  }
}

TEST_F(RateLimiterTest, SharesOneLimitAmongTheWorkers) {
  RateLimiter one = limiter();
  RateLimiter two = limiter();
  EXPECT_EQ(judge(one, kClient, kTxt, 120).answers, 120U);
  EXPECT_EQ(judge(two, kClient, kTxt, 120).answers, 80U);
  EXPECT_EQ(judge(one, kClient, kTxt, 120).answers, 0U);
}

// A flood with made-up senders: each gets its few answers, and the one that is limited stays so.
TEST_F(RateLimiterTest, HoldsALimitWhileAMillionOtherPrefixesAsk) {
  RateLimiter limiter = this->limiter();
  ASSERT_EQ(judge(limiter, kClient, kTxt, 300).answers, 200U);
  unsigned answers = 0;
  for (unsigned prefix = 0; prefix < 1'000'000; ++prefix) {
    const Bytes sender{static_cast<std::uint8_t>(1 + (prefix >> 16U)), static_cast<std::uint8_t>(prefix >> 8U),
                       static_cast<std::uint8_t>(prefix), 1};
    answers += limiter.judge(sender, kTxt, kNow).verdict == Verdict::kAnswer ? 1 : 0;
  }
  EXPECT_EQ(answers, 1'000'000U);
  EXPECT_EQ(judge(limiter, kClient, kTxt, 100).answers, 0U);
}

// A zone with many names would else be an amplifier with as many accounts.
TEST_F(RateLimiterTest, GivesAllAnswersToAPrefixTogetherTheirOwnLimit) {
  RateLimiter limiter = this->limiter();
  unsigned answers = 0;
  for (std::uint64_t name = 0; name < 120; ++name) {
    answers += judge(limiter, kClient, Identity{1, name}, 200).answers;
  }
  EXPECT_EQ(answers, 1000U);
  EXPECT_EQ(judge(limiter, kNeighbour, Identity{2, 7}, 10).answers, 0U) << "the prefix, whatever it asks";
  EXPECT_EQ(judge(limiter, kStranger, kTxt, 200).answers, 200U);
}

TEST_F(RateLimiterTest, TakesNoCreditOfAllForWhatIsNotSent) {
  RateLimiter limiter = this->limiter();
  ASSERT_EQ(judge(limiter, kClient, kTxt, 100'000).answers, 200U);
  EXPECT_EQ(judge(limiter, kClient, Identity{1, 43}, 300).answers, 200U);
}

TEST_F(RateLimiterTest, TakesNoCreditOfOneNameWhenThereIsNoneOfAll) {
  settings_.all_answers_per_second = 10;
  RateLimiter limiter = this->limiter();
  ASSERT_EQ(judge(limiter, kClient, Identity{1, 1}, 10).answers, 10U);
  ASSERT_EQ(judge(limiter, kClient, kTxt, 1000).answers, 0U);
  settings_.all_answers_per_second = 0;
  RateLimiter without = this->limiter();
  EXPECT_EQ(judge(without, kClient, kTxt, 300).answers, 200U);
}

TEST_F(RateLimiterTest, SaysWhichAccountIsSpent) {
  settings_.all_answers_per_second = 250;
  RateLimiter limiter = this->limiter();
  EXPECT_EQ(limiter.judge(kClient, kTxt, kNow).spent, Spent::kNone);
  (void)judge(limiter, kClient, kTxt, 199);
  EXPECT_EQ(limiter.judge(kClient, kTxt, kNow).spent, Spent::kEqualAnswers);
  (void)judge(limiter, kClient, Identity{1, 43}, 50);
  EXPECT_EQ(limiter.judge(kClient, Identity{1, 43}, kNow).spent, Spent::kAllAnswers);
}

TEST_F(RateLimiterTest, SharesTheLimitOfAllAmongTheWorkers) {
  RateLimiter one = limiter();
  RateLimiter two = limiter();
  unsigned answers = 0;
  for (std::uint64_t name = 0; name < 20; ++name) {
    answers += judge(one, kClient, Identity{1, name}, 100).answers;
    answers += judge(two, kClient, Identity{1, name}, 100).answers;
  }
  EXPECT_EQ(answers, 1000U);
}

TEST(RateLimitSettings, CountAllAnswersUnlessTheLimitIsOff) {
  Settings settings;
  EXPECT_EQ(settings.all_rate(), 1000U);
  settings.answers_per_second = 5000;
  EXPECT_EQ(settings.all_rate(), 5000U) << "who raised the one is not held back by the other's default";
  settings.all_answers_per_second = 2000;
  EXPECT_EQ(settings.all_rate(), 2000U);
  settings.all_answers_per_second = 0;
  EXPECT_EQ(settings.all_rate(), 0U);
  settings = {.answers_per_second = 0};
  EXPECT_FALSE(settings.is_on());
  EXPECT_EQ(settings.all_rate(), 0U);
}

TEST(Prefix, IsTheAddressWithoutItsHost) {
  const Settings settings;
  const Prefix four = prefix_of(kNeighbour, settings);
  EXPECT_EQ(four.network, 0xC000020000000000U);
  EXPECT_EQ(four.bits, 24U);
  EXPECT_FALSE(four.is_ipv6);
  const Prefix six = prefix_of(ipv6({0x20, 1, 0xD, 0xB8, 1, 2, 3, 4}), settings);
  EXPECT_EQ(six.network, 0x20010DB801020300U);
  EXPECT_EQ(six.bits, 56U);
  EXPECT_TRUE(six.is_ipv6);
}

}  // namespace
}  // namespace dnsd::limit
