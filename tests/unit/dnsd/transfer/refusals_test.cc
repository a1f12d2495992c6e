#include "dnsd/transfer/refusals.h"

#include <vector>

#include <gtest/gtest.h>

namespace dnsd::transfer {
namespace {

using std::chrono::seconds;
using Address = std::vector<std::uint8_t>;

class RefusalsTest : public ::testing::Test {
 protected:
  std::optional<std::uint64_t> note(const Address& address) { return refusals_.note(address, now_); }

  Refusals refusals_;
  Refusals::Time now_{std::chrono::hours{1}};
};

TEST_F(RefusalsTest, PrefixIsSaidOnceAMinute) {
  EXPECT_EQ(note({192, 0, 2, 1}), 0U);
  EXPECT_EQ(note({192, 0, 2, 1}), std::nullopt);
  EXPECT_EQ(note({192, 0, 2, 99}), std::nullopt);
  now_ += seconds{59};
  EXPECT_EQ(note({192, 0, 2, 1}), std::nullopt);
  now_ += seconds{1};
  EXPECT_EQ(note({192, 0, 2, 1}), 3U) << "with what was not said";
}

TEST_F(RefusalsTest, FamiliesAndPrefixesAreApart) {
  EXPECT_EQ(note({192, 0, 2, 1}), 0U);
  EXPECT_EQ(note({192, 0, 3, 1}), 0U);
  Address six(16, 0);
  six[0] = 192;
  six[2] = 2;
  EXPECT_EQ(note(six), 0U);
  six[7] = 1;
  EXPECT_EQ(note(six), std::nullopt) << "of the same /56";
  six[6] = 1;
  EXPECT_EQ(note(six), 1U);
}

TEST_F(RefusalsTest, ThereAreTenAMinuteInAll) {
  unsigned said = 0;
  for (unsigned client = 0; client < 1000; ++client) {
    said += note({10, static_cast<std::uint8_t>(client >> 8U), static_cast<std::uint8_t>(client), 1}) ? 1 : 0;
  }
  EXPECT_EQ(said, 10U);
  now_ += seconds{60};
  EXPECT_EQ(note({10, 0, 0, 1}), 990U);
}

}  // namespace
}  // namespace dnsd::transfer
