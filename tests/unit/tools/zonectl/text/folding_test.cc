#include "tools/zonectl/text/folding.h"

#include <sstream>

#include <gmock/gmock.h>

namespace zonectl {
namespace {

constexpr std::size_t kWidth = 40;

TEST(Folded, LeavesALineThatFits) {
  EXPECT_EQ(folded("", kWidth), "");
  EXPECT_EQ(folded("  exactly forty columns are enough here.", kWidth), "  exactly forty columns are enough here.");
}

TEST(Folded, GoesOnUnderTheTextBehindTheFirstGap) {
  EXPECT_EQ(folded("  --all       all institutions; only what is not right is shown", kWidth),
            "  --all       all institutions; only\n"
            "              what is not right is shown");
}

TEST(Folded, GoesOnFurtherInWhereThereIsNoGap) {
  EXPECT_EQ(folded("warning: nobody has seen within 24 h that our servers serve it", kWidth),
            "warning: nobody has seen within 24 h\n"
            "  that our servers serve it");
}

TEST(Folded, LeavesALongWordWhole) {
  EXPECT_EQ(folded("    Value  sel1-mosa._domainkey.dkim.secutix.com.-and-more now", kWidth),
            "    Value  sel1-mosa._domainkey.dkim.secutix.com.-and-more\n"
            "           now");
}

TEST(Folded, CountsCharactersAndNoEscapes) {
  EXPECT_EQ(folded("\x1b[33mm\u00fcs\u00e9e m\u00fcs\u00e9e m\u00fcs\u00e9e m\u00fcs\u00e9e m\u00fcs\u00e9e "
                   "m\u00fcs\u00e9ees\x1b[0m",
                   kWidth),
            "\x1b[33mm\u00fcs\u00e9e m\u00fcs\u00e9e m\u00fcs\u00e9e m\u00fcs\u00e9e m\u00fcs\u00e9e "
            "m\u00fcs\u00e9ees\x1b[0m");
}

TEST(Folded, IsNeverWiderThanTheTerminal) {
  for (std::size_t width = 20; width < 130; ++width) {
    std::istringstream lines(
        folded("  12  a line of short words that is longer than any terminal that there is, told "
               "again and again, and once more, so that it must be folded",
               width));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), width) << line;
    }
  }
}

TEST(FoldingStream, FoldsEachLineAsItEnds) {
  std::ostringstream behind;
  {
    FoldingStream out(behind, kWidth);
    out << "short\n"
        << "a line of " << 7 << " words that does not fit in forty" << '\n';
    EXPECT_EQ(behind.str(), "short\na line of 7 words that does not fit in\n  forty\n");
    out << "the last has no end";
  }
  EXPECT_THAT(behind.str(), testing::EndsWith("\nthe last has no end"));
}

TEST(FoldingStream, PassesProgressAsItIs) {
  std::ostringstream behind;
  FoldingStream out(behind, kWidth);
  const std::string progress = "\r\x1b[K[####........] rotating 17/2000, 12/s, 3 min left";
  out << progress << std::flush;
  EXPECT_EQ(behind.str(), progress);
  out << " and now it is done, after a while that was longer than thought\n";
  EXPECT_EQ(behind.str(), progress + " and now it is done, after a while that was longer than thought\n");
}

TEST(FoldingStream, FoldsWhatComesAfterAClearedLine) {
  std::ostringstream behind;
  FoldingStream out(behind, kWidth);
  out << "17 of 2000 looked at, 3 need attention, and so on, and so on" << std::flush;
  behind.str("");
  out << "\r\x1b[K"
      << "warning: nobody has seen within 24 h that our servers serve it\n";
  EXPECT_EQ(behind.str(), "\r\x1b[Kwarning: nobody has seen within 24 h\n  that our servers serve it\n");
}

TEST(FoldingStream, SaysThatTheStreamBehindFailed) {
  std::ostringstream behind;
  FoldingStream out(behind, kWidth);
  behind.setstate(std::ios::badbit);
  out << "a line\n" << std::flush;
  EXPECT_FALSE(out.good());
}

}  // namespace
}  // namespace zonectl
