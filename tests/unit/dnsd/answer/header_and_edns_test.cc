// How a query must look, and what its header and OPT record bring back: RFC 1035, 6891, 8906.
#include <gtest/gtest.h>

#include "tests/unit/dnsd/answer/responder_fixture.h"

namespace dnsd::test {
namespace {

constexpr std::string_view kSelector = "sel1-mosa._domainkey.dkim.secutix.com";
constexpr unsigned kFormErr = 1;
constexpr unsigned kNotImp = 4;
constexpr unsigned kNotAuth = 9;

using Header = ResponderTest;
using Edns = ResponderTest;
using Truncation = ResponderTest;

TEST_F(Header, ShorterThanAHeaderIsSilenceRfc8906) {
  const Bytes whole = query(kSelector);
  for (std::size_t size = 0; size < 12; ++size) {
    EXPECT_TRUE(ask(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))).silent());
  }
}

TEST_F(Header, ResponsesAreNeverAnswered) {
  for (unsigned opcode = 0; opcode < 16; ++opcode) {
    EXPECT_TRUE(ask(message(0x8000 | opcode << 11, {}, {question(name(kSelector))})).silent());
  }
}

TEST_F(Header, OnlyIdOpcodeAndRdComeBackRfc1035) {
  const Seen seen = ask(message(0x07FF, {}, {question(name(kSelector))}));  // AA TC RD RA Z AD CD and an RCODE
  EXPECT_EQ(seen.id(), 0xBEEFU);
  EXPECT_EQ(seen.flags(), 0x8500U);
}

TEST_F(Header, OtherOpcodesAreNotImplementedWithHeaderAndOptOnly) {
  for (const unsigned opcode : {1U, 2U, 3U, 5U, 6U, 15U}) {
    const unsigned flags = opcode << 11 | 0x0100;
    EXPECT_EQ(ask(message(flags, {}, {question(name(kSelector))})).bytes,
              message(0x8000 | flags | kNotImp, {0, 0, 0, 0}, {}));
    EXPECT_EQ(ask(message(flags, {1, 0, 0, 1}, {question(name(kSelector)), opt(4096, kDo)})).bytes,
              message(0x8000 | flags | kNotImp, {0, 0, 0, 1}, {opt(1232, kDo)}));
    EXPECT_EQ(ask(message(flags, {1, 0, 0, 0}, {})).rcode(), kNotImp);
  }
}

TEST_F(Header, NotifyFromStrangersIsNotAuthRfc1996) {
  const Bytes asked = question(name("dkim.secutix.com"), 6);
  EXPECT_EQ(ask(message(4 << 11, {}, {asked})).bytes, message(0x8000 | 4 << 11 | kNotAuth, {}, {asked}));
}

TEST_F(Header, QuestionCountOtherThanOneIsFormErr) {
  const Bytes asked = question(name(kSelector));
  EXPECT_EQ(ask(message(0, {0, 0, 0, 0}, {})).bytes, message(0x8001, {0, 0, 0, 0}, {}));
  EXPECT_EQ(ask(message(0, {2, 0, 0, 0}, {asked, asked})).bytes, message(0x8001, {0, 0, 0, 0}, {}));
  EXPECT_EQ(ask(message(0, {0, 0, 0, 1}, {opt()})).bytes, message(0x8001, {0, 0, 0, 1}, {opt()}));
  EXPECT_EQ(ask(message(0, {2, 0, 0, 1}, {asked, asked, opt()})).bytes, message(0x8001, {0, 0, 0, 1}, {opt()}));
}

TEST_F(Header, UnreadableQuestionIsFormErrWithHeaderOnly) {
  Bytes long_label(1, 64);
  long_label.insert(long_label.end(), 64, 'a');
  long_label.push_back(0);
  Bytes long_name;
  for (int label = 0; label < 128; ++label) {
    append(long_name, Bytes{1, 'a'});
  }
  long_name.push_back(0);
  const Bytes loop{0xC0, 0x0C};
  const Bytes forward{0xC0, 0x40};
  const Bytes tail{3, 'a', 'b', 'c', 0xC0, 0x0C};
  const Bytes reserved{0x80, 0};
  for (const Bytes& bad : {long_label, long_name, loop, forward, tail, reserved}) {
    EXPECT_EQ(ask(message(0, {}, {question(bad)})).bytes, message(0x8001, {0, 0, 0, 0}, {}));
  }
}

