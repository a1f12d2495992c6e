#include "dnsd/wire/query.h"

#include <gtest/gtest.h>

#include "tests/unit/dnsd/answer/messages.h"

namespace dnsd::wire {
namespace {

using namespace dnsd::test;  // NOLINT(google-build-using-namespace): the messages that the tests speak in

TEST(ParseQuery, ReadsHeaderQuestionAndOpt) {
  const Bytes message = query_with_opt("Sel1.Example", 16, opt(4096, kDo));
  Query query;
  ASSERT_EQ(parse_query(message, query), Form::kGood);
  EXPECT_EQ(query.header.id, 0xBEEF);
  EXPECT_EQ(query.header.opcode(), Opcode::kQuery);
  ASSERT_TRUE(query.has_question);
  EXPECT_EQ(query.question.type, RecordType::kTxt);
  EXPECT_EQ(query.question.question_class, kClassIn);
  EXPECT_EQ(Bytes(query.question.bytes.begin(), query.question.bytes.end()), question(name("Sel1.Example")));
  EXPECT_EQ(Bytes(query.question.name.view().begin(), query.question.name.view().end()), name("sel1.example"));
  ASSERT_TRUE(query.edns);
  EXPECT_EQ(query.edns->udp_bytes, 4096);
  EXPECT_EQ(query.edns->version, 0);
  EXPECT_TRUE(query.edns->dnssec_ok);
  EXPECT_FALSE(query.tsig.has_value());
}

TEST(ParseQuery, KeepsTheOptThatCameBeforeTheFault) {
  Query query;
  EXPECT_EQ(parse_query(message(0, {1, 0, 0, 2}, {question(name("a")), opt()}), query), Form::kMalformed);
  EXPECT_TRUE(query.edns);
}

TEST(ParseQuery, DropsBothOfTwoOptRecordsRfc6891) {
  Query query;
  EXPECT_EQ(parse_query(message(0, {1, 0, 0, 2}, {question(name("a")), opt(), opt()}), query), Form::kMalformed);
  EXPECT_FALSE(query.edns);
}

TEST(ParseQuery, HasNoQuestionWhenThereAreTwo) {
  Query query;
  const Bytes asked = question(name("a"));
  EXPECT_EQ(parse_query(message(0, {2, 0, 0, 0}, {asked, asked}), query), Form::kGood);
  EXPECT_FALSE(query.has_question);
}

TEST(ParseQuery, SeesTheSignatureThatClosesTheMessageRfc8945) {
  Query query;
  const Bytes tsig = record(name("key"), 250, 255, 0, Bytes(17, 0));
  EXPECT_EQ(parse_query(message(0, {1, 0, 0, 2}, {question(name("a")), opt(), tsig}), query), Form::kGood);
  EXPECT_TRUE(query.tsig.has_value());
}

TEST(ParseQuery, ThousandsOfRecordsAreReadOnce) {
  const Bytes extra = record(Bytes{0xC0, 0x0C}, 1, kIn, 60, {});
  Bytes message = test::message(0, {1, 0, 0, 5000}, {question(name("a"))});
  for (int count = 0; count < 5000; ++count) {
    append(message, extra);
  }
  Query query;
  EXPECT_EQ(parse_query(message, query), Form::kGood);
}

}  // namespace
}  // namespace dnsd::wire
