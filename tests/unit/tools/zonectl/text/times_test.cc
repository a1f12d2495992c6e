#include "tools/zonectl/text/times.h"

#include <gtest/gtest.h>

namespace zonectl {
namespace {

using std::chrono::sys_days;
using zonestore::Milliseconds;
using zonestore::Seconds;
using zonestore::WallTime;

constexpr WallTime kNoon = sys_days{std::chrono::year{2026} / 11 / 23} + std::chrono::hours{12};

TEST(SpanText, UsesTheTwoLargestUnits) {
  EXPECT_EQ(span_text(Seconds{0}), "0 s");
  EXPECT_EQ(span_text(Seconds{9}), "9 s");
  EXPECT_EQ(span_text(Seconds{850}), "14 min 10 s");
  EXPECT_EQ(span_text(Seconds{3600}), "1 h");
  EXPECT_EQ(span_text(Seconds{3605}), "1 h");
  EXPECT_EQ(span_text(Seconds{7 * 86400 + 4200}), "7 d 1 h");
}

TEST(DistanceText, RoundsSoThatADeadlineHasPassedWhenItSaysSo) {
  EXPECT_EQ(distance_text(kNoon + Milliseconds{1}, kNoon), "in 1 s");
  EXPECT_EQ(distance_text(kNoon, kNoon), "now");
  EXPECT_EQ(distance_text(kNoon - Milliseconds{999}, kNoon), "now");
  EXPECT_EQ(distance_text(kNoon - Seconds{60}, kNoon), "1 min ago");
}

TEST(Times, AreRfc3339InAPipe) {
  EXPECT_EQ(Times(kNoon, false).text(kNoon + Seconds{70}), "2026-11-23T12:01:10Z");
}

TEST(Times, AreWordsForAPerson) {
  EXPECT_EQ(Times(kNoon, true).text(kNoon + Seconds{70}), "2026-11-23 12:01:10 UTC, in 1 min 10 s");
  EXPECT_EQ(Times(kNoon, true).plain(kNoon), "2026-11-23 12:00:00 UTC");
}

TEST(ParseSince, TakesTimesInTheFormsThatPeopleWrite) {
  const WallTime expected = kNoon - std::chrono::hours{12} + Seconds{3723};
  EXPECT_EQ(*parse_since("2026-11-23T01:02:03Z", kNoon), expected);
  EXPECT_EQ(*parse_since("2026-11-23 01:02:03", kNoon), expected);
  EXPECT_EQ(*parse_since("2026-11-23", kNoon), kNoon - std::chrono::hours{12});
}

TEST(ParseSince, TakesADurationBackFromNow) {
  EXPECT_EQ(*parse_since("2h", kNoon), kNoon - std::chrono::hours{2});
  EXPECT_EQ(*parse_since("7d", kNoon), kNoon - std::chrono::days{7});
}

TEST(ParseSince, RefusesWhatIsNeither) {
  for (const char* text :
       {"", "yesterday", "2026-11", "2026-13-01", "2026-02-30", "2026-11-23T24:00:00Z", "2026-11-23T01:02:03+01:00",
        "2026-11-23T01:02", "2026-11-23x", "-2h", "2026-11-23T01:60:00"}) {
    const auto since = parse_since(text, kNoon);
    ASSERT_FALSE(since) << text;
    EXPECT_EQ(since.error().code, zonestore::ErrorCode::kInvalid);
    EXPECT_FALSE(since.error().hint.empty());
  }
}

}  // namespace
}  // namespace zonectl
