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

// A query with this record in each section, alone, behind good ones and before an OPT record.
void expect_form(const Bytes& extra, Form form, std::string_view what) {
  const Bytes asked = question(name("host.example"));
  const Bytes good = record(Bytes{0xC0, 0x0C}, 16, kIn, 60, Bytes{1, 'x'});
  Query query;
  EXPECT_EQ(parse_query(message(0, {1, 1, 0, 0}, {asked, extra}), query), form) << what << ", answer";
  EXPECT_EQ(parse_query(message(0, {1, 0, 1, 0}, {asked, extra}), query), form) << what << ", authority";
  EXPECT_EQ(parse_query(message(0, {1, 0, 0, 1}, {asked, extra}), query), form) << what << ", additional";
  EXPECT_EQ(parse_query(message(0, {1, 0, 0, 3}, {asked, good, good, extra}), query), form) << what << ", last";
  EXPECT_EQ(parse_query(message(0, {1, 0, 0, 2}, {asked, extra, opt()}), query), form) << what << ", before OPT";
  EXPECT_TRUE(query.edns) << what;
  EXPECT_TRUE(query.has_question) << what;
}

TEST(ParseQuery, RefusesRecordsOfNoUseThatCannotBeReadRfc1035) {
  const auto odd = [](unsigned type, const Bytes& data) { return record(name("x.example"), type, kIn, 60, data); };
  const std::pair<const char*, Bytes> bad[] = {
      {"A of 3 bytes", odd(1, Bytes(3, 0))},
      {"A of 5 bytes", odd(1, Bytes(5, 0))},
      {"A of none", odd(1, {})},
      {"AAAA of 4 bytes", odd(28, Bytes(4, 0))},
      {"NS without its end", odd(2, Bytes{1, 'a'})},
      {"NS with more behind it", odd(2, Bytes{1, 'a', 0, 0})},
      {"CNAME that points forward", odd(5, Bytes{0xC0, 0xFF})},
      {"CNAME of an unknown kind of label", odd(5, Bytes{0x40, 'a', 0})},
      {"MX without a name", odd(15, Bytes{0, 1})},
      {"SOA of names alone", odd(6, Bytes{0, 0})},
      {"SRV cut short", odd(33, Bytes(6, 0))},
      {"TXT whose string is longer", odd(16, Bytes{5, 'a', 'b'})},
      {"TXT of none", odd(16, {})},
      {"LOC cut short", odd(29, Bytes(6, 0))},
      {"owner that points to no name", record(Bytes{0xC0, 13}, 1, kIn, 60, Bytes(4, 0))},
      {"MR of another class with more behind it", record(name("x.example"), 9, 1232, 0, Bytes{0, 3, 0, 0})},
      {"SRV of another class cut short", record(name("x.example"), 33, 1232, 0, Bytes{0, 3, 0, 0})},
  };
  for (const auto& [what, extra] : bad) {
    expect_form(extra, Form::kMalformed, what);
  }
}

TEST(ParseQuery, TakesRecordsOfNoUseThatCanBeRead) {
  const auto odd = [](unsigned type, const Bytes& data) { return record(name("x.example"), type, kIn, 60, data); };
  const Bytes soa = joined({name("ns.example"), Bytes{0xC0, 0x0C}, Bytes(20, 0)});
  const std::pair<const char*, Bytes> good[] = {
      {"A", odd(1, Bytes(4, 0))},
      {"IXFR's SOA, compressed", odd(6, soa)},
      {"TXT of an empty string", odd(16, Bytes{0})},
      {"a type that nobody knows", odd(65280, Bytes{0xC0})},
      {"nothing of another class", record(name("x.example"), 1, 255, 0, {})},
      {"SRV", odd(33, joined({Bytes(6, 0), name("target.example")}))},
  };
  for (const auto& [what, extra] : good) {
    expect_form(extra, Form::kGood, what);
  }
}

TEST(ParseQuery, ThousandsOfRecordsAreReadOnce) {
  const Bytes extra = record(Bytes{0xC0, 0x0C}, 1, kIn, 60, Bytes{192, 0, 2, 1});
  Bytes message = test::message(0, {1, 0, 0, 5000}, {question(name("a"))});
  for (int count = 0; count < 5000; ++count) {
    append(message, extra);
  }
  Query query;
  EXPECT_EQ(parse_query(message, query), Form::kGood);
}

}  // namespace
}  // namespace dnsd::wire
