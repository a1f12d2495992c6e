// What the scenarios of tests/scenario/answers do not reach: where a look-up stops, and what it tells of its source.
#include "dnsd/zone/look_up.h"

#include <gtest/gtest.h>

#include "dnsd/zone/image_builder.h"
#include "tests/unit/dnsd/answer/messages.h"

namespace dnsd::zone {
namespace {

constexpr ZoneIndex kZone{0};

zonestore::Name parse(std::string_view text) {
  return zonestore::Name::parse(text).value();
}

wire::LoweredName lowered(std::string_view text) {
  wire::LoweredName name;
  wire::lower_name(test::name(text), name);
  return name;
}

std::uint64_t hash_of(std::string_view text) {
  const Bytes apex = test::name("example");
  const Bytes name = test::name(text);
  return hash_name(ByteView(name).first(name.size() - apex.size()), hash_name(apex));
}

class LookUp : public ::testing::Test {
 protected:
  LookUp() {
    builder_.add_zone(parse("example"), 4);
    put("example", RecordType::kSoa, zonestore::soa_rdata({parse("ns"), parse("h"), 1, 1, 1, 1, 60}));
  }

  void put(std::string_view owner, RecordType type, const Bytes& rdata) {
    ASSERT_TRUE(
        builder_.put(kZone, parse(owner), type, zonestore::Ttl{60}, zonestore::pack_rdata({rdata})).has_value());
  }
  void put_txt(std::string_view owner) { put(owner, RecordType::kTxt, zonestore::txt_rdata("x")); }

  Found find(std::string_view name, CutItself cut_itself = CutItself::kIsBelow) {
    image_ = builder_.finish().value();
    builder_ = ImageBuilder(*image_);
    const wire::LoweredName sought = lowered(name);
    return look_up(place_in(*image_->zones[0], sought), sought, cut_itself);
  }
  [[nodiscard]] const Census& census() const { return image_->zones[0]->census; }

  ImageBuilder builder_;
  std::shared_ptr<const Image> image_;
};

TEST_F(LookUp, NameOfAPlainZoneIsItsOwnSource) {
  put_txt("a.example");
  const Found found = find("a.example");
  EXPECT_EQ(found.match, Match::kExact);
  EXPECT_EQ(found.source, hash_of("a.example"));
  EXPECT_TRUE(census().is_plain());
}

TEST_F(LookUp, NamesThatAreNotThereShareTheApexAsTheirSource) {
  EXPECT_EQ(find("a.example").source, hash_of("example"));
  put_txt("*.w.example");
  EXPECT_EQ(find("b.example").source, hash_of("example"));
  EXPECT_EQ(find("b.example").match, Match::kNone);
}

TEST_F(LookUp, NamesUnderAWildcardShareItAsTheirSource) {
  put_txt("*.example");
  const Found found = find("x.y.example");
  EXPECT_EQ(found.match, Match::kWildcard);
  EXPECT_EQ(found.source, hash_of("*.example"));
}

TEST_F(LookUp, NameDeeperThanAnyOfTheZoneFindsItsEncloser) {
  put_txt("*.example");
  std::string deep = "example";
  for (int count = 0; count < 120; ++count) {
    deep = "x." + deep;
  }
  EXPECT_EQ(find(deep).match, Match::kWildcard);
}

TEST_F(LookUp, EncloserTooLongForAnAsteriskHasNoWildcard) {
  const std::string label(63, 'l');
  const std::string longest = std::string(53, 'm') + "." + label + "." + label + "." + label + ".example";
  ASSERT_EQ(test::name(longest).size(), 255U);
  const std::string encloser = longest.substr(2);  // 253 bytes: one label more of one byte fits, "*" among them
  put_txt("*.example");
  put_txt(encloser);
  EXPECT_EQ(find("x." + encloser).match, Match::kNone);
  put_txt(longest.substr(1));
  EXPECT_EQ(find(longest.substr(1)).match, Match::kExact);
}

TEST_F(LookUp, HighestCutHidesThoseBelow) {
  put("b.cut.example", RecordType::kNs, test::name("ns"));
  put("cut.example", RecordType::kNs, test::name("ns"));
  const Found found = find("x.b.cut.example");
  EXPECT_EQ(found.match, Match::kCut);
  EXPECT_EQ(found.owner_at, test::name("x.b").size() - 1);
  EXPECT_EQ(found.source, hash_of("cut.example"));
}

TEST_F(LookUp, CutAboveADnameHidesIt) {
  put("d.cut.example", RecordType::kDname, test::name("t"));
  put("cut.example", RecordType::kNs, test::name("ns"));
  EXPECT_EQ(find("x.d.cut.example").match, Match::kCut);
}

TEST_F(LookUp, DnameAboveACutHidesIt) {
  put("cut.d.example", RecordType::kNs, test::name("ns"));
  put("d.example", RecordType::kDname, test::name("t"));
  EXPECT_EQ(find("x.cut.d.example").match, Match::kDname);
}

TEST_F(LookUp, DnameAtTheApexRedirectsAllBelow) {
  put("example", RecordType::kDname, test::name("t"));
  const Found found = find("a.example");
  EXPECT_EQ(found.match, Match::kDname);
  EXPECT_EQ(found.owner_at, 2U);
  EXPECT_EQ(find("example").match, Match::kExact);
}

TEST_F(LookUp, CutItselfIsOursWhereItIsAskedFor) {
  put("cut.example", RecordType::kNs, test::name("ns"));
  EXPECT_EQ(find("cut.example", CutItself::kIsOurs).match, Match::kExact);
  EXPECT_EQ(find("cut.example", CutItself::kIsBelow).match, Match::kCut);
  EXPECT_EQ(find("x.cut.example", CutItself::kIsOurs).match, Match::kCut);
}

TEST_F(LookUp, CensusCountsWhatComesAndGoes) {
  put_txt("a.*.example");  // makes the empty non-terminal *.example
  put("cut.example", RecordType::kNs, test::name("ns"));
  put("example", RecordType::kNs, test::name("ns"));
  put("d.example", RecordType::kDname, test::name("t"));
  (void)find("a.example");
  EXPECT_EQ(census().wildcards, 1U);
  EXPECT_EQ(census().cuts, 1U);
  EXPECT_EQ(census().dnames, 1U);
  put("cut.example", RecordType::kNs, test::name("ns2"));  // the same set, replaced
  (void)find("a.example");
  EXPECT_EQ(census().cuts, 1U);
  EXPECT_TRUE(builder_.remove(kZone, parse("a.*.example"), RecordType::kTxt));
  EXPECT_TRUE(builder_.remove(kZone, parse("cut.example"), RecordType::kNs));
  EXPECT_TRUE(builder_.remove(kZone, parse("d.example"), RecordType::kDname));
  (void)find("a.example");
  EXPECT_TRUE(census().is_plain());
}

TEST_F(LookUp, ApexThatBeginsWithAnAsteriskIsNoWildcard) {
  ImageBuilder builder;
  const auto zone = builder.add_zone(parse("*.example"), 1);
  ASSERT_TRUE(builder
                  .put(zone, parse("*.example"), RecordType::kSoa, zonestore::Ttl{60},
                       zonestore::pack_rdata({zonestore::soa_rdata({parse("ns"), parse("h"), 1, 1, 1, 1, 60})}))
                  .has_value());
  EXPECT_TRUE(builder.finish().value()->zones[0]->census.is_plain());
}

class Apexes : public ::testing::Test {
 protected:
  void add(std::string_view apex, std::uint32_t serial) {
    const auto zone = builder_.add_zone(parse(apex), 1);
    ASSERT_TRUE(
        builder_
            .put(zone, parse(apex), RecordType::kSoa, zonestore::Ttl{60},
                 zonestore::pack_rdata({zonestore::soa_rdata({parse("ns"), parse("h"), serial, 1, 1, 1, 60})}))
            .has_value());
  }
  static std::uint32_t serial_of(const Zone* zone) { return zone == nullptr ? 0 : zone->serial; }

