#include "zonestore/base/joined.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace zonestore {
namespace {

using Words = std::vector<std::string>;

TEST(Joined, PutsItBetweenTheTextsAndNowhereElse) {
  EXPECT_EQ(joined(Words{}, ", "), "");
  EXPECT_EQ(joined(Words{"one"}, ", "), "one");
  EXPECT_EQ(joined(Words{"one", "two", "three"}, ", "), "one, two, three");
  EXPECT_EQ(joined(Words{"", "two", ""}, "."), ".two.") << "an empty text is one, too";
}

TEST(Joined, TakesTheTextOfEachByAFunction) {
  EXPECT_EQ(joined(std::array{1, 2}, "; ", [](int number) { return std::to_string(number); }), "1; 2");
}

TEST(Joined, NamesTheFirstAndCountsTheRest) {
  const Words words{"mosa", "nova", "opus"};
  EXPECT_EQ(joined_first(words, 3), "mosa, nova, opus");
  EXPECT_EQ(joined_first(words, 2), "mosa, nova and 1 more");
  EXPECT_EQ(joined_first(Words{}, 2), "");
  EXPECT_EQ(joined_first(words, 1, [](const std::string& word) { return word + "!"; }), "mosa! and 2 more");
}

TEST(Joined, AppendsToATextThatGrows) {
  std::string text;
  append_joined(text, "; ", "one");
  append_joined(text, "; ", "two");
  EXPECT_EQ(text, "one; two");
}

}  // namespace
}  // namespace zonestore
