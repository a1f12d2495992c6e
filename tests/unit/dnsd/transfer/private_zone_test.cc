// The catalog (RFC 9432) beside the zones that are for the world: there for its peers, and for nobody else.

#include <gtest/gtest.h>

#include "dnsd/transfer/gate.h"
#include "tests/unit/dnsd/transfer/transfer_fixture.h"

namespace dnsd::transfer {
namespace {

using util::Transport;

constexpr std::string_view kCatalog = "catalog.test";
constexpr unsigned kSoa = 6;
constexpr unsigned kTxt = 16;
constexpr unsigned kPtr = 12;
constexpr unsigned kCname = 5;
constexpr unsigned kDs = 43;
constexpr unsigned kNoError = 0;
constexpr unsigned kRefused = 5;
constexpr unsigned kNotAuth = 9;

class PrivateZone : public TransferTest {
 protected:
  PrivateZone() {
    zone::ImageBuilder builder(*image_);
    const auto add = [&](std::string_view apex, bool is_private) {
      const zone::ZoneIndex zone = builder.add_zone(test::parse(apex), 4, nullptr, is_private);
      put(builder, zone, apex, kSoa, test::soa_data(apex, kSerial, 300));
      put(builder, zone, apex, 2, test::name("invalid"));
      return zone;
    };
    const zone::ZoneIndex catalog = add(kCatalog, true);
    put(builder, catalog, "version.catalog.test", kTxt, zonestore::txt_rdata("2"));
    put(builder, catalog, "aa.zones.catalog.test", kPtr, test::name("dkim.secutix.com"));
    const zone::ZoneIndex open = add("open.test", false);
    put(builder, open, "alias.open.test", kCname, test::name("version.catalog.test"));
    put(builder, open, "apex.open.test", kCname, test::name(kCatalog));
    image_ = builder.finish().value();
    peers_[0].catalog = true;
  }

  static void put(zone::ImageBuilder& builder, zone::ZoneIndex zone, std::string_view owner, unsigned type,
                  const zonestore::Bytes& rdata) {
    ASSERT_TRUE(builder
                    .put(zone, test::parse(owner), static_cast<zonestore::RecordType>(type), zonestore::Ttl{3600},
                         zonestore::pack_rdata({rdata}))
                    .has_value());
  }

  // What comes back, as a worker answers.
  test::Seen answered(const zonestore::Bytes& request, Transport transport = Transport::kUdp) {
    receive(request);
    const zonestore::SocketAddress from = address("192.0.2.2:5000");
    const util::Client client{transport, from.bytes(), {}};
    reveal_private_zone(received_, client, *image_, peers_);
    if (is_request(received_)) {
      const Judgement judgement = judge(received_, client, peers_);
      received_.transfer = judgement.verdict;
      is_stream_ = judgement.is_stream;
    }
    std::vector<std::uint8_t> out(65535);
    out.resize(answer::respond(received_, out, *image_, settings_, client).size);
    return {out};
  }
  bool is_stream(const zonestore::Bytes& request) {
    is_stream_ = false;
    answered(request, Transport::kTcp);
    return is_stream_;
  }

