#include "zonestore/zone/serial.h"

#include <gtest/gtest.h>

namespace zonestore {
namespace {

WallTime at(std::int64_t seconds_since_1970) {
  return WallTime(Seconds(seconds_since_1970));
}

TEST(Serial, IsBeforeInTheOrderOfRfc1982) {
  EXPECT_TRUE(is_before(Serial{1}, Serial{2}));
  EXPECT_FALSE(is_before(Serial{2}, Serial{1}));
  EXPECT_FALSE(is_before(Serial{7}, Serial{7}));
  EXPECT_TRUE(is_before(Serial{0xFFFF'FFFF}, Serial{0}));
  EXPECT_TRUE(is_before(Serial{0xFFFF'FFF0}, Serial{5}));
  EXPECT_TRUE(is_before(Serial{5}, Serial{5 + 0x7FFF'FFFFU}));
}

TEST(Serial, HalfWayAroundIsNeitherBeforeNorAfter) {
  EXPECT_FALSE(is_before(Serial{3}, Serial{3 + 0x8000'0000U}));
  EXPECT_FALSE(is_before(Serial{3 + 0x8000'0000U}, Serial{3}));
}

TEST(Serial, FollowsTheClock) {
  EXPECT_EQ(next_serial(Serial{1'700'000'000}, at(1'800'000'000)), Serial{1'800'000'000});
  EXPECT_EQ(next_serial(Serial{0}, WallTime(Milliseconds(1'800'000'000'999))), Serial{1'800'000'000});
}

TEST(Serial, RisesByOneWhenTheClockIsNotAhead) {
  EXPECT_EQ(next_serial(Serial{1'800'000'000}, at(1'800'000'000)), Serial{1'800'000'001});
  EXPECT_EQ(next_serial(Serial{1'800'000'005}, at(1'800'000'000)), Serial{1'800'000'006});
  EXPECT_EQ(next_serial(Serial{1'800'000'000}, at(-5)), Serial{1'800'000'001});
}

TEST(Serial, WrapsAround) {
  EXPECT_EQ(next_serial(Serial{0xFFFF'FFFF}, at(0)), Serial{0});
  EXPECT_EQ(next_serial(Serial{0xFFFF'FFF0}, at(0x1'0000'0000 + 100)), Serial{100});  // the year 2106
}

TEST(Serial, AlwaysRises) {
  for (std::uint64_t current = 0; current <= 0xFFFF'FFFF; current += 0x0123'4567) {
    for (std::int64_t now = 0; now <= 0x1'FFFF'FFFF; now += 0x0765'4321) {
      const Serial before{static_cast<std::uint32_t>(current)};
      ASSERT_TRUE(is_before(before, next_serial(before, at(now)))) << current << " at " << now;
    }
  }
}

}  // namespace
}  // namespace zonestore
