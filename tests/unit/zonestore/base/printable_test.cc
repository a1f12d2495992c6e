#include "zonestore/base/printable.h"

#include <gtest/gtest.h>

namespace zonestore {
namespace {

TEST(Printable, KeepsWhatCanBeSeenAsItIs) {
  EXPECT_EQ(printable("caf\xc3\xa9 \"x\" \\"), "caf\xc3\xa9 \"x\" \\");
  EXPECT_EQ(printable("\xe2\x82\xac \xf0\x9f\x94\x91"), "\xe2\x82\xac \xf0\x9f\x94\x91");
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, ShowsControlBytes) {
  EXPECT_EQ(printable("a\n\x1b[2J\x7f"), "a\\x0a\\x1b[2J\\x7f");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Printable, ShowsTheControlsThatTerminalsObeyAbove128AsOneByteAndAsUtf8) {
  for (int byte = 0x80; byte <= 0x9F; ++byte) {
    const std::string alone(1, static_cast<char>(byte));
    EXPECT_EQ(printable(alone).size(), 4U) << byte;
    EXPECT_EQ(printable("\xc2" + alone).size(), 8U) << byte;
  }
  EXPECT_EQ(printable("\x9b"
                      "2J"),
            "\\x9b2J");
  EXPECT_EQ(printable("\xc2\xa0"), "\xc2\xa0") << "the first that is no control";
}

TEST(Printable, ShowsWhatIsNoUtf8) {
  EXPECT_EQ(printable("caf\xe9"), "caf\\xe9") << "Latin-1";
  EXPECT_EQ(printable("\xc3("), "\\xc3(") << "a character cut short by another";
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82") << "and by the end";
  EXPECT_EQ(printable("\xc0\x8a"), "\\xc0\\x8a") << "a line feed in two bytes";
  EXPECT_EQ(printable("\xe0\x82\x9b"), "\\xe0\\x82\\x9b") << "a control in three";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half of a pair";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond U+10FFFF";
  EXPECT_EQ(printable("\xff\xfe"), "\\xff\\xfe");
}

TEST(Printable, ShowsWhatBreaksLinesOrTurnsTheDirectionOfText) {
  EXPECT_EQ(printable("a\xe2\x80\xa8"
                      "b"),
            "a\\xe2\\x80\\xa8b");
  EXPECT_EQ(printable("\xe2\x80\xae"), "\\xe2\\x80\\xae");
  EXPECT_EQ(printable("\xe2\x81\xa6"), "\\xe2\\x81\\xa6");
  EXPECT_EQ(printable("\xef\xbb\xbf"), "\\xef\\xbb\\xbf");
}

}  // namespace
}  // namespace zonestore