  bool is_stream_ = false;
  zonestore::Peers peers_{peer("all", {"ns2-key"}, {"192.0.2.2:53"}), peer("zones", {"ns3-key"}, {"192.0.2.2:53"})};
};

TEST_F(PrivateZone, PeerOfItMayHaveItsSoaAndTransferIt) {
  const test::Seen soa = answered(sign(test::query(kCatalog, kSoa), "ns2-key"));
  EXPECT_EQ(soa.rcode(), kNoError);
  EXPECT_EQ(soa.answers(), 1U);
  EXPECT_TRUE(is_stream(sign(test::query(kCatalog, kAxfr), "ns2-key")));
  EXPECT_TRUE(is_stream(sign(ixfr(kCatalog, kSerial - 5), "ns2-key")));
  EXPECT_EQ(answered(sign(ixfr(kCatalog, kSerial), "ns2-key")).answers(), 1U) << "nothing new";
}

TEST_F(PrivateZone, ForAPeerWithoutItAndForStrangersItIsNoZoneOfOurs) {
  for (const std::string_view key : {"ns3-key", ""}) {
    const test::Seen soa = answered(sign(test::query(kCatalog, kSoa), key));
    EXPECT_EQ(soa.rcode(), kRefused);
    EXPECT_EQ(soa.answers(), 0U);
    EXPECT_EQ(answered(sign(test::query(kCatalog, kAxfr), key), Transport::kTcp).rcode(), kNotAuth);
    EXPECT_EQ(answered(sign(ixfr(kCatalog, 1), key), Transport::kTcp).rcode(), kNotAuth);
    EXPECT_FALSE(is_stream(sign(test::query(kCatalog, kAxfr), key)));
  }
}

// Byte for byte what is said of a name that nobody has heard of: that there is a catalog shows in nothing.
TEST_F(PrivateZone, AnswersToStrangersAreThoseOfAZoneThatIsNotThere) {
  for (const unsigned type : {kSoa, kTxt, kAxfr, kIxfr, kDs, 255U}) {
    for (const unsigned code : {3U, 19U}) {  // NSID, ZONEVERSION (RFC 9660)
      const zonestore::Bytes option{0, static_cast<std::uint8_t>(code), 0, 0};
      test::Seen ours = answered(test::query_with_opt("catalog.test", type, test::opt(1232, 0, option)));
      test::Seen none = answered(test::query_with_opt("catalug.test", type, test::opt(1232, 0, option)));
      ASSERT_EQ(ours.bytes.size(), none.bytes.size()) << type;
      constexpr std::size_t kLetter = 12 + 1 + 5;
      ours.bytes[kLetter] = none.bytes[kLetter];
      EXPECT_TRUE(ours.bytes == none.bytes) << type << " " << code;
    }
  }
}

TEST_F(PrivateZone, ItsOtherNamesAndTypesAreNobodys) {
  EXPECT_EQ(answered(sign(test::query("version.catalog.test", kTxt), "ns2-key")).rcode(), kRefused);
  EXPECT_EQ(answered(sign(test::query("aa.zones.catalog.test", kPtr), "ns2-key")).rcode(), kRefused);
  EXPECT_EQ(answered(sign(test::query("zones.catalog.test", kSoa), "ns2-key")).rcode(), kRefused);
  EXPECT_EQ(answered(sign(test::query(kCatalog, 2), "ns2-key")).rcode(), kRefused);
}

TEST_F(PrivateZone, NoAliasLeadsIntoIt) {
  for (const char* const alias : {"alias.open.test", "apex.open.test"}) {
    for (const unsigned type : {kTxt, kSoa}) {
      const test::Seen seen = answered(sign(test::query(alias, type), "ns2-key"));
      EXPECT_EQ(seen.rcode(), kNoError);
      EXPECT_EQ(seen.answers(), 1U) << "the alias alone";
    }
  }
}

TEST_F(PrivateZone, BadSignatureRevealsNothing) {
  zonestore::Bytes bad = sign(test::query(kCatalog, kSoa), "ns2-key");
  bad[bad.size() - 10] ^= 1U;
  EXPECT_EQ(answered(bad).answers(), 0U);
}

TEST_F(PrivateZone, LogLearnsWhichZoneWasRefused) {
  receive(sign(test::query(kCatalog, kAxfr), "ns3-key"));
  const zone::Zone* const zone = zone_asked_for(received_, *image_);
  ASSERT_NE(zone, nullptr);
  EXPECT_EQ(zone->apex.to_text_no_dot(), kCatalog);
  receive(test::query("zones.catalog.test", kAxfr));
  EXPECT_EQ(zone_asked_for(received_, *image_), nullptr);
}

TEST_F(PrivateZone, ChangeOfTheImageKeepsItPrivate) {
  image_ = zone::ImageBuilder(*image_).finish().value();
  EXPECT_EQ(answered(test::query(kCatalog, kSoa)).rcode(), kRefused);
  zone::ImageBuilder changed(*image_);
  put(changed, zone::ZoneIndex{2}, "bb.zones.catalog.test", kPtr, test::name("spf.secutix.com"));
  image_ = changed.finish().value();
  EXPECT_EQ(answered(test::query(kCatalog, kSoa)).rcode(), kRefused);
  EXPECT_EQ(answered(sign(test::query(kCatalog, kSoa), "ns2-key")).answers(), 1U);
}

}  // namespace
}  // namespace dnsd::transfer
