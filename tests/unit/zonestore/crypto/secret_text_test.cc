#include "zonestore/crypto/secret_text.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

namespace zonestore::crypto {
namespace {

// That what a string gives back is wiped is seen in the memory of a process: tests/system/secrets_test.py.
TEST(SecretText, WipesEachByte) {
  std::array<char, 40> bytes{};
  bytes.fill('k');
  wipe(bytes.data() + 1, bytes.size() - 2);
  EXPECT_EQ(bytes.front(), 'k');
  EXPECT_EQ(bytes.back(), 'k');
  EXPECT_EQ(std::count(bytes.begin(), bytes.end(), '\0'), 38);
}

TEST(SecretText, IsAStringThatGrowsAndMoves) {
  SecretText text("a key that is longer than what a string keeps within itself");
  text += std::string_view(", and grows");
  const SecretText moved = std::move(text);
  EXPECT_EQ(moved, "a key that is longer than what a string keeps within itself, and grows");
}

}  // namespace
}  // namespace zonestore::crypto
