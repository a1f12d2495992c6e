#include "dnsd/wire/edns.h"

#include <gtest/gtest.h>

#include "tests/unit/dnsd/answer/messages.h"

namespace dnsd::wire {
namespace {

using test::joined;
using test::option;
using zonestore::Bytes;

constexpr unsigned kNsid = 3;
constexpr unsigned kCookie = 10;
constexpr unsigned kKeepalive = 11;
constexpr unsigned kPadding = 12;
constexpr unsigned kEde = 15;
constexpr unsigned kZoneVersion = 19;
constexpr unsigned kExpire = 9;

const Bytes kClientCookie{1, 2, 3, 4, 5, 6, 7, 8};

std::optional<Edns> parse(ByteView options, std::uint32_t ttl = 0) {
  return parse_opt(1232, ttl, options);
}

Bytes cookie_of(const Edns& edns) {
  return {edns.cookie.begin(), edns.cookie.end()};
}

TEST(ParseOpt, WithoutOptionsWantsNothing) {
  const auto edns = parse({});
  ASSERT_TRUE(edns);
  EXPECT_EQ(edns->udp_bytes, 1232);
  EXPECT_EQ(edns->version, 0);
  EXPECT_FALSE(edns->dnssec_ok || edns->wants_nsid || edns->wants_keepalive || edns->wants_zone_version ||
               edns->wants_expire);
  EXPECT_TRUE(edns->cookie.empty());
  EXPECT_FALSE(edns->has_bad_option);
}

TEST(ParseOpt, ReadsDoAndIgnoresOtherFlagsRfc6891) {
  EXPECT_TRUE(parse({}, 0x00008000)->dnssec_ok);
  EXPECT_FALSE(parse({}, 0xFF007FFF)->dnssec_ok);
  EXPECT_EQ(parse({}, 0xFF007FFF)->version, 0);
}

TEST(ParseOpt, SeesEachOptionThatItKnows) {
  const Bytes options =
      joined({option(kZoneVersion), option(kKeepalive), option(kCookie, kClientCookie), option(kNsid)});
  const auto edns = parse(options);
  ASSERT_TRUE(edns);
  EXPECT_TRUE(edns->wants_nsid && edns->wants_keepalive && edns->wants_zone_version);
  EXPECT_EQ(cookie_of(*edns), kClientCookie);
  EXPECT_FALSE(edns->has_bad_option);
}

TEST(ParseOpt, ExpireIsAskedForWithAndWithoutDataRfc7314) {
  EXPECT_TRUE(parse(option(kExpire))->wants_expire);
  EXPECT_TRUE(parse(option(kExpire, Bytes{0, 0, 0, 0}))->wants_expire);
  EXPECT_FALSE(parse(option(kExpire, Bytes{0, 0, 0, 0}))->has_bad_option);
}

TEST(ParseOpt, EachOptionStandsForItselfAlone) {
  EXPECT_FALSE(parse(option(kNsid))->wants_keepalive);
  EXPECT_FALSE(parse(option(kKeepalive))->wants_zone_version);
  EXPECT_FALSE(parse(option(kZoneVersion))->wants_nsid);
  EXPECT_FALSE(parse(option(kCookie, kClientCookie))->wants_nsid);
}

TEST(ParseOpt, UnknownOptionsAreIgnoredRfc6891) {
  const auto edns = parse(joined({option(65001, Bytes(300, 1)), option(kPadding, Bytes(40, 0)), option(0),
                                  option(kEde, Bytes{0, 20}), option(kNsid), option(65534)}));
  ASSERT_TRUE(edns);
  EXPECT_TRUE(edns->wants_nsid);
  EXPECT_FALSE(edns->has_bad_option);
}

TEST(ParseOpt, OptionsThatDoNotFillTheRecordAreNoOpt) {
  for (const Bytes& bad : {Bytes{0}, Bytes{0, 3}, Bytes{0, 3, 0}, Bytes{0, 3, 0, 1}, Bytes{0, 10, 0, 8, 1, 2},
                           Bytes{0, 3, 0, 0, 0}, Bytes{0, 3, 0xFF, 0xFF, 1}}) {
    EXPECT_FALSE(parse(bad)) << testing::PrintToString(bad);
  }
}

TEST(ParseOpt, OptionsOfALaterVersionAreNotJudged) {
  const auto edns = parse(joined({option(kCookie), option(kNsid), Bytes{0}}), 0x00010000);
  ASSERT_TRUE(edns);
  EXPECT_EQ(edns->version, 1);
  EXPECT_FALSE(edns->wants_nsid || edns->has_bad_option);
}

TEST(ParseOpt, CookieIsAClientCookieAloneOrWithAServerCookieRfc7873) {
  for (std::size_t size = 0; size <= 64; ++size) {
    const Bytes cookie(size, 7);
    const Bytes options = option(kCookie, cookie);
    const auto edns = parse(options);
    const bool good = size == 8 || (size >= 16 && size <= 40);
    ASSERT_TRUE(edns);
    EXPECT_EQ(edns->has_bad_option, !good) << size;
    EXPECT_EQ(cookie_of(*edns), good ? cookie : Bytes()) << size;
  }
}

TEST(ParseOpt, FirstOfTwoCookiesCountsRfc7873) {
  const Bytes options = joined({option(kCookie, kClientCookie), option(kCookie, Bytes(16, 9))});
  const auto edns = parse(options);
  ASSERT_TRUE(edns);
  EXPECT_EQ(cookie_of(*edns), kClientCookie);
  EXPECT_FALSE(edns->has_bad_option);
}

TEST(ParseOpt, EachOfTwoCookiesMustBeWellFormed) {
  EXPECT_TRUE(parse(joined({option(kCookie, kClientCookie), option(kCookie, Bytes(3, 9))}))->has_bad_option);
  EXPECT_TRUE(parse(joined({option(kCookie), option(kCookie, kClientCookie)}))->has_bad_option);
}

TEST(ParseOpt, ZoneVersionWithDataIsBadRfc9660) {
  EXPECT_TRUE(parse(option(kZoneVersion, Bytes{0}))->has_bad_option);
  EXPECT_TRUE(parse(joined({option(kZoneVersion, Bytes{0}), option(kZoneVersion)}))->has_bad_option);
  EXPECT_TRUE(parse(joined({option(kZoneVersion), option(kZoneVersion, Bytes{0})}))->has_bad_option);
  EXPECT_FALSE(parse(joined({option(kZoneVersion), option(kZoneVersion)}))->has_bad_option);
}

TEST(ParseOpt, NsidAndKeepaliveWithDataAreTakenAsWithout) {
  const auto edns = parse(joined({option(kNsid, Bytes{1}), option(kKeepalive, Bytes{0, 100}), option(kNsid)}));
  ASSERT_TRUE(edns);
  EXPECT_TRUE(edns->wants_nsid && edns->wants_keepalive);
  EXPECT_FALSE(edns->has_bad_option);
}

}  // namespace
}  // namespace dnsd::wire
