#include "dnsd/util/latest.h"

#include <cstdint>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace dnsd::util {
namespace {

TEST(Latest, GivesTheFirstValueUntilAnotherIsPublished) {
  Latest<int> latest(1);
  const auto first = latest.current();
  EXPECT_EQ(*first.value, 1);
  EXPECT_EQ(first.generation, latest.generation());
  latest.publish(2);
  EXPECT_NE(first.generation, latest.generation());
  EXPECT_EQ(*latest.current().value, 2);
  EXPECT_EQ(latest.current().generation, latest.generation());
}

TEST(Latest, ValueLivesAsLongAsAReaderHoldsIt) {
  Latest<std::string> latest("first");
  const auto held = latest.current();
  latest.publish("second");
  EXPECT_EQ(*held.value, "first");
  EXPECT_EQ(held.value.use_count(), 1);
}

TEST(Latest, ReaderOnAnotherThreadSeesValueAndGenerationTogether) {
  constexpr int kLast = 1000;
  Latest<int> latest(0);
  const std::uint64_t first_generation = latest.generation();
  std::thread writer([&latest] {
    for (int value = 1; value <= kLast; ++value) {
      latest.publish(value);
    }
  });
  int seen = 0;
  while (seen < kLast) {
    const auto now = latest.current();
    EXPECT_EQ(now.generation - first_generation, static_cast<std::uint64_t>(*now.value));
    seen = *now.value;
  }
  writer.join();
}

}  // namespace
}  // namespace dnsd::util
