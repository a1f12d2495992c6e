#include "dnsd/zone/image_builder.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "dnsd/zone/look_up.h"
#include "tests/unit/dnsd/answer/messages.h"

namespace dnsd::zone {
namespace {

using zonestore::Name;
using zonestore::Ttl;

constexpr ZoneIndex kZone{0};
constexpr std::string_view kApex = "dkim.secutix.com";

Name parse(std::string_view text) {
  return Name::parse(text).value();
}

Bytes soa(std::uint32_t serial, std::uint32_t minimum = 300) {
  return zonestore::soa_rdata({parse("ns1.secutix.com"), parse("host.secutix.com"), serial, 1, 2, 3, minimum});
}

bool put(ImageBuilder& builder, std::string_view owner, RecordType type, const std::vector<Bytes>& rdata,
         std::uint32_t ttl = 3600) {
  return builder.put(kZone, parse(owner), type, Ttl{ttl}, zonestore::pack_rdata(rdata)).has_value();
}
bool put_txt(ImageBuilder& builder, std::string_view owner, std::string_view text) {
  return put(builder, owner, RecordType::kTxt, {zonestore::txt_rdata(text)});
}

std::shared_ptr<const Image> small_image() {
  ImageBuilder builder;
  builder.add_zone(parse(kApex), 4);
  EXPECT_TRUE(put(builder, kApex, RecordType::kSoa, {soa(1)}));
  EXPECT_TRUE(put_txt(builder, "sel1._domainkey.dkim.secutix.com", "one"));
  return builder.finish().value();
}

NodeView find(const Image& image, std::string_view owner) {
  wire::LoweredName name;
  wire::lower_name(test::name(owner), name);
  return find_exactly(*image.zones[0], name);
}

TEST(ImageBuilder, LaysTheRecordOutWithItsOwnerPointingToTheQuestion) {
  const auto image = small_image();
  const auto record_set = find(*image, "sel1._domainkey.dkim.secutix.com").find(RecordType::kTxt);
  const Bytes expected = test::record(Bytes{0xC0, 0x0C}, 16, 1, 3600, zonestore::txt_rdata("one"));
  EXPECT_TRUE(std::ranges::equal(record_set->answer, expected));
  EXPECT_EQ(record_set->count, 1U);
}

TEST(ImageBuilder, NamesBetweenTheApexAndARecordExistRfc8020) {
  const auto image = small_image();
  const NodeView between = find(*image, "_domainkey.dkim.secutix.com");
  ASSERT_TRUE(between);
  EXPECT_EQ(between.record_set_count(), 0U);
  EXPECT_EQ(between.children(), 1U);
  EXPECT_EQ(find(*image, kApex).children(), 1U);
  EXPECT_EQ(image->zones[0]->names.size(), 3U);
}

TEST(ImageBuilder, OrderOfRecordSetsDoesNotMatter) {
  ImageBuilder builder;
  builder.add_zone(parse(kApex), 4);
  EXPECT_TRUE(put_txt(builder, "a.b.c.dkim.secutix.com", "deep"));
  EXPECT_TRUE(put_txt(builder, "c.dkim.secutix.com", "middle"));
  EXPECT_TRUE(put_txt(builder, "x.b.c.dkim.secutix.com", "beside"));
  EXPECT_TRUE(put(builder, kApex, RecordType::kSoa, {soa(1)}));
  const auto image = builder.finish().value();
  EXPECT_EQ(find(*image, "b.c.dkim.secutix.com").children(), 2U);
  EXPECT_EQ(find(*image, "c.dkim.secutix.com").children(), 1U);
  EXPECT_TRUE(find(*image, "c.dkim.secutix.com").find(RecordType::kTxt));
  EXPECT_EQ(find(*image, kApex).children(), 1U);
}

TEST(ImageBuilder, EmptyNonTerminalsGoWithTheirLastName) {
  const auto image = small_image();
  ImageBuilder builder(*image);
  EXPECT_TRUE(put_txt(builder, "sel2._domainkey.dkim.secutix.com", "two"));
  EXPECT_TRUE(builder.remove(kZone, parse("sel1._domainkey.dkim.secutix.com"), RecordType::kTxt));
  const auto second = builder.finish().value();
  EXPECT_FALSE(find(*second, "sel1._domainkey.dkim.secutix.com"));
  EXPECT_EQ(find(*second, "_domainkey.dkim.secutix.com").children(), 1U);
  ImageBuilder again(*second);
  EXPECT_TRUE(again.remove(kZone, parse("sel2._domainkey.dkim.secutix.com"), RecordType::kTxt));
  const auto third = again.finish().value();
  EXPECT_FALSE(find(*third, "_domainkey.dkim.secutix.com"));
  EXPECT_EQ(find(*third, kApex).children(), 0U);
  EXPECT_EQ(third->zones[0]->names.size(), 1U);
  EXPECT_EQ(find(*image, "_domainkey.dkim.secutix.com").children(), 1U);
}

TEST(ImageBuilder, NameThatLosesItsRecordsStaysWhileNamesBelowNeedIt) {
  ImageBuilder builder(*small_image());
  EXPECT_TRUE(put_txt(builder, "_domainkey.dkim.secutix.com", "not empty"));
  EXPECT_TRUE(builder.remove(kZone, parse("_domainkey.dkim.secutix.com"), RecordType::kTxt));
  const auto image = builder.finish().value();
  EXPECT_EQ(find(*image, "_domainkey.dkim.secutix.com").record_set_count(), 0U);
}

TEST(ImageBuilder, RebuildsBesideAServedZoneWithoutHoldingTwiceWhatIsTheSame) {
  const auto served = small_image();
  ImageBuilder builder;
  builder.add_zone(parse(kApex), 4, served->zones[0]);
  EXPECT_TRUE(put(builder, kApex, RecordType::kSoa, {soa(2)}));
  EXPECT_TRUE(put_txt(builder, "sel1._domainkey.dkim.secutix.com", "one"));
  EXPECT_TRUE(put_txt(builder, "sel2._domainkey.dkim.secutix.com", "two"));
  const auto rebuilt = builder.finish().value();
  EXPECT_EQ(find(*rebuilt, "sel1._domainkey.dkim.secutix.com"), find(*served, "sel1._domainkey.dkim.secutix.com"));
  EXPECT_NE(find(*rebuilt, kApex), find(*served, kApex));
  EXPECT_EQ(rebuilt->zones[0]->serial, 2U);
  EXPECT_EQ(find(*rebuilt, "_domainkey.dkim.secutix.com").children(), 2U);
  EXPECT_EQ(find(*served, "_domainkey.dkim.secutix.com").children(), 1U);
}

TEST(ImageBuilder, SharesNoNodeThatDiffersInItsRecordsOrItsChildren) {
  ImageBuilder first;
  first.add_zone(parse(kApex), 4);
  EXPECT_TRUE(put(first, kApex, RecordType::kSoa, {soa(1)}));
  EXPECT_TRUE(put_txt(first, "a.dkim.secutix.com", "one"));
  EXPECT_TRUE(put_txt(first, "b.a.dkim.secutix.com", "below"));
  EXPECT_TRUE(put_txt(first, "c.dkim.secutix.com", "old"));
  const auto served = first.finish().value();
  ImageBuilder builder;
  builder.add_zone(parse(kApex), 4, served->zones[0]);
  EXPECT_TRUE(put(builder, kApex, RecordType::kSoa, {soa(1)}));
  EXPECT_TRUE(put_txt(builder, "a.dkim.secutix.com", "one"));
  EXPECT_TRUE(put_txt(builder, "c.dkim.secutix.com", "new"));
  const auto rebuilt = builder.finish().value();
  EXPECT_EQ(find(*rebuilt, "a.dkim.secutix.com").children(), 0U);
  EXPECT_NE(find(*rebuilt, "c.dkim.secutix.com"), find(*served, "c.dkim.secutix.com"));
}

TEST(ImageBuilder, RemovingWhatIsNotThereIsFalse) {
  ImageBuilder builder(*small_image());
  EXPECT_FALSE(builder.remove(kZone, parse("sel9._domainkey.dkim.secutix.com"), RecordType::kTxt));
  EXPECT_FALSE(builder.remove(kZone, parse("sel1._domainkey.dkim.secutix.com"), RecordType::kA));
}

TEST(ImageBuilder, OwnersAreFoundWhateverTheirCase) {
  ImageBuilder builder(*small_image());
  EXPECT_TRUE(put_txt(builder, "SEL1._DOMAINKEY.DKIM.secutix.com", "replaced"));
  const auto image = builder.finish().value();
  EXPECT_EQ(image->zones[0]->names.size(), 3U);
}

TEST(ImageBuilder, UntouchedZonesAreTheSameObject) {
  ImageBuilder first(*small_image());
  const ZoneIndex spf = first.add_zone(parse("spf.secutix.com"), 1);
  ASSERT_TRUE(first.put(spf, parse("spf.secutix.com"), RecordType::kSoa, Ttl{3600}, zonestore::pack_rdata({soa(5)})));
  const auto image = first.finish().value();
  ImageBuilder second(*image);
  EXPECT_TRUE(put_txt(second, "new.dkim.secutix.com", "x"));
  const auto next = second.finish().value();
  EXPECT_EQ(next->zones[1], image->zones[1]);
  EXPECT_NE(next->zones[0], image->zones[0]);
}

TEST(ImageBuilder, NegativeSoaHasTheSmallerOfBothTtlsRfc2308) {
  for (const auto& [ttl, minimum] : {std::pair{3600U, 300U}, std::pair{60U, 300U}}) {
    ImageBuilder builder;
    builder.add_zone(parse(kApex), 1);
    EXPECT_TRUE(put(builder, kApex, RecordType::kSoa, {soa(7, minimum)}, ttl));
    const auto image = builder.finish().value();
    EXPECT_EQ(image->zones[0]->serial, 7U);
    EXPECT_EQ(image->zones[0]->negative_soa, test::record({}, 6, 1, std::min(ttl, minimum), soa(7, minimum)));
  }
}

TEST(ImageBuilder, RefusesAZoneWithoutExactlyOneSoa) {
  ImageBuilder none;
  none.add_zone(parse(kApex), 1);
  EXPECT_EQ(none.finish().error().code, zonestore::ErrorCode::kDamaged);
  ImageBuilder two;
  two.add_zone(parse(kApex), 1);
  EXPECT_TRUE(put(two, kApex, RecordType::kSoa, {soa(1), soa(2)}));
  EXPECT_EQ(two.finish().error().code, zonestore::ErrorCode::kDamaged);
}

TEST(ImageBuilder, RefusesRecordDataThatCannotBeLaidOut) {
  const auto image = small_image();
  ImageBuilder builder(*image);
  for (const Bytes& packed : {Bytes{}, Bytes{0}, Bytes{0, 5, 1}, Bytes{0, 1, 1, 0}}) {
    EXPECT_FALSE(builder.put(kZone, parse("x.dkim.secutix.com"), RecordType::kTxt, Ttl{1}, packed));
  }
  const std::vector<Bytes> huge(3, Bytes(30'000, 1));
  EXPECT_FALSE(put(builder, "x.dkim.secutix.com", RecordType::kTxt, huge));
  EXPECT_FALSE(find(*builder.finish().value(), "x.dkim.secutix.com"));
}

const Zone* zone_of(const Image& image, std::string_view owner) {
  wire::LoweredName name;
  wire::lower_name(test::name(owner), name);
  return image.apexes.find(name);
}

TEST(Image, LongestApexWins) {
  ImageBuilder builder(*small_image());
  const ZoneIndex inner = builder.add_zone(parse("inner.dkim.secutix.com"), 1);
  ASSERT_TRUE(
      builder.put(inner, parse("inner.dkim.secutix.com"), RecordType::kSoa, Ttl{1}, zonestore::pack_rdata({soa(9)})));
  const auto image = builder.finish().value();
  EXPECT_EQ(zone_of(*image, "x.inner.dkim.secutix.com")->serial, 9U);
  EXPECT_EQ(zone_of(*image, "xinner.dkim.secutix.com")->serial, 1U);
  EXPECT_EQ(zone_of(*image, "secutix.com"), nullptr);
}

}  // namespace
}  // namespace dnsd::zone
