// What the options of a query bring back: RFC 5001, 7314, 7828, 7873, 8914, 9660, and how much room they take.
#include <algorithm>
#include <chrono>

#include <gtest/gtest.h>

#include "tests/unit/dnsd/answer/responder_fixture.h"

namespace dnsd::test {
namespace {

constexpr std::string_view kSelector = "sel1-mosa._domainkey.dkim.secutix.com";
constexpr unsigned kNsid = 3;
constexpr unsigned kCookie = 10;
constexpr unsigned kKeepalive = 11;
constexpr unsigned kPadding = 12;
constexpr unsigned kEde = 15;
constexpr unsigned kZoneVersion = 19;
constexpr unsigned kExpire = 9;
constexpr unsigned kSoa = 6;
constexpr unsigned kFormErr = 1;
constexpr unsigned kAxfr = 252;
constexpr std::uint32_t kNow = 1796000000;
constexpr std::size_t kFullCookieBytes = 24;

class Options : public OptionsResponderTest {
 protected:
  Options() {
    settings_.unix_seconds = kNow;
    client_.idle = std::chrono::seconds{10};
  }

  [[nodiscard]] Seen ask_with(ByteView options, std::string_view asked = kSelector, unsigned type = kTxt) const {
    return ask(query_with_opt(asked, type, opt(1232, 0, options)));
  }

  [[nodiscard]] Bytes good_cookie() const {
    const auto judged = answer::judge_cookie(secrets_, client_cookie_, {address_, kNow});
    return {judged.answer.begin(), judged.answer.end()};
  }

  // No question; as many records of each section as `counts` says, which are OPT records.
  [[nodiscard]] Seen probe(const Bytes& cookie, unsigned flags = 0, Counts counts = {0, 0, 0, 1}) const {
    return ask(message(flags, counts, {opt(1232, 0, option(kCookie, cookie))}));
  }

