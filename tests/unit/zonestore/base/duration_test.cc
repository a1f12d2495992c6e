#include "zonestore/base/duration.h"

#include <gtest/gtest.h>

namespace zonestore {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsEachUnit) {
  EXPECT_EQ(parse_duration("1s"), 1s);
  EXPECT_EQ(parse_duration("10m"), 10min);
  EXPECT_EQ(parse_duration("96h"), 96h);
  EXPECT_EQ(parse_duration("7d"), 168h);
  EXPECT_EQ(parse_duration("2w"), 336h);
}

TEST(Duration, ReadsABareNumberAsSeconds) {
  EXPECT_EQ(parse_duration("3600"), 1h);
  EXPECT_EQ(parse_duration("0"), 0s);
  EXPECT_EQ(parse_duration("007"), 7s);
}

TEST(Duration, ReadsASumOfFallingUnits) {
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("1w1d1h1m1s"), 168h + 24h + 1h + 1min + 1s);
  EXPECT_EQ(parse_duration("0d5m"), 5min);
}

TEST(Duration, RefusesWhatIsNone) {
  for (const char* text : {"",    " ",   "m",    "10 m", " 10m", "10m ", "-1",   "-10m", "+5",    "1.5h",
                           "10x", "10M", "1h30", "1hh",  "5m1h", "5m5m", "0x10", "ten",  "1h-5m", "1h,5m"}) {
    const Result<Seconds> result = parse_duration(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalid) << text;
    EXPECT_NE(result.error().message.find(text), std::string::npos) << text;
    EXPECT_NE(result.error().hint.find("1h30m"), std::string::npos) << text;
  }
  EXPECT_FALSE(parse_duration(std::string_view("1\0h", 3)));
  EXPECT_FALSE(parse_duration(std::string_view()));
}

TEST(Duration, EndsAtTenYears) {
  EXPECT_EQ(parse_duration("3650d"), 87600h);
  EXPECT_EQ(parse_duration("315360000"), 87600h);
  for (const char* text : {"3650d1s", "3651d", "315360001", "1w3650d", "9223372036854775807s", "9223372036854775808",
                           "99999999999999999999999w", "9223372036854775807w"}) {
    const Result<Seconds> result = parse_duration(text);
    ASSERT_FALSE(result) << text;
    EXPECT_NE(result.error().message.find("ten years"), std::string::npos) << text;
  }
}

TEST(Duration, IsWrittenAsPeopleSayIt) {
  EXPECT_EQ(to_duration_text(0s), "0s");
  EXPECT_EQ(to_duration_text(59s), "59s");
  EXPECT_EQ(to_duration_text(10min), "10m");
  EXPECT_EQ(to_duration_text(90min), "1h30m");
  EXPECT_EQ(to_duration_text(96h), "4d");
  EXPECT_EQ(to_duration_text(168h), "7d");
  EXPECT_EQ(to_duration_text(24h + 1s), "1d1s");
  EXPECT_EQ(to_duration_text(-90min), "-1h30m");
}

TEST(Duration, SurvivesWritingAndReading) {
  for (std::int64_t seconds = 0; seconds < 400'000; seconds += 37) {
    EXPECT_EQ(parse_duration(to_duration_text(Seconds{seconds})), Seconds{seconds});
  }
}

}  // namespace
}  // namespace zonestore
