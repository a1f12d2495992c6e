#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "zonestore/spf/record.h"
#include "zonestore/zone/record_set.h"

namespace zonestore::spf {
namespace {

using ::testing::HasSubstr;

Name apex() {
  return Name::parse("spf.secutix.com").value();
}

std::vector<Term> numbered_terms(std::size_t count) {
  std::vector<Term> terms;
  for (std::size_t index = 0; index < count; ++index) {
    terms.push_back(
        Term::parse("ip4:192.0." + std::to_string(100 + index / 100) + "." + std::to_string(100 + index % 100))
            .value());
  }
  return terms;
}

// The whole answer without EDNS, counted here anew (RFC 1035 section 4.1): header, question, one record.
std::size_t answer_bytes(const Record& record) {
  const std::size_t question = record.owner.size_bytes() + 2 + 2;
  const std::size_t strings = (record.text.size() + 254) / 255;
  return 12 + question + 2 + 2 + 2 + 4 + 2 + record.text.size() + strings;
}

std::vector<std::string> terms_in(const std::string& text) {
  std::vector<std::string> terms;
  for (std::size_t begin = text.find(' ') + 1; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    terms.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  EXPECT_EQ(terms.back(), "~all");
  terms.pop_back();
  return terms;
}

TEST(Layout, HasARecordWithoutAnyTerm) {
  const auto layout = lay_out({}, apex()).value();
  ASSERT_EQ(layout.records.size(), 1U);
  EXPECT_EQ(layout.records[0].owner, apex());
  EXPECT_EQ(layout.records[0].text, "v=spf1 ~all");
  EXPECT_EQ(layout.lookups, 1U);
}

TEST(Layout, KeepsTermsInTheirOrderInOneRecord) {
  const auto layout =
      lay_out({Term::parse("ip6:2001:db8::/32").value(), Term::parse("192.28.148.112").value()}, apex());
  ASSERT_TRUE(layout);
  ASSERT_EQ(layout->records.size(), 1U);
  EXPECT_EQ(layout->records[0].text, "v=spf1 ip6:2001:db8::/32 ip4:192.28.148.112 ~all");
}

TEST(Layout, SplitsOnlyWhenTheAnswerPasses512Bytes) {
  std::size_t count = 1;
  while (lay_out(numbered_terms(count), apex()).value().records.size() == 1) {
    ++count;
    ASSERT_LT(count, 100U);
  }
  const auto whole = lay_out(numbered_terms(count - 1), apex()).value();
  EXPECT_EQ(whole.lookups, 1U);
  EXPECT_LE(answer_bytes(whole.records[0]), 512U);
  Record too_long = whole.records[0];
  too_long.text += " " + numbered_terms(count).back().text();
  EXPECT_GT(answer_bytes(too_long), 512U);
}

TEST(Layout, TakesAnAnswerOf512BytesAndNotOf513) {
  const auto terms = numbered_terms(25);
  const auto text = lay_out(terms, apex()).value().records.at(0).text;
  // The owner stands once in the answer, so that a longer label makes it longer by as many bytes.
  const auto lengthened = [](std::size_t by) {
    return Name::parse("spf" + std::string(by, 'x') + ".secutix.com").value();
  };
  const std::size_t spare = 512 - answer_bytes({apex(), text});
  ASSERT_EQ(answer_bytes({lengthened(spare), text}), 512U);
  EXPECT_EQ(lay_out(terms, lengthened(spare)).value().records.size(), 1U);
  EXPECT_GT(lay_out(terms, lengthened(spare + 1)).value().records.size(), 1U);
}

TEST(Layout, SplitRecordsHoldEveryTermOnceAndAllFit) {
  for (const std::size_t count : {26U, 40U, 60U, 80U}) {
    const auto terms = numbered_terms(count);
    const auto layout = lay_out(terms, apex()).value();
    ASSERT_GT(layout.records.size(), 1U);
    EXPECT_EQ(layout.records[0].owner, apex());
    EXPECT_EQ(layout.lookups, layout.records.size());
    std::string apex_text = "v=spf1";
    std::vector<std::string> found;
    for (std::size_t index = 1; index < layout.records.size(); ++index) {
      const Record& record = layout.records[index];
      EXPECT_EQ(record.owner.to_text_no_dot(), "_" + std::to_string(index) + ".spf.secutix.com");
      EXPECT_LE(answer_bytes(record), 512U);
      apex_text += " include:" + record.owner.to_text_no_dot();
      const auto part = terms_in(record.text);
      found.insert(found.end(), part.begin(), part.end());
    }
    EXPECT_EQ(layout.records[0].text, apex_text + " ~all");
    std::vector<std::string> wanted;
    wanted.reserve(terms.size());
    for (const Term& term : terms) {
      wanted.push_back(term.text());
    }
    EXPECT_EQ(found, wanted);
  }
}

TEST(Layout, RefusesMoreThanTheIncludesHold) {
  std::size_t count = 22;
  while (lay_out(numbered_terms(count), apex())) {
    ++count;
    ASSERT_LT(count, 200U);
  }
  const auto fullest = lay_out(numbered_terms(count - 1), apex()).value();
  EXPECT_EQ(fullest.records.size(), 1U + kMaxIncludes);
  const auto refused = lay_out(numbered_terms(count), apex());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr(std::to_string(count) + " SPF terms do not fit"));
  EXPECT_FALSE(refused.error().hint.empty());
}

TEST(Layout, RefusesAnApexTooLongForItsOwnIncludes) {
  const std::string label(60, 'a');
  const auto long_apex = Name::parse(label + "." + label + "." + label + "." + label + ".example").value();
  EXPECT_FALSE(lay_out(numbered_terms(60), long_apex));
  const auto longest = Name::parse(label + "." + label + "." + label + "." + label + ".abcdefgh").value();
  ASSERT_EQ(longest.size_bytes(), 254U);
  EXPECT_EQ(lay_out(numbered_terms(60), longest).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace zonestore::spf