TEST_F(Header, EveryTruncatedQueryIsFormErr) {
  const Bytes whole = query_with_opt(kSelector, kTxt, opt());
  const std::size_t question_end = query(kSelector).size();
  for (std::size_t size = 12; size < whole.size(); ++size) {
    const Seen seen = ask(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_EQ(seen.rcode(), kFormErr) << size;
    EXPECT_EQ(seen.questions(), size < question_end ? 0U : 1U) << size;
    EXPECT_EQ(seen.additionals(), 0U) << size;
  }
}

TEST_F(Header, TrailingBytesAreFormErr) {
  const Bytes asked = question(name(kSelector));
  EXPECT_EQ(ask(message(0, {}, {asked, Bytes{0}})).bytes, message(0x8001, {}, {asked}));
}

TEST_F(Header, LyingCountsAreFormErr) {
  const Bytes asked = question(name(kSelector));
  for (const Counts& counts :
       {Counts{1, 1, 0, 0}, Counts{1, 0, 1, 0}, Counts{1, 0, 0, 1}, Counts{1, 65535, 65535, 65535}}) {
    EXPECT_EQ(ask(message(0, counts, {asked})).bytes, message(0x8001, {}, {asked}));
  }
  EXPECT_EQ(ask(message(0, {}, {asked, opt()})).rcode(), kFormErr);
}

TEST_F(Header, RecordsThatNobodyAskedForAreReadAndIgnored) {
  const Bytes extra = record(Bytes{0xC0, 0x0C}, 1, kIn, 60, Bytes{192, 0, 2, 1});
  EXPECT_EQ(ask(message(0, {1, 1, 1, 2}, {question(name(kSelector)), extra, extra, extra, opt()})).answers(), 1U);
}

TEST_F(Header, RecordWhosePointerDoesNotLeadBackIsFormErr) {
  for (const unsigned target : {0U, 11U, 55U, 200U, 0x3FFFU}) {
    Bytes owner;
    append_u16(owner, 0xC000 | target);
    EXPECT_EQ(ask(message(0, {1, 0, 0, 1}, {question(name(kSelector)), record(owner, 1, kIn, 60, {})})).rcode(),
              kFormErr)
        << target;
  }
}

TEST_F(Header, SignatureByAnUnknownKeyIsNotAuthRfc8945) {
  const Bytes asked = question(name(kSelector));
  const Bytes tsig = record(name("key"), 250, 255, 0, Bytes(17, 0));
  const Seen plain = ask(message(0, {1, 0, 0, 1}, {asked, tsig}));
  EXPECT_EQ(plain.rcode(), kNotAuth);
  EXPECT_EQ(plain.additionals(), 1U);  // the TSIG record that says why
  EXPECT_EQ(ask(message(0, {1, 0, 0, 2}, {asked, opt(), tsig})).additionals(), 2U);
}

TEST_F(Header, MalformedSignatureIsFormErrRfc8945) {
  const Bytes asked = question(name(kSelector));
  const Bytes tsig = record(name("key"), 250, 255, 0, Bytes(16, 0));
  const Seen seen = ask(message(0, {1, 0, 0, 1}, {asked, tsig}));
  EXPECT_EQ(seen.rcode(), kFormErr);
  EXPECT_EQ(seen.additionals(), 0U);
}

TEST_F(Header, SignatureOutOfItsPlaceIsFormErrRfc8945) {
  const Bytes asked = question(name(kSelector));
  const Bytes tsig = record(name("key"), 250, 255, 0, Bytes(17, 0));
  EXPECT_EQ(ask(message(0, {1, 0, 0, 2}, {asked, tsig, opt()})).rcode(), kFormErr);
  EXPECT_EQ(ask(message(0, {1, 0, 1, 0}, {asked, tsig})).rcode(), kFormErr);
  EXPECT_EQ(ask(message(0, {1, 0, 0, 1}, {asked, record(name("key"), 250, kIn, 0, {})})).rcode(), kFormErr);
}

TEST_F(Edns, OptComesBackIfAndOnlyIfThereWasOneRfc6891) {
  EXPECT_EQ(ask(query(kSelector)).additionals(), 0U);
  const Seen seen = ask(query_with_opt(kSelector, kTxt, opt(4096)));
  EXPECT_EQ(seen.additionals(), 1U);
  EXPECT_EQ(seen.from(479), opt(1232));
}

TEST_F(Edns, OptComesBackInErrorsTooAndSaysWhyRfc8914) {
  const Bytes not_authoritative{0, 15, 0, 2, 0, 20};  // RFC 8914: EDE 20
  EXPECT_EQ(ask(query_with_opt("example.org", kTxt, opt())).bytes,
            message(0x8005, {1, 0, 0, 1}, {question(name("example.org")), opt(1232, 0, not_authoritative)}));
  EXPECT_EQ(ask(query_with_opt(kSelector, 254, opt())).additionals(), 1U);
}

TEST_F(Edns, DoIsCopiedAndUnknownFlagsAreNotRfc3225) {
  EXPECT_EQ(ask(query_with_opt(kSelector, kTxt, opt(1232, 0xFFFF))).from(479), opt(1232, kDo));
  EXPECT_EQ(ask(query_with_opt(kSelector, kTxt, opt(1232, 0x7FFF))).from(479), opt(1232, 0));
}

TEST_F(Edns, HigherVersionIsBadVersWithDoCopied) {
  for (const std::uint32_t version : {1U, 255U}) {
    const Bytes asked = opt(1232, version << 16 | kDo, Bytes{1, 2, 3});
    EXPECT_EQ(ask(query_with_opt(kSelector, kTxt, asked)).bytes,
              message(0x8000, {1, 0, 0, 1}, {question(name(kSelector)), opt(1232, 0x01000000 | kDo)}));
  }
}

TEST_F(Edns, UnknownOptionsAreIgnored) {
  const Bytes options{0xFD, 0xE9, 0, 2, 1, 2, 0, 3, 0, 0};
  EXPECT_EQ(ask(query_with_opt(kSelector, kTxt, opt(1232, 0, options))).answers(), 1U);
}

TEST_F(Edns, MalformedOptionsAreFormErrWithoutOpt) {
  for (const Bytes& options : {Bytes{0}, Bytes{0, 3, 0}, Bytes{0, 3, 0, 1}, Bytes{0, 3, 0, 0, 0}}) {
    const Seen seen = ask(query_with_opt(kSelector, kTxt, opt(1232, 0, options)));
    EXPECT_EQ(seen.bytes, message(0x8001, {}, {question(name(kSelector))}));
  }
}

TEST_F(Edns, TwoOptRecordsAreFormErr) {
  EXPECT_EQ(ask(message(0, {1, 0, 0, 2}, {question(name(kSelector)), opt(), opt()})).bytes,
            message(0x8001, {}, {question(name(kSelector))}));
}

TEST_F(Edns, OptWithANameOrOutOfItsSectionIsFormErr) {
  const Bytes asked = question(name(kSelector));
  EXPECT_EQ(ask(message(0, {1, 0, 0, 1}, {asked, record(name("x"), 41, 1232, 0, {})})).rcode(), kFormErr);
  EXPECT_EQ(ask(message(0, {1, 1, 0, 0}, {asked, opt()})).rcode(), kFormErr);
  EXPECT_EQ(ask(message(0, {1, 0, 1, 0}, {asked, opt()})).rcode(), kFormErr);
}

TEST_F(Truncation, AnswerOver512BytesWithoutEdnsIsQuestionAndTcOnly) {
  const Seen seen = ask(query("many.dkim.secutix.com"));
  EXPECT_EQ(seen.bytes, message(0x8600, {}, {question(name("many.dkim.secutix.com"))}));
}

TEST_F(Truncation, OptIsKeptAndCountedInTheSize) {
  // 479 bytes and the OPT record's 11 do not fit 489.
  settings_.udp_answer_bytes = 1232;
  const std::string owner = "sel1-" + std::string(36, 'm') + "._domainkey.dkim.secutix.com";
  zone::ImageBuilder builder(*image_);
  ASSERT_TRUE(builder.put(zone::ZoneIndex{0}, parse(owner), zonestore::RecordType::kTxt, zonestore::Ttl{3600},
                          zonestore::pack_rdata({zonestore::txt_rdata(std::string(kRsa2048TextBytes, 'k'))})));
  image_ = builder.finish().value();
  EXPECT_EQ(ask(query(owner)).bytes.size(), 511U);
  EXPECT_EQ(ask(query_with_opt(owner, kTxt, opt(521))).bytes,
            message(0x8600, {1, 0, 0, 1}, {question(name(owner)), opt()}));
  EXPECT_EQ(ask(query_with_opt(owner, kTxt, opt(522))).bytes.size(), 522U);
}

TEST_F(Truncation, SizesBelow512CountAs512) {
  for (const unsigned udp_bytes : {0U, 1U, 511U}) {
    EXPECT_EQ(ask(query_with_opt(kSelector, kTxt, opt(udp_bytes))).bytes.size(), 490U);
  }
}

TEST_F(Truncation, OurLimitHoldsWhateverTheClientTakes) {
  // Padded, so that the answer is not too long for its query.
  const auto asked = [](unsigned udp_bytes) {
    return query_with_opt("many.dkim.secutix.com", kTxt, opt(udp_bytes, 0, option(12, Bytes(200, 0))));
  };
  EXPECT_TRUE(ask(asked(65535)).tc());
  settings_.udp_answer_bytes = 4096;
  EXPECT_FALSE(ask(asked(65535)).tc());
  EXPECT_TRUE(ask(asked(1232)).tc());
}

TEST_F(Truncation, TcpAnswersAreWholeRfc7766) {
  const Seen seen = ask(query("many.dkim.secutix.com"), answer::Transport::kTcp);
  EXPECT_FALSE(seen.tc());
  EXPECT_EQ(seen.answers(), 40U);
}

}  // namespace
}  // namespace dnsd::test
