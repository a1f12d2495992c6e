#include "zonestore/base/file_text.h"

#include <gtest/gtest.h>

namespace zonestore {
namespace {

TEST(FileText, AByteOrderMarkIsNoText) {
  EXPECT_EQ(without_byte_order_mark("\xEF\xBB\xBF"
                                    "code"),
            "code");
  EXPECT_EQ(without_byte_order_mark("code\xEF\xBB\xBF"), "code\xEF\xBB\xBF");
  EXPECT_EQ(without_byte_order_mark("\xEF\xBB"), "\xEF\xBB");
  EXPECT_EQ(without_byte_order_mark(""), "");
}

TEST(FileText, WhatIsNotUnderstoodIsToldByPlaceAndLengthAlone) {
  EXPECT_EQ(not_understood("word 2", "secret", "mail domain"), "word 2: 6 bytes that are no mail domain");
  EXPECT_EQ(not_understood("", "s", "column", "it is short"), "one byte that is no column: it is short");
}

}  // namespace
}  // namespace zonestore
