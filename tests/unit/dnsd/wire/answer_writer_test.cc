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
  AnswerWriter writer(out, 600, AnswerOpt{1232, false});
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
  AnswerWriter writer(out, 600, AnswerOpt{.udp_bytes = 1232, .cookie = FullCookie{}, .keepalive = 100});
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
    AnswerWriter writer(out, 512, AnswerOpt{1232, false});
    const std::size_t left = 512 - kHeaderBytes - kOptBytes - kZoneVersionOption;
    ASSERT_TRUE(writer.add_answer(Bytes(fits ? left : left + 1, 1), 1));
    writer.set_zone_version({3, 7});
    EXPECT_EQ(writer.finish(kId, 0, Rcode::kNoError), fits ? 512U : 503U);
  }
}

TEST(AnswerWriter, HasNowhereToExplainWithoutAnOpt) {
  Bytes out(512);
  AnswerWriter writer(out, 512, std::nullopt);
  writer.explain(ExtendedError::kNotAuthoritative);
  writer.set_zone_version({3, 7});
  EXPECT_EQ(writer.finish(kId, 0, Rcode::kRefused), kHeaderBytes);
}

TEST(AnswerWriter, NeverLeavesABufferThatIsShorterThanTheLimit) {
  Bytes out(512);
  AnswerWriter writer(out, 65535, std::nullopt);
  EXPECT_FALSE(writer.add_answer(Bytes(501, 1), 1));
  EXPECT_EQ(writer.finish(kId, 0, Rcode::kNoError), kHeaderBytes);
}

TEST(AnswerWriter, TruncationLeavesTheQuestionAndTheOptRfc2181) {
  Bytes out(512);
  const Bytes asked = question(name("a.example"));
  AnswerWriter writer(out, 512, AnswerOpt{1232, true});
  writer.add_question(asked);
  ASSERT_TRUE(writer.add_answer(Bytes(100, 1), 3));
  ASSERT_TRUE(writer.add_authority(2, Bytes(50, 1)));
  writer.truncate();
  out.resize(writer.finish(kId, 0, Rcode::kNoError));
  EXPECT_EQ(out, test::message(0x8200, {1, 0, 0, 1}, {asked, opt(1232, test::kDo)}));
}

TEST(AnswerWriter, AuthorityOwnerPointsIntoTheQuestion) {
  Bytes out(512);
  AnswerWriter writer(out, 512, std::nullopt);
  writer.add_question(question(name("a.example")));
  ASSERT_TRUE(writer.add_authority(2, Bytes{7, 8}));
  out.resize(writer.finish(kId, 0, Rcode::kNxDomain));
  EXPECT_EQ(out, test::message(0x8003, {1, 0, 1, 0}, {question(name("a.example")), Bytes{0xC0, 14, 7, 8}}));
}

TEST(AnswerWriter, UpperBitsOfTheRcodeGoIntoTheOptRfc6891) {
  Bytes out(512);
  AnswerWriter writer(out, 512, AnswerOpt{1232, false});
  out.resize(writer.finish(kId, 0, Rcode::kBadVers));
  EXPECT_EQ(out, test::message(0x8000, {0, 0, 0, 1}, {opt(1232, 0x01000000)}));
}

}  // namespace
}  // namespace dnsd::wire
