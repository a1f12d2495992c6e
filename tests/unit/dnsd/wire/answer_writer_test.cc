#include "dnsd/wire/answer_writer.h"

#include <gtest/gtest.h>

#include "tests/unit/dnsd/answer/messages.h"

namespace dnsd::wire {
namespace {

using test::name;
using test::opt;
using test::question;
using zonestore::Bytes;

constexpr std::uint16_t kId = 0xBEEF;

TEST(AnswerWriter, FillsItsLimitToTheLastByteAndNoFurther) {
  Bytes out(1024, 0xEE);
  AnswerOpt answer_opt{1232, false};
  AnswerWriter writer(out, 600, &answer_opt);
  EXPECT_FALSE(writer.add_answer(Bytes(600 - kHeaderBytes - kOptBytes + 1, 1), 1));
  EXPECT_TRUE(writer.add_answer(Bytes(600 - kHeaderBytes - kOptBytes, 1), 1));
  EXPECT_FALSE(writer.add_answer(Bytes(1, 1), 1));
  EXPECT_EQ(writer.finish(kId, 0, Rcode::kNoError), 600U);
  EXPECT_EQ(Bytes(out.begin() + 600, out.end()), Bytes(424, 0xEE));
}

TEST(AnswerWriter, KeepsRoomForTheOptionsThatItMustHaveRfc7873) {
  constexpr std::size_t kCookieOption = 4 + 24;
  constexpr std::size_t kKeepaliveOption = 4 + 2;
  Bytes out(1024, 0xEE);
  AnswerOpt answer_opt{.udp_bytes = 1232, .cookie = FullCookie{}, .keepalive = 100};
  AnswerWriter writer(out, 600, &answer_opt);
  const std::size_t left = 600 - kHeaderBytes - kOptBytes - kCookieOption - kKeepaliveOption;
  EXPECT_FALSE(writer.add_answer(Bytes(left + 1, 1), 1));
  EXPECT_TRUE(writer.add_answer(Bytes(left, 1), 1));
  EXPECT_EQ(writer.finish(kId, 0, Rcode::kNoError), 600U);
  EXPECT_EQ(Bytes(out.begin() + 600, out.end()), Bytes(424, 0xEE));
}

TEST(AnswerWriter, GivesOtherOptionsWhatTheSectionsLeave) {
  constexpr std::size_t kZoneVersionOption = 4 + 6;
  for (const bool fits : {false, true}) {
    Bytes out(512);
    AnswerOpt answer_opt{1232, false};
    AnswerWriter writer(out, 512, &answer_opt);
    const std::size_t left = 512 - kHeaderBytes - kOptBytes - kZoneVersionOption;
    ASSERT_TRUE(writer.add_answer(Bytes(fits ? left : left + 1, 1), 1));
    writer.set_zone_version({3, 7});
    EXPECT_EQ(writer.finish(kId, 0, Rcode::kNoError), fits ? 512U : 503U);
  }
}

TEST(AnswerWriter, HasNowhereToExplainWithoutAnOpt) {
  Bytes out(512);
  AnswerWriter writer(out, 512, nullptr);
  writer.explain(ExtendedError::kNotAuthoritative);
  writer.set_zone_version({3, 7});
  EXPECT_EQ(writer.finish(kId, 0, Rcode::kRefused), kHeaderBytes);
}

TEST(AnswerWriter, NeverLeavesABufferThatIsShorterThanTheLimit) {
  Bytes out(512);
  AnswerWriter writer(out, 65535, nullptr);
  EXPECT_FALSE(writer.add_answer(Bytes(501, 1), 1));
  EXPECT_EQ(writer.finish(kId, 0, Rcode::kNoError), kHeaderBytes);
}

TEST(AnswerWriter, TruncationLeavesTheQuestionAndTheOptRfc2181) {
  Bytes out(512);
  const Bytes asked = question(name("a.example"));
  AnswerOpt answer_opt{1232, true};
  AnswerWriter writer(out, 512, &answer_opt);
  writer.add_question(asked);
  ASSERT_TRUE(writer.add_answer(Bytes(100, 1), 3));
  ASSERT_TRUE(writer.add_authority(2, Bytes(50, 1)));
  writer.truncate();
  out.resize(writer.finish(kId, 0, Rcode::kNoError));
  EXPECT_EQ(out, test::message(0x8200, {1, 0, 0, 1}, {asked, opt(1232, test::kDo)}));
}

TEST(AnswerWriter, AuthorityOwnerPointsIntoTheQuestion) {
  Bytes out(512);
  AnswerWriter writer(out, 512, nullptr);
  writer.add_question(question(name("a.example")));
  ASSERT_TRUE(writer.add_authority(2, Bytes{7, 8}));
  out.resize(writer.finish(kId, 0, Rcode::kNxDomain));
  EXPECT_EQ(out, test::message(0x8003, {1, 0, 1, 0}, {question(name("a.example")), Bytes{0xC0, 14, 7, 8}}));
}

// A question for a.example, and one record of that owner behind it.
Bytes with_record(std::size_t limit, const RecordView& record, bool& fits) {
  Bytes out(512);
  AnswerWriter writer(out, limit, nullptr);
  writer.add_question(question(name("a.example")));
  fits = writer.add_record(Section::kAnswer, name("a.example"), record);
  out.resize(writer.finish(kId, 0, Rcode::kNoError));
  return out;
}

TEST(AnswerWriter, NamesInDataAreCompressedForTheTypesOfRfc1035Only) {
  const Bytes target = name("b.example");
  for (const unsigned type : {2U, 3U, 4U, 5U, 7U, 8U, 9U, 12U, 33U, 39U, 65280U}) {
    bool fits = false;
    const Bytes made = with_record(512, {static_cast<zonestore::RecordType>(type), 60, target}, fits);
    const bool is_old = type <= 12;
    const Bytes data = is_old ? Bytes{1, 'b', 0xC0, 14} : target;
    Bytes expected = test::message(0x8000, {1, 1, 0, 0}, {question(name("a.example"))});
    test::append(expected, test::record(Bytes{0xC0, 12}, type, kClassIn, 60, data));
    EXPECT_TRUE(fits);
    EXPECT_EQ(made, expected) << type;
  }
}

TEST(AnswerWriter, RecordThatDoesNotFitLeavesNothingBehindWhereverItEnds) {
  Bytes soa = name("ns.b.example");
  test::append(soa, name("host.c.example"));
  test::append(soa, Bytes(20, 7));
  const RecordView record{zonestore::RecordType::kSoa, 60, soa};
  bool fits = false;
  const std::size_t whole = with_record(512, record, fits).size();
  ASSERT_TRUE(fits);
  const Bytes empty = test::message(0x8000, {}, {question(name("a.example"))});
  for (std::size_t limit = empty.size(); limit < whole; ++limit) {
    EXPECT_EQ(with_record(limit, record, fits), empty) << limit;
    EXPECT_FALSE(fits);
  }
  EXPECT_EQ(with_record(whole, record, fits).size(), whole);
}

TEST(AnswerWriter, SoaOfAChainsEndThatDoesNotFitLeavesNothingBehind) {
  Bytes out(512);
  AnswerWriter writer(out, 64, nullptr);
  writer.add_question(question(name("a.example")));
  EXPECT_FALSE(writer.add_authority(name("other.test"), Bytes(40, 1)));
  EXPECT_TRUE(writer.add_authority(name("other.test"), Bytes(20, 1)));
  EXPECT_FALSE(writer.add_authority(std::size_t{0}, Bytes(20, 1)));
  out.resize(writer.finish(kId, 0, Rcode::kNoError));
  EXPECT_EQ(test::u16_at(out, 8), 1U);
}

TEST(AnswerWriter, UpperBitsOfTheRcodeGoIntoTheOptRfc6891) {
  Bytes out(512);
  AnswerOpt answer_opt{1232, false};
  AnswerWriter writer(out, 512, &answer_opt);
  out.resize(writer.finish(kId, 0, Rcode::kBadVers));
  EXPECT_EQ(out, test::message(0x8000, {0, 0, 0, 1}, {opt(1232, 0x01000000)}));
}

}  // namespace
}  // namespace dnsd::wire
