#include "tools/zonectl/text/terminal.h"

#include <gtest/gtest.h>

namespace zonectl {
namespace {

TEST(Terminal, StylesTextOnlyWhereThereIsColour) {
  EXPECT_EQ((Terminal{true, true, 80}.styled(Style::kBad, "refused")), "\x1b[31mrefused\x1b[0m");
  EXPECT_EQ((Terminal{true, false, 80}.styled(Style::kBad, "refused")), "refused");
}

TEST(Terminal, AddsNoEscapesAroundPlainOrEmptyText) {
  const Terminal colour{true, true, 80};
  EXPECT_EQ(colour.styled(Style::kPlain, "text"), "text");
  EXPECT_EQ(colour.styled(Style::kBold, ""), "");
}

TEST(Printable, KeepsPlainTextAndUtf8) {
  EXPECT_EQ(printable("Zoë said: \"go\""), "Zoë said: \"go\"");
}

TEST(Printable, WritesControlCharactersSoThatTheyCannotDriveATerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(printable("a\nb\x7f"), "a\\x0ab\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J"),
            "\\xc2\\x9b2J");  // CSI as one character
  EXPECT_EQ(printable("\x9b"
                      "2J"),
            "\\x9b2J");  // and as the one byte that it is for a terminal without UTF-8
}

TEST(Wrapped, BreaksAtSpacesAndIndentsWhatFollows) {
  EXPECT_EQ(wrapped("one two three", 7, "  "), "one two\n  three");
}

TEST(Wrapped, LeavesAWordWholeThatIsTooLong) {
  EXPECT_EQ(wrapped("a incomprehensible b", 5, ""), "a\nincomprehensible\nb");
}

TEST(Wrapped, LeavesAShortTextAlone) {
  EXPECT_EQ(wrapped("one two", 80, "  "), "one two");
  EXPECT_EQ(wrapped("", 80, "  "), "");
}

}  // namespace
}  // namespace zonectl
