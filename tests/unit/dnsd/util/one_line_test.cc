#include "dnsd/util/one_line.h"

#include <gtest/gtest.h>

namespace dnsd::util {
namespace {

TEST(OneLine, ControlBytesAreShownAndAllElseIsKept) {
  EXPECT_EQ(on_one_line("a\n\x1b[2J\x7f"), "a\\x0a\\x1b[2J\\x7f");
  EXPECT_EQ(on_one_line("caf\xc3\xa9 \"x\" \\"), "caf\xc3\xa9 \"x\" \\");
  EXPECT_EQ(on_one_line(""), "");
}

}  // namespace
}  // namespace dnsd::util
