#include "tools/zonectl/text/suggestion.h"

#include <gtest/gtest.h>

namespace zonectl {
namespace {

const std::vector<std::string> kWords{"rotate", "remove", "show", "spf", "status"};

TEST(Nearest, FindsAWordWithALetterMissingChangedAddedOrSwapped) {
  EXPECT_EQ(nearest("rotat", kWords), "rotate");
  EXPECT_EQ(nearest("ritate", kWords), "rotate");
  EXPECT_EQ(nearest("rotatee", kWords), "rotate");
  EXPECT_EQ(nearest("rotaet", kWords), "rotate");
  EXPECT_EQ(nearest("sfp", kWords), "spf");
}

TEST(Nearest, SuggestsNothingForAWordThatIsFarFromAll) {
  EXPECT_EQ(nearest("frobnicate", kWords), std::nullopt);
  EXPECT_EQ(nearest("", kWords), std::nullopt);
  EXPECT_EQ(nearest("abc", kWords), std::nullopt);
}

TEST(Nearest, PrefersTheNearerOfTwo) {
  EXPECT_EQ(nearest("remov", {"removed", "remove"}), "remove");
}

}  // namespace
}  // namespace zonectl
