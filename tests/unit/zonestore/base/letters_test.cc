#include "zonestore/base/letters.h"

#include <string>

#include <gtest/gtest.h>

namespace zonestore {
namespace {

template <class Is>
std::string all_that(Is is) {
  std::string found;
  for (int byte = -128; byte < 128; ++byte) {
    if (is(static_cast<char>(byte))) {
      found += static_cast<char>(byte);
    }
  }
  return found;
}

TEST(Letters, AreThoseOfAsciiAlone) {
  const std::string digits = "0123456789";
  const std::string capital = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::string small = "abcdefghijklmnopqrstuvwxyz";
  EXPECT_EQ(all_that(is_digit), digits);
  EXPECT_EQ(all_that(is_small_letter), small);
  EXPECT_EQ(all_that(is_letter), capital + small);
  EXPECT_EQ(all_that(is_letter_or_digit), digits + capital + small);
  EXPECT_EQ(all_that(is_small_letter_or_digit), digits + small);
}

}  // namespace
}  // namespace zonestore