  ImageBuilder builder_;
};

// A few are compared, more are hashed: the numbers around where that changes.
class ManyApexes : public Apexes, public ::testing::WithParamInterface<std::uint32_t> {};

TEST_P(ManyApexes, EachIsFoundAndNoOther) {
  const std::uint32_t zones = GetParam();
  for (std::uint32_t number = 1; number <= zones; ++number) {
    add("z" + std::to_string(number) + ".example", number);
  }
  const auto image = builder_.finish().value();
  for (std::uint32_t number = 1; number <= zones; ++number) {
    EXPECT_EQ(serial_of(image->apexes.find(lowered("a.b.z" + std::to_string(number) + ".example"))), number);
  }
  EXPECT_EQ(image->apexes.find(lowered("z" + std::to_string(zones + 1) + ".example")), nullptr);
  EXPECT_EQ(image->apexes.find(lowered("")), nullptr);
}

INSTANTIATE_TEST_SUITE_P(Apexes, ManyApexes, ::testing::Values(1, 2, 3, 4, 5, 6, 300));

TEST_F(Apexes, ParentsZoneIsFoundAboveAnApex) {
  add("example", 1);
  add("a.example", 2);
  const auto image = builder_.finish().value();
  EXPECT_EQ(serial_of(image->apexes.find_above(lowered("a.example"))), 1U);
  EXPECT_EQ(image->apexes.find_above(lowered("example")), nullptr);
  EXPECT_EQ(image->apexes.find_above(lowered("")), nullptr);
}

TEST_F(Apexes, RootMayBeAZone) {
  add(".", 1);
  const auto image = builder_.finish().value();
  EXPECT_EQ(serial_of(image->apexes.find(lowered("a.b"))), 1U);
  EXPECT_EQ(serial_of(image->apexes.find(lowered(""))), 1U);
}

TEST_F(Apexes, ImageWithoutZonesHasNone) {
  EXPECT_EQ(builder_.finish().value()->apexes.find(lowered("a")), nullptr);
  EXPECT_EQ(ApexTable().find(lowered("a")), nullptr);
}

}  // namespace
}  // namespace dnsd::zone
