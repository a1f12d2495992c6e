// The catalog: what it lists, and what keeps it from doing harm.
#include "zonestore/operations/zones/catalog.h"

#include <gmock/gmock.h>

#include "tests/unit/zonestore/operations/zones/static_zone.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/history/store_verify.h"
#include "zonestore/operations/secondaries/secondaries.h"

namespace zonestore {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using tests::refusal_of;

// In a store with the zones dkim.secutix.com, example.com and spf.secutix.com.
class Catalog : public tests::StaticZone {
 protected:
  CatalogChanged set() {
    auto done = set_catalog(*store_, context_, catalog_);
    EXPECT_TRUE(done) << done.error().message;
    return done ? *done : CatalogChanged{};
  }
  std::optional<Guard> refusal_of_set(const std::string& text) {
    return refusal_of(set_catalog(*store_, context_, *Name::parse(text)));
  }
  void add_consumer(const std::string& name) {
    SecondarySettings settings;
    settings.addresses = {*parse_secondary_address("192.0.2.53")};
    settings.key_names = {*parse_key_name("k")};
    settings.catalog = true;
    ASSERT_TRUE(add_secondary(*store_, context_, name, settings));
  }
  void remove_example() {
    const auto removed = remove_zone(*store_, context_, apex_);
    ASSERT_TRUE(removed) << removed.error().message;
  }
  std::string label_of(const Name& zone) {
    const CatalogView view = *show_catalog(*store_);
    for (const CatalogMember& member : view.members) {
      if (member.zone == zone) {
        return member.label;
      }
    }
    return "";
  }
  [[nodiscard]] std::string pointer_to(const Name& zone) {
    return label_of(zone) + ".zones.catalog.secutix.invalid.\t3600\tIN\tPTR\t" + zone.to_text();
  }

