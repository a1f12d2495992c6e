#include "tools/zonectl/text/table.h"

#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>

namespace zonectl {
namespace {

constexpr Terminal kPipe{};
constexpr Terminal kScreen{true, false, 40};
constexpr Terminal kColourScreen{true, true, 40};

std::string drawn(const Terminal& terminal, const std::vector<std::vector<Cell>>& rows) {
  std::ostringstream out;
  Table table(out, terminal, {"CODE", "STATE", "DOMAINS"});
  for (const auto& row : rows) {
    table.add(row);
  }
  table.finish();
  return out.str();
}

TEST(Table, PrintsTabsAndNoHeaderInAPipe) {
  EXPECT_EQ(drawn(kPipe, {{{"mosa"}, {"ACTIVE", Style::kGood}, {"a.com b.com"}}}), "mosa\tACTIVE\ta.com b.com\n");
}

TEST(Table, FillsEmptyCellsInAPipeSoThatEveryLineHasTheSameFields) {
  EXPECT_EQ(drawn(kPipe, {{{"mosa"}, {""}, {""}}}), "mosa\t-\t-\n");
}

TEST(Table, AlignsColumnsUnderAHeaderOnATerminal) {
  EXPECT_EQ(drawn(kScreen, {{{"mosa"}, {"ACTIVE"}, {"a.com"}}, {{"x"}, {"EMPTY"}, {"b.com"}}}),
            "CODE  STATE   DOMAINS\n"
            "mosa  ACTIVE  a.com\n"
            "x     EMPTY   b.com\n");
}

TEST(Table, AlignsByTheTextAndNotByItsColour) {
  const std::string text = drawn(kColourScreen, {{{"mosa"}, {"ACTIVE", Style::kGood}, {"a.com"}}});
  EXPECT_THAT(text, ::testing::HasSubstr("mosa  \x1b[32mACTIVE\x1b[0m  a.com"));
}

TEST(Table, WrapsTheLastColumnUnderItself) {
  EXPECT_EQ(drawn(kScreen, {{{"mosa"}, {"ACTIVE"}, {"first.example second.example"}}}),
            "CODE  STATE   DOMAINS\n"
            "mosa  ACTIVE  first.example\n"
            "              second.example\n");
}

TEST(Table, PrintsNothingForNoRows) {
  EXPECT_EQ(drawn(kScreen, {}), "");
  EXPECT_EQ(drawn(kPipe, {}), "");
}

TEST(Table, PrintsEveryRowOfAListThatIsLongerThanWhatItHoldsBack) {
  std::vector<std::vector<Cell>> rows(1300, {{"mosa"}, {"ACTIVE"}, {"a.com"}});
  rows.push_back({{"a-code-that-is-wider-than-all-before"}, {"ACTIVE"}, {"a.com"}});
  const std::string text = drawn(kScreen, rows);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1302);
  EXPECT_THAT(text, ::testing::HasSubstr("\na-code-that-is-wider-than-all-before  ACTIVE  a.com\n"));
}

}  // namespace
}  // namespace zonectl
