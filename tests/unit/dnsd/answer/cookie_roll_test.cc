#include "dnsd/answer/cookie_roll.h"

#include <gtest/gtest.h>

namespace dnsd::answer {
namespace {

using namespace std::chrono_literals;

constexpr CookieRoll::Time kStart{1000s};
constexpr CookieSecret kFirst{1};
constexpr CookieSecret kSecond{2};
constexpr CookieSecret kThird{3};

TEST(CookieRoll, IsDueAfterADay) {
  CookieRoll roll(kFirst, kStart);
  EXPECT_FALSE(roll.is_due(kStart + 24h - 1s));
  EXPECT_TRUE(roll.is_due(kStart + 24h));
  (void)roll.roll(kSecond, kStart + 24h);
  EXPECT_FALSE(roll.is_due(kStart + 47h));
  EXPECT_TRUE(roll.is_due(kStart + 48h));
}

TEST(CookieRoll, AcceptsTheOldOneForItsHourAndForgetsItThen) {
  CookieRoll roll(kFirst, kStart);
  EXPECT_FALSE(roll.forget_old(kStart + 23h));
  EXPECT_EQ(roll.roll(kSecond, kStart + 24h), CookieSecrets({kSecond, kFirst}));
  EXPECT_FALSE(roll.forget_old(kStart + 25h + 4min));
  EXPECT_EQ(roll.forget_old(kStart + 25h + 5min), CookieSecrets({kSecond}));
  EXPECT_FALSE(roll.forget_old(kStart + 26h)) << "once";
  EXPECT_EQ(roll.roll(kThird, kStart + 48h), CookieSecrets({kThird, kSecond}));
}

TEST(CookieRoll, LeavesACookieGoodUntilItIsTooOldByItself) {
  const std::array<std::uint8_t, 4> address{192, 0, 2, 1};
  CookieHolder client{address, 100'000};
  const std::array<std::uint8_t, 8> client_cookie{7};
  const auto given = judge_cookie(CookieSecrets({kFirst}), client_cookie, client).answer;
  CookieRoll roll(kFirst, kStart);
  const CookieSecrets both = roll.roll(kSecond, kStart + 24h);
  client.unix_seconds += 3600;
  const auto judged = judge_cookie(both, given, client);
  EXPECT_EQ(judged.state, CookieState::kValid);
  EXPECT_EQ(judge_cookie(CookieSecrets({kSecond}), judged.answer, client).state, CookieState::kValid)
      << "and is replaced by one with the new secret";
  client.unix_seconds += 1;
  EXPECT_EQ(judge_cookie(both, given, client).state, CookieState::kInvalid);
}

}  // namespace
}  // namespace dnsd::answer