  const Name catalog_ = *Name::parse("Catalog.SecuTix.invalid");
  const Name dkim_ = *Name::parse("dkim.secutix.com");
};

TEST_F(Catalog, ListsEveryZoneButItself) {
  const CatalogChanged made = set();
  EXPECT_EQ(made.catalog.apex.to_text(), "catalog.secutix.invalid.");
  EXPECT_THAT(made.catalog.members, SizeIs(3));
  EXPECT_THAT(
      exported(catalog_),
      AllOf(HasSubstr("catalog.secutix.invalid.\t3600\tIN\tSOA\tinvalid. hostmaster.secutix.com. " +
                      std::to_string(made.catalog.serial.value)),
            HasSubstr("catalog.secutix.invalid.\t3600\tIN\tNS\tinvalid.\n"),
            HasSubstr("version.catalog.secutix.invalid.\t3600\tIN\tTXT\t\"2\"\n"), HasSubstr(pointer_to(dkim_)),
            HasSubstr(pointer_to(apex_)), HasSubstr(pointer_to(*Name::parse("spf.secutix.com")))));
  EXPECT_EQ(show_zone(*store_, catalog_)->record_sets, 6U);
  EXPECT_TRUE(show_zone(*store_, catalog_)->is_catalog);
  EXPECT_FALSE(show_zone(*store_, dkim_)->is_catalog);
}

TEST_F(Catalog, LabelsAreSixteenRandomDigitsEachItsOwn) {
  set();
  EXPECT_THAT(label_of(dkim_), testing::MatchesRegex("[0-9a-f]{16}"));
  EXPECT_NE(label_of(dkim_), label_of(apex_));
}

TEST_F(Catalog, ZonesThatComeAndGoDoSoInItAndOthersStay) {
  const Serial first = set().catalog.serial;
  const std::string dkim_label = label_of(dkim_);
  const auto made =
      imported("another.org. SOA m.other.net. h.other.net. 1 3600 600 86400 60\nanother.org. NS m.other.net.\n");
  EXPECT_THAT(exported(catalog_), HasSubstr(pointer_to(*Name::parse("another.org"))));
  EXPECT_EQ(made.zone->serial, show_zone(*store_, *Name::parse("another.org"))->serial);
  EXPECT_TRUE(is_before(first, show_catalog(*store_)->serial));
  remove_example();
  EXPECT_THAT(exported(catalog_), Not(HasSubstr("example.com")));
  EXPECT_EQ(label_of(dkim_), dkim_label);
}

TEST_F(Catalog, AZoneThatIsMadeAnewGetsAnotherLabel) {
  set();
  const std::string before = label_of(apex_);
  remove_example();
  imported(head());
  EXPECT_NE(label_of(apex_), before);
  EXPECT_THAT(exported(catalog_), Not(HasSubstr(before)));
}

TEST_F(Catalog, OtherChangesLeaveItAlone) {
  const Serial first = set().catalog.serial;
  add("www", "A", "192.0.2.1");
  imported(head() + "a A 192.0.2.1\n");
  EXPECT_EQ(show_catalog(*store_)->serial, first);
}

TEST_F(Catalog, SettingItAgainIsNothingAndAnotherIsRefused) {
  set();
  const std::size_t rows = audit_rows();
  EXPECT_FALSE(set().changed);
  EXPECT_EQ(audit_rows(), rows);
  EXPECT_EQ(refusal_of_set("other.invalid"), Guard::kExists);
}

TEST_F(Catalog, LiesNeitherAtNorUnderNorAboveAZone) {
  EXPECT_EQ(refusal_of_set("example.com"), Guard::kExists);
  EXPECT_EQ(refusal_of_set("catalog.example.com"), Guard::kReserved);
  EXPECT_EQ(refusal_of_set("secutix.com"), Guard::kReserved);
  EXPECT_EQ(refusal_of_set("."), Guard::kReserved);
}

TEST_F(Catalog, LeavesRoomForItsMembers) {
  const std::string label(63, 'a');
  const auto refused =
      set_catalog(*store_, context_, *Name::parse(label + "." + label + "." + label + "." + std::string(50, 'a')));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
}

TEST_F(Catalog, NoZoneBeginsUnderOrAboveIt) {
  set();
  for (const std::string zone : {"a.catalog.secutix.invalid.", "secutix.invalid."}) {
    const auto made =
        imported(zone + " SOA m.other.net. h.other.net. 1 3600 600 86400 60\n" + zone + " NS m.other.net.\n");
    ASSERT_EQ(made.fault_count, 1U) << zone;
    EXPECT_EQ(made.faults.front().guard, Guard::kReserved);
  }
}

TEST_F(Catalog, NobodyElseWritesIntoIt) {
  set();
  const auto added =
      add_record(*store_, context_, catalog_,
                 {*Name::parse("a.catalog.secutix.invalid"), RecordType::kTxt, txt_rdata("x"), std::nullopt, {}});
  EXPECT_EQ(refusal_of(added), Guard::kReserved);
  EXPECT_EQ(refusal_of(try_import("catalog.secutix.invalid. SOA m.other.net. h.other.net. 9 3600 600 86400 60\n"
                                  "catalog.secutix.invalid. NS m.other.net.\n")),
            Guard::kReserved);
  ZoneSettings servers;
  servers.name_servers = {*Name::parse("ns1.other.net")};
  EXPECT_EQ(refusal_of(set_zone(*store_, context_, catalog_, servers)), Guard::kReserved);
  EXPECT_EQ(refusal_of(remove_zone(*store_, context_, catalog_)), Guard::kInUse);
  ZoneSettings refresh;
  refresh.refresh = 900;
  EXPECT_TRUE(set_zone(*store_, context_, catalog_, refresh)) << "how often consumers look is the operators' to say";
}

TEST_F(Catalog, UnsetTakesTheZoneAwayWithoutEverEmptyingIt) {
  add_consumer("ns2");
  const Serial serial = set().catalog.serial;
  const std::string label = label_of(dkim_);
  const auto unset = unset_catalog(*store_, context_);
  ASSERT_TRUE(unset);
  EXPECT_THAT(unset->warnings, ElementsAre(HasSubstr("a clause for each zone takes its place")));
  EXPECT_FALSE(show_catalog(*store_));
  EXPECT_EQ(show_zone(*store_, catalog_).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(unset->zones, IsEmpty()) << "no change of it was published";
  const CatalogChanged again = set();
  EXPECT_TRUE(is_before(serial, again.catalog.serial));
  EXPECT_EQ(label_of(dkim_), label) << "consumers that still have it keep what they know";
}

TEST_F(Catalog, UnsetWithoutOneIsNotFound) {
  EXPECT_EQ(unset_catalog(*store_, context_).error().code, ErrorCode::kNotFound);
}

TEST_F(Catalog, ConsumersAreThoseWithItThatAreEnabled) {
  EXPECT_THAT(set().catalog.consumers, IsEmpty());
  add_consumer("ns2");
  add_consumer("ns3");
  SecondarySettings off;
  off.enabled = false;
  ASSERT_TRUE(set_secondary(*store_, context_, "ns3", off));
  EXPECT_THAT(show_catalog(*store_)->consumers, ElementsAre("ns2"));
}

TEST_F(Catalog, ConsumersAreAskedForItAndOthersAreNot) {
  add_consumer("ns2");
  set();
  const auto asked = secondaries_to_ask(*store_, std::nullopt);
  ASSERT_TRUE(asked);
  EXPECT_THAT(*asked, SizeIs(4));
  SecondarySettings without;
  without.catalog = false;
  ASSERT_TRUE(set_secondary(*store_, context_, "ns2", without));
  EXPECT_THAT(*secondaries_to_ask(*store_, std::nullopt), SizeIs(3));
}

TEST_F(Catalog, NoSecondaryHasItAmongSingleZones) {
  set();
  SecondarySettings settings;
  settings.addresses = {*parse_secondary_address("192.0.2.53")};
  settings.key_names = {*parse_key_name("k")};
  settings.zones = {catalog_};
  EXPECT_EQ(add_secondary(*store_, context_, "ns2", settings).error().code, ErrorCode::kNotFound);
}

TEST_F(Catalog, RemovalOfAMemberTellsWhoDeletesIt) {
  add_consumer("ns2");
  set();
  const auto removed = remove_zone(*store_, context_, apex_);
  ASSERT_TRUE(removed);
  EXPECT_THAT(removed->warnings, ElementsAre("ns2 follows the catalog: it deletes example.com as soon as it hears"));
}

TEST_F(Catalog, VerifyFindsAZoneThatItDoesNotList) {
  set();
  EXPECT_EQ(verify_zones(*store_)->fault_count, 0U);
  store_->impl().connection.execute("UPDATE zone SET member_label = 'other' WHERE zone_id = 1");
  EXPECT_THAT(verify_zones(*store_)->faults, ElementsAre(HasSubstr("does not list the zone dkim.secutix.com")));
}

TEST_F(Catalog, DryRunMakesNone) {
  context_.dry_run = true;
  EXPECT_TRUE(set().dry_run);
  EXPECT_FALSE(show_catalog(*store_));
}

}  // namespace
}  // namespace zonestore