  const Bytes client_cookie_{1, 2, 3, 4, 5, 6, 7, 8};
};

// The OPT record that ends the answer, told from how it must look.
void expect_opt(const Seen& seen, ByteView options, std::uint32_t ttl = 0) {
  const Bytes expected = opt(1232, ttl, options);
  ASSERT_GE(seen.bytes.size(), expected.size());
  EXPECT_EQ(seen.from(seen.bytes.size() - expected.size()), expected);
  EXPECT_EQ(seen.additionals(), 1U);
}

TEST_F(Options, NsidIsToldToWhoAsksForItRfc5001) {
  expect_opt(ask_with(option(kNsid)), option(kNsid, nsid_));
  expect_opt(ask_with(option(kNsid), "example.org"), joined({option(kEde, Bytes{0, 20}), option(kNsid, nsid_)}));
  expect_opt(ask_with({}), {});
}

TEST_F(Options, AnswerIsAtMostFourteenTimesAsLongAsItsQuery) {
  const Bytes small = query_with_opt("many.dkim.secutix.com", kTxt, opt(4096));
  settings_.udp_answer_bytes = 4096;
  const Seen cut = ask(small);
  EXPECT_TRUE(cut.tc());
  EXPECT_LE(cut.bytes.size(), 14 * small.size());
  EXPECT_FALSE(ask(small, answer::Transport::kTcp).tc());
}

TEST_F(Options, ValidCookieLiftsTheBoundOnAmplification) {
  settings_.udp_answer_bytes = 4096;
  const auto asked = [](const Bytes& cookie) {
    return query_with_opt("many.dkim.secutix.com", kTxt, opt(4096, 0, option(kCookie, cookie)));
  };
  EXPECT_TRUE(ask(asked(client_cookie_)).tc());
  const Seen whole = ask(asked(good_cookie()));
  EXPECT_FALSE(whole.tc());
  EXPECT_GT(whole.bytes.size(), 14 * asked(good_cookie()).size());
}

TEST_F(Options, WithoutAnNsidNoneIsToldRfc5001) {
  settings_.nsid = {};
  expect_opt(ask_with(option(kNsid)), {});
}

TEST_F(Options, CookieGetsAServerCookieInEveryAnswerRfc7873) {
  const Bytes asked = option(kCookie, client_cookie_);
  const Bytes given = option(kCookie, good_cookie());
  expect_opt(ask_with(asked), given);
  expect_opt(ask_with(asked, "no.dkim.secutix.com"), given);
  expect_opt(ask_with(asked, "many.dkim.secutix.com"), given);  // truncated
  expect_opt(ask_with(asked, "example.org"), joined({given, option(kEde, Bytes{0, 20})}));
  expect_opt(ask(message(5 << 11, {1, 0, 0, 1}, {question(name(kSelector)), opt(1232, 0, asked)})), given);
  expect_opt(ask(message(0, {2, 0, 0, 1}, {question(name("a")), question(name("a")), opt(1232, 0, asked)})), given);
}

TEST_F(Options, FalseServerCookieIsAnsweredLikeNoneRfc7873) {
  Bytes false_cookie = good_cookie();
  false_cookie.back() ^= 1;
  const Seen seen = ask_with(option(kCookie, false_cookie));
  EXPECT_EQ(seen.rcode(), 0U);
  EXPECT_EQ(seen.answers(), 1U);
  expect_opt(seen, option(kCookie, good_cookie()));
}

TEST_F(Options, CallerIsToldOfAValidCookieRfc7873) {
  const auto is_told = [&](const Bytes& query_bytes) {
    Bytes out(wire::kMaxMessageBytes);
    return answer::respond(query_bytes, out, *image_, settings_, client_).has_valid_cookie;
  };
  const auto with_cookie = [](std::string_view asked, const Bytes& cookie) {
    return query_with_opt(asked, kTxt, opt(1232, 0, option(kCookie, cookie)));
  };
  Bytes false_cookie = good_cookie();
  false_cookie.back() ^= 1;
  for (const std::string_view asked : {kSelector, std::string_view("no.dkim.secutix.com"), std::string_view("org")}) {
    EXPECT_TRUE(is_told(with_cookie(asked, good_cookie()))) << asked;
    EXPECT_FALSE(is_told(with_cookie(asked, client_cookie_))) << asked;
    EXPECT_FALSE(is_told(with_cookie(asked, false_cookie))) << asked;
    EXPECT_FALSE(is_told(query(asked))) << asked;
  }
  const Bytes old_cookie = good_cookie();
  settings_.unix_seconds += 3601;
  EXPECT_FALSE(is_told(with_cookie(kSelector, old_cookie)));
}

TEST_F(Options, WithoutSecretsCookieIsAnUnknownOption) {
  settings_.cookie_secrets = nullptr;
  expect_opt(ask_with(option(kCookie, client_cookie_)), {});
  EXPECT_EQ(probe(client_cookie_).rcode(), kFormErr);
}

TEST_F(Options, FirstOfTwoCookiesIsAnsweredRfc7873) {
  expect_opt(ask_with(joined({option(kCookie, client_cookie_), option(kCookie, Bytes(8, 9))})),
             option(kCookie, good_cookie()));
}

TEST_F(Options, MalformedCookieIsFormErrWithAnOptRfc7873) {
  for (const std::size_t size : {0U, 7U, 9U, 15U, 41U}) {
    const Bytes asked = question(name(kSelector));
    EXPECT_EQ(ask_with(option(kCookie, Bytes(size, 1))).bytes, message(0x8001, {1, 0, 0, 1}, {asked, opt()})) << size;
  }
}

TEST_F(Options, CookieProbeIsAnsweredWithoutAQuestionRfc7873) {
  const Bytes opt_with_cookie = opt(1232, 0, option(kCookie, good_cookie()));
  EXPECT_EQ(probe(client_cookie_).bytes, message(0x8000, {0, 0, 0, 1}, {opt_with_cookie}));
  EXPECT_EQ(probe(good_cookie()).bytes, message(0x8000, {0, 0, 0, 1}, {opt_with_cookie}));
}

TEST_F(Options, CookieProbeSaysThatACookieIsBadRfc7873) {
  Bytes false_cookie = good_cookie();
  false_cookie[kFullCookieBytes - 1] ^= 1;
  constexpr std::uint32_t kUpperBitsOfBadCookie = 0x01000000;  // 23 is 1 in the OPT record and 7 in the header
  EXPECT_EQ(probe(false_cookie).bytes,
            message(0x8007, {0, 0, 0, 1}, {opt(1232, kUpperBitsOfBadCookie, option(kCookie, good_cookie()))}));
}

TEST_F(Options, OnlyAQueryWithALoneOptAndACookieIsACookieProbe) {
  EXPECT_EQ(ask(message(0, {0, 0, 0, 1}, {opt()})).rcode(), kFormErr);
  EXPECT_EQ(probe(client_cookie_, 4 << 11).rcode(), kFormErr);
  const Bytes extra = record(name("a"), 1, kIn, 60, {});
  const Bytes cookie = opt(1232, 0, option(kCookie, client_cookie_));
  EXPECT_EQ(ask(message(0, {0, 1, 0, 1}, {extra, cookie})).rcode(), kFormErr);
  EXPECT_EQ(ask(message(0, {0, 0, 1, 1}, {extra, cookie})).rcode(), kFormErr);
  EXPECT_EQ(ask(message(0, {0, 0, 0, 2}, {extra, cookie})).rcode(), kFormErr);
  EXPECT_EQ(ask(message(0, {0, 0, 0, 1}, {cookie, Bytes{0}})).rcode(), kFormErr);
}

TEST_F(Options, KeepaliveIsToldOverTcpOnlyRfc7828) {
  const Bytes asked = query_with_opt(kSelector, kTxt, opt(1232, 0, option(kKeepalive)));
  expect_opt(ask(asked, answer::Transport::kTcp), option(kKeepalive, Bytes{0, 100}));
  expect_opt(ask(asked, answer::Transport::kUdp), {});
  expect_opt(ask(query_with_opt(kSelector, kTxt, opt()), answer::Transport::kTcp), {});
}

TEST_F(Options, ZoneVersionIsTheSerialOfTheZoneThatAnsweredRfc9660) {
  const auto version = [&](std::uint8_t labels) {
    Bytes data{labels, 0};
    append_u32(data, image_->zones[0]->serial);
    return option(kZoneVersion, data);
  };
  for (const std::string_view asked :
       {kSelector, std::string_view("no.dkim.secutix.com"), std::string_view("_domainkey.dkim.secutix.com"),
        std::string_view("many.dkim.secutix.com")}) {
    expect_opt(ask_with(option(kZoneVersion), asked), version(3));
  }
  EXPECT_EQ(image_->zones[0]->serial, 2026112301U);
}

TEST_F(Options, ZoneVersionIsNotToldWhereNoZoneAnsweredRfc9660) {
  expect_opt(ask_with(option(kZoneVersion), "example.org"), option(kEde, Bytes{0, 20}));
  expect_opt(ask_with(option(kZoneVersion), "dkim.secutix.com", kAxfr), option(kEde, Bytes{0, 18}));
  expect_opt(ask_with({}), {});
  EXPECT_EQ(ask(query(kSelector)).additionals(), 0U);
}

TEST_F(Options, ZoneVersionWithDataIsFormErrRfc9660) {
  EXPECT_EQ(ask_with(option(kZoneVersion, Bytes{0})).bytes,
            message(0x8001, {1, 0, 0, 1}, {question(name(kSelector)), opt()}));
}

TEST_F(Options, ExpireIsToldWithTheSoaAloneRfc7314) {
  const Bytes two_weeks = option(kExpire, Bytes{0, 18, 117, 0});
  expect_opt(ask_with(option(kExpire), "dkim.secutix.com", kSoa), two_weeks);
  expect_opt(ask_with(joined({option(kNsid), option(kExpire)}), "dkim.secutix.com", kSoa),
             joined({two_weeks, option(kNsid, nsid_)}));
  expect_opt(ask_with(option(kExpire), kSelector, kSoa), {});
  expect_opt(ask_with(option(kExpire), kSelector), {});
  expect_opt(ask_with(option(kExpire), "example.org", kSoa), option(kEde, Bytes{0, 20}));
  expect_opt(ask_with(option(kExpire), "dkim.secutix.com", kAxfr), option(kEde, Bytes{0, 18}));
}

TEST_F(Options, PaddingIsIgnoredWithoutEncryptionRfc7830) {
  expect_opt(ask_with(option(kPadding, Bytes(64, 0))), {});
}

TEST_F(Options, RefusedTransferSaysThatItIsProhibitedRfc8914) {
  expect_opt(ask_with({}, "dkim.secutix.com", kAxfr), option(kEde, Bytes{0, 18}));
}

TEST_F(Options, Rsa2048AnswerFits1232BytesWithEveryOption) {
  const Seen seen =
      ask_with(joined({option(kNsid), option(kCookie, client_cookie_), option(kZoneVersion), option(kKeepalive)}));
  EXPECT_EQ(seen.answers(), 1U);
  EXPECT_EQ(seen.bytes.size(), 479U + 11 + 28 + 10 + 7);
}

TEST_F(Options, CookieCountsInTheSizeAndNsidGivesWayRfc6891) {
  const std::string owner = "sel1-" + std::string(5, 'm') + "._domainkey.dkim.secutix.com";
  zone::ImageBuilder builder(*image_);
  ASSERT_TRUE(builder.put(zone::ZoneIndex{0}, parse(owner), zonestore::RecordType::kTxt, zonestore::Ttl{3600},
                          zonestore::pack_rdata({zonestore::txt_rdata(std::string(kRsa2048TextBytes, 'k'))})));
  image_ = builder.finish().value();
  ASSERT_EQ(ask(query(owner)).bytes.size(), 480U);
  const Bytes asked = joined({option(kCookie, client_cookie_), option(kNsid)});
  const auto of_size = [&](unsigned udp_bytes) { return ask(query_with_opt(owner, kTxt, opt(udp_bytes, 0, asked))); };
  EXPECT_TRUE(of_size(480 + 11 + 28 - 1).tc());
  expect_opt(of_size(480 + 11 + 28), option(kCookie, good_cookie()));
  EXPECT_EQ(of_size(480 + 11 + 28).answers(), 1U);
  expect_opt(of_size(480 + 11 + 28 + 6), option(kCookie, good_cookie()));
  expect_opt(of_size(480 + 11 + 28 + 7), joined({option(kCookie, good_cookie()), option(kNsid, nsid_)}));
}

TEST_F(Options, Rsa2048AnswerWithACookieIsTruncatedAt512) {
  EXPECT_TRUE(ask(query_with_opt(kSelector, kTxt, opt(512, 0, option(kCookie, client_cookie_)))).tc());
}

}  // namespace
}  // namespace dnsd::test
