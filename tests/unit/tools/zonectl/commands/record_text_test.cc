#include "tools/zonectl/commands/record_text.h"

#include <gtest/gtest.h>

namespace zonectl {
namespace {

using zonestore::RecordType;

TEST(RecordText, JoinsTheArguments) {
  EXPECT_EQ(record_text(RecordType::kMx, {"10", "mail"}), "10 mail");
  EXPECT_EQ(record_text(RecordType::kMx, {"10 mail"}), "10 mail");
}

TEST(RecordText, MakesOneStringOfATextArgument) {
  EXPECT_EQ(record_text(RecordType::kTxt, {"v=spf1 -all"}), R"("v=spf1 -all")");
  EXPECT_EQ(record_text(RecordType::kTxt, {"one", "two"}), R"("one" "two")");
  EXPECT_EQ(record_text(RecordType::kTxt, {""}), R"("")");
}

TEST(RecordText, LeavesQuotesAndBytesAsTheyAre) {
  EXPECT_EQ(record_text(RecordType::kTxt, {R"("a b" "c")"}), R"("a b" "c")");
  EXPECT_EQ(record_text(RecordType::kTxt, {"\\#", "2", "0161"}), "\\# 2 0161");
}

TEST(RecordText, CutsALongTextIntoStrings) {
  EXPECT_EQ(record_text(RecordType::kTxt, {std::string(300, 'a')}),
            '"' + std::string(255, 'a') + "\" \"" + std::string(45, 'a') + '"');
  const std::string escaped = std::string(300, 'a') + "\\\\";
  EXPECT_EQ(record_text(RecordType::kTxt, {escaped}), '"' + escaped + '"') << "an escape is not cut in two";
}

}  // namespace
}  // namespace zonectl
