#include "tools/zonectl/bulk/csv.h"

#include <gtest/gtest.h>

namespace zonectl {
namespace {

using Fields = std::vector<std::string>;

TEST(Csv, ReadsRowsByLfAndCrlfWithTheirLines) {
  const Csv csv = parse_csv("code,domains\r\nmosa,a.example\n\nother,\n");
  EXPECT_TRUE(csv.faults.empty());
  ASSERT_EQ(csv.rows.size(), 3U);
  EXPECT_EQ(csv.rows[1].fields, (Fields{"mosa", "a.example"}));
  EXPECT_EQ(csv.rows[2].fields, (Fields{"other", ""}));
  EXPECT_EQ(csv.rows[2].line, 4U);
}

TEST(Csv, QuotedFieldsHoldCommasQuotesAndLineEnds) {
  const Csv csv = parse_csv("a,b\n\"x,\"\"y\"\"\n2\",z\nlast,row");
  EXPECT_TRUE(csv.faults.empty());
  ASSERT_EQ(csv.rows.size(), 3U);
  EXPECT_EQ(csv.rows[1].fields, (Fields{"x,\"y\"\n2", "z"}));
  EXPECT_EQ(csv.rows[2].line, 4U);  // the quoted line end counts
}

TEST(Csv, SkipsAByteOrderMark) {
  EXPECT_EQ(parse_csv("\xEF\xBB\xBF"
                      "code\n")
                .rows.at(0)
                .fields,
            Fields{"code"});
}

TEST(Csv, NamesEachFaultWithItsLine) {
  const Csv csv = parse_csv("a,b\n1\"2,x\n\"1\"2,x\nonly\nlone\rcr,x\n\"open,x\n");
  std::vector<std::size_t> lines;
  for (const CsvFault& fault : csv.faults) {
    lines.push_back(fault.line);
  }
  EXPECT_EQ(lines, (std::vector<std::size_t>{2, 3, 5, 6}));
}

TEST(Csv, MoreFieldsThanTheHeaderHasAreAFaultUnlessTheyAreEmpty) {
  const Csv csv = parse_csv("a,b\nx,y,,\nx,y,z\nx\n,,,\n");
  ASSERT_EQ(csv.rows.size(), 4U);
  EXPECT_EQ(csv.rows[1].fields, (Fields{"x", "y"}));
  EXPECT_EQ(csv.rows[3].fields, (Fields{"x", ""})) << "spreadsheets leave empty fields out at the end";
  ASSERT_EQ(csv.faults.size(), 1U);
  EXPECT_EQ(csv.faults[0].line, 3U);
  EXPECT_EQ(csv.faults[0].what, "3 fields, but the header has 2");
}

TEST(Csv, TheHeaderTellsTheSeparator) {
  for (const char* const text :
       {"code;domains\nmosa;a.example, b.example\n", "code\tdomains\nmosa\ta.example, b.example\n",
        "sep=;\r\ncode;domains\r\nmosa;a.example, b.example\r\n", "\"co,de,x\";domains\nmosa;a.example, b.example\n",
        "sep=|\ncode|domains\nmosa|a.example, b.example\n"}) {
    const Csv csv = parse_csv(text);
    EXPECT_TRUE(csv.faults.empty()) << text;
    ASSERT_EQ(csv.rows.size(), 2U) << text;
    EXPECT_EQ(csv.rows[1].fields, (Fields{"mosa", "a.example, b.example"})) << text;
  }
  EXPECT_EQ(parse_csv("sep=;\na;b\nc;d\n").rows.at(1).line, 3U);
}

TEST(Csv, BlanksAroundFieldsDoNotCount) {
  const Csv csv = parse_csv(" a , \"b\" \n\xC2\xA0x\xC2\xA0,\" y \"\t\n , \n");
  EXPECT_TRUE(csv.faults.empty());
  ASSERT_EQ(csv.rows.size(), 2U);
  EXPECT_EQ(csv.rows[0].fields, (Fields{"a", "b"}));
  EXPECT_EQ(csv.rows[1].fields, (Fields{"x", "y"}));
}

TEST(Csv, OfNothingIsNothing) {
  EXPECT_TRUE(parse_csv("").rows.empty());
  EXPECT_TRUE(parse_csv("\n\r\n").rows.empty());
}

}  // namespace
}  // namespace zonectl
