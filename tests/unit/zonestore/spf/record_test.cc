// The SPF records as text, and how large their answers may be.
#include "zonestore/spf/record.h"

#include <gtest/gtest.h>

#include "zonestore/zone/record_set.h"

namespace zonestore::spf {
namespace {

Name name(const std::string& text) {
  return Name::parse(text).value();
}

// The whole answer without EDNS, counted here anew (RFC 1035 section 4.1): header, question, one record.
std::size_t counted_answer(const Name& owner, const std::string& text) {
  const std::size_t question = owner.size_bytes() + 2 + 2;
  return 12 + question + 2 + 2 + 2 + 4 + 2 + txt_rdata(text).size();
}

TEST(Record, WithoutAnyTermStillAnswers) {
  EXPECT_EQ(RecordShape(name("spf.secutix.com")).text({}), "v=spf1 ~all");
}

TEST(Record, KeepsTermsInTheirOrderAndIncludesBehindThem) {
  const RecordShape shape(name("spf.secutix.com"));
  const Body body{{"ip6:2a01:4f8::/32", "ip4:192.28.148.112"}, {1, 3}};
  const std::string text =
      "v=spf1 ip6:2a01:4f8::/32 ip4:192.28.148.112 include:_1.spf.secutix.com include:_3.spf.secutix.com ~all";
  EXPECT_EQ(shape.text(body), text);
  EXPECT_EQ(shape.body(text), body);
}

TEST(Record, ReadsWhatOlderVersionsHavePublished) {
  const RecordShape shape(name("spf.secutix.com"));
  EXPECT_EQ(shape.body("v=spf1 include:_1.spf.secutix.com include:_2.spf.secutix.com ~all"), (Body{{}, {1, 2}}));
  EXPECT_EQ(shape.body("v=spf1 ~all"), Body{});
}

TEST(Record, AnswersCountAllOfTheirBytes) {
  for (const std::size_t length : {11U, 254U, 255U, 256U, 430U, 510U, 511U}) {
    const std::string text(length, 'x');
    EXPECT_EQ(answer_bytes(name("spf.secutix.com"), length), counted_answer(name("spf.secutix.com"), text)) << length;
  }
}

TEST(Record, AnswersOfTheUsualZoneHaveAtMost494Bytes) {
  EXPECT_EQ(most_answer_bytes(name("spf.secutix.com")), 494U);
  EXPECT_EQ(most_answer_bytes(name("s.example.com")), 273U + 13 * 15);
  EXPECT_EQ(most_answer_bytes(name("a-rather-long.spf.secutix.com")), 512U);
}

TEST(Record, HasRoomForWhatTheAnswerMayHoldAndNotForOneByteMore) {
  for (const char* apex : {"s", "spf.secutix.com", "a-rather-long-name.for-a-zone.of.spf.secutix.com"}) {
    const RecordShape shape(name(apex));
    for (unsigned number = 0; number < kRecords; ++number) {
      const std::string fullest = "v=spf1" + std::string(shape.room(number), 'x') + " ~all";
      EXPECT_EQ(counted_answer(shape.owner(number), fullest), most_answer_bytes(name(apex)));
      EXPECT_GT(counted_answer(shape.owner(number), fullest + "x"), most_answer_bytes(name(apex)));
    }
  }
}

// With OPT (11 bytes) the query has owner + 27; the answer gets the OPT too, and a signature of P-256 by the apex.
TEST(Record, SignedAndWithOptTheLargestAnswerStaysWithinFourteenTimesItsQuery) {
  for (const char* apex : {"s", "spf.de", "spf.secutix.com", "spf.mail.secutix.com"}) {
    const RecordShape shape(name(apex));
    for (unsigned number = 0; number < kRecords; ++number) {
      const std::string fullest = "v=spf1" + std::string(shape.room(number), 'x') + " ~all";
      const std::size_t signature = 2 + 2 + 2 + 4 + 2 + 18 + name(apex).size_bytes() + 64;
      const std::size_t whole = counted_answer(shape.owner(number), fullest) + 11 + signature;
      EXPECT_LE(whole, 14 * (12 + shape.owner(number).size_bytes() + 4 + 11)) << apex << " " << number;
    }
  }
}

TEST(Record, BelowTheLongestApexThereAreNoOthers) {
  const std::string label(60, 'a');
  const RecordShape longest(name(label + "." + label + "." + label + "." + label + ".abcdefgh"));
  EXPECT_TRUE(longest.has(0));
  EXPECT_FALSE(longest.has(1));
  EXPECT_GT(longest.room(0), 100U);
  EXPECT_EQ(longest.room(1), 0U);
}

}  // namespace
}  // namespace zonestore::spf
