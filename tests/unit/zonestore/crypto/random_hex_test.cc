#include "zonestore/crypto/random_hex.h"

#include <set>

#include <gmock/gmock.h>

namespace zonestore::crypto {
namespace {

using ::testing::MatchesRegex;

TEST(RandomHex, HasTheAskedLengthAndDiffers) {
  EXPECT_EQ(random_hex(0), "");
  EXPECT_THAT(random_hex(1), MatchesRegex("[0-9a-f]"));
  EXPECT_THAT(random_hex(7), MatchesRegex("[0-9a-f]+"));
  EXPECT_EQ(random_hex(7).size(), 7U);
  std::set<std::string> seen;
  for (int round = 0; round < 100; ++round) {
    seen.insert(random_hex(16));
  }
  EXPECT_EQ(seen.size(), 100U);
}

}  // namespace
}  // namespace zonestore::crypto
