// The judge is BIND, in tests/system/zone_text_test.py.
#include "zonestore/zone/regular_expression.h"

#include <string>

#include <gtest/gtest.h>

namespace zonestore {
namespace {

TEST(RegularExpression, CountsItsGroups) {
  EXPECT_EQ(groups_of_expression("^.*$"), 0U);
  EXPECT_EQ(groups_of_expression("^(.*)@((a|b)+)$"), 3U);
  EXPECT_EQ(groups_of_expression("()[(]\\("), 1U);
  EXPECT_EQ(groups_of_expression("(a)\\1{2,4}b{3,}{c"), 1U);
  EXPECT_EQ(groups_of_expression("[]a-c[:alpha:][=x=][.-.]-]a)"), 0U);
}

TEST(RegularExpression, IsNoneWithALooseEnd) {
  for (const char* const text :
       {"",           "(",      "(a",      "a|",  "|a",     "(|a)",    "(a|)",       "*a",
        "a**",        "^*",     "a{2}{3}", "a{2", "a{4,2}", "a{256}",  "a{2,256}",   "a{2x}",
        "[",          "[]",     "[a",      "[^]", "[b-a]",  "[a-c-e]", "[[:nope:]]", "[a-[:alpha:]]",
        "[[:alpha:]", "[[.a.]", "\\",      "\\1", "(a)\\2"}) {
    EXPECT_EQ(groups_of_expression(text), std::nullopt) << text;
  }
}

TEST(RegularExpression, CostsNoMoreThanItsLength) {
  EXPECT_EQ(groups_of_expression("(((((a{255}){255}){255}){255}){255})"), 5U);
  EXPECT_EQ(groups_of_expression(std::string(100'000, '(')), std::nullopt);
}

}  // namespace
}  // namespace zonestore
