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

TEST(Table, PutsTheLastColumnBelowWhereTheOthersLeaveTooLittle) {
  EXPECT_EQ(drawn(kScreen, {{{"institution"}, {"PUBLISHED"}, {"first.example second.example third.example"}},
                            {{"x"}, {"PUBLISHED"}, {"b.com"}}}),
            "CODE         STATE      DOMAINS\n"
            "institution  PUBLISHED\n"
            "    first.example second.example\n"
            "    third.example\n"
            "x            PUBLISHED  b.com\n");
}

TEST(Table, PutsALongFirstCellOnALineOfItsOwn) {
  EXPECT_EQ(drawn(kScreen, {{{"a-code-that-is-wider-than-it-may-be"}, {"ACTIVE"}, {"a.com"}},
                            {{"mosa"}, {"ACTIVE"}, {"b.com"}}}),
            "CODE                     STATE   DOMAINS\n"
            "a-code-that-is-wider-than-it-may-be\n"
            "                         ACTIVE  a.com\n"
            "mosa                     ACTIVE  b.com\n");
}

TEST(Table, FoldsTheLastColumnIntoOneLineIfItIsAList) {
  std::ostringstream out;
  Table table(out, kScreen, {"CODE", "STATE", "DOMAINS"}, {false, true});
  table.add({{"mosa"}, {"ACTIVE"}, {"first.example second.example third.example"}});
  table.add({{"moma"}, {"ACTIVE"}, {"a-name-that-is-longer-than-the-column.example"}});
  table.add({{"x"}, {"ACTIVE"}, {"b.com"}});
  table.finish();
  EXPECT_EQ(out.str(),
            "CODE  STATE   DOMAINS\n"
            "mosa  ACTIVE  first.example +2\n"
            "moma  ACTIVE  a-name-that-is-longer-th..\n"
            "x     ACTIVE  b.com\n");
}

TEST(Table, NeverIsWiderThanTheTerminal) {
  for (const std::size_t width : {std::size_t{40}, std::size_t{80}, std::size_t{120}}) {
    std::ostringstream out;
    Table table(out, Terminal{true, false, width}, {"CODE", "STATE", "DOMAINS"});
    for (std::size_t letters = 1; letters <= 34; letters += 3) {
      table.add({{std::string(letters, 'a')}, {"PUBLISHED"}, {"mus\u00e9e.example " + std::string(letters, 'b')}});
    }
    table.finish();
    std::istringstream lines(out.str());
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(columns_of(line), width) << line;
    }
  }
}

TEST(Table, PrintsAHeaderInAPipeIfAsked) {
  for (const std::size_t rows : {0U, 2U}) {
    std::ostringstream out;
    Table table(out, kPipe, {"CODE", "DOMAINS"}, {true, false});
    for (std::size_t row = 0; row < rows; ++row) {
      table.add({{"mosa"}, {"a.com"}});
    }
    table.finish();
    EXPECT_EQ(out.str(), std::string("CODE\tDOMAINS\n") + (rows == 0 ? "" : "mosa\ta.com\nmosa\ta.com\n"));
  }
}

TEST(Table, AlignsByCharactersAndNotByBytes) {
  EXPECT_EQ(drawn(kScreen, {{{"mus\u00e9e"}, {"ACTIVE"}, {"a.com"}}, {{"moma"}, {"EMPTY"}, {"b.com"}}}),
            "CODE   STATE   DOMAINS\n"
            "mus\u00e9e  ACTIVE  a.com\n"
            "moma   EMPTY   b.com\n");
}

TEST(Table, PrintsNothingForNoRows) {
  EXPECT_EQ(drawn(kScreen, {}), "");
  EXPECT_EQ(drawn(kPipe, {}), "");
}

TEST(Table, SaysToAPersonThatItIsEmpty) {
  for (const Terminal& terminal : {kScreen, kPipe}) {
    std::ostringstream out;
    Table(out, terminal, {"CODE"}).finish("there is none");
    EXPECT_EQ(out.str(), terminal.interactive ? "there is none\n" : "");
  }
}

TEST(Table, PrintsEveryRowOfAListThatIsLongerThanWhatItHoldsBack) {
  std::vector<std::vector<Cell>> rows(1300, {{"mosa"}, {"ACTIVE"}, {"a.com"}});
  rows.push_back({{"a-code-that-is-wider-than-all-before"}, {"ACTIVE"}, {"a.com"}});
  const std::string text = drawn(kScreen, rows);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1303);
  EXPECT_THAT(text, ::testing::HasSubstr("\na-code-that-is-wider-than-all-before\n"
                                         "                         ACTIVE  a.com\n"));
}

}  // namespace
}  // namespace zonectl
