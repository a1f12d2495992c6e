#include "dnsd/config/hexadecimal.h"

#include <gtest/gtest.h>

namespace dnsd::config {
namespace {

using zonestore::Bytes;

TEST(Hexadecimal, ReadsTwoDigitsAByteInEitherCase) {
  EXPECT_EQ(parse_hexadecimal(""), Bytes());
  EXPECT_EQ(parse_hexadecimal("00ff7fA0"), (Bytes{0x00, 0xFF, 0x7F, 0xA0}));
}

TEST(Hexadecimal, RefusesOddAndOtherDigits) {
  for (const char* const bad : {"0", "abc", "0g", "g0", " 0", "0 ", "+1", "-1", "0x", "0.", "äb"}) {
    EXPECT_FALSE(parse_hexadecimal(bad)) << bad;
  }
}

}  // namespace
}  // namespace dnsd::config
