#include "zonestore/base/nearest_word.h"

#include <gtest/gtest.h>

namespace zonestore {
namespace {

TEST(NearestWord, IsTwoLettersOffAtMostAndLessThanHalfOfTheWord) {
  const std::vector<std::string> words{"listen", "workers", "slip"};
  EXPECT_EQ(nearest_word("wrokers", words), "workers");
  EXPECT_EQ(nearest_word("lisen", words), "listen");
  EXPECT_EQ(nearest_word("sl", words), std::nullopt);
  EXPECT_EQ(nearest_word(std::string(1'000'000, 'l'), words), std::nullopt);
}

}  // namespace
}  // namespace zonestore
