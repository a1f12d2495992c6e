#include "zonestore/operations/secondaries/secondaries.h"

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/zones/static_records.h"
#include "zonestore/operations/zones/zones.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::refusal_of;

class Secondaries : public tests::StoreFixture {
 protected:
  static SecondarySettings at(std::initializer_list<const char*> addresses, std::initializer_list<const char*> keys) {
    SecondarySettings settings;
    settings.addresses.emplace();
    for (const char* const address : addresses) {
      settings.addresses->push_back(*parse_secondary_address(address));
    }
    settings.key_names.emplace();
    for (const char* const key : keys) {
      settings.key_names->push_back(*parse_key_name(key));
    }
    return settings;
  }
  void add(const std::string& name, const SecondarySettings& settings) {
    const auto added = add_secondary(*store_, context_, name, settings);
    ASSERT_TRUE(added) << added.error().message;
  }
  void set(const std::string& name, const SecondarySettings& settings) {
    const auto changed = set_secondary(*store_, context_, name, settings);
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_TRUE(changed->changed);
  }
  // As dnsd has them.
  [[nodiscard]] Peers peers() const {
    auto reader = PublishedReader::open(store_->dir());
    EXPECT_TRUE(reader);
    const auto head = reader->head();
    EXPECT_TRUE(head) << head.error().message;
    return head->peers;
  }
};

TEST_F(Secondaries, AreWhatReadersOfTheStoreSee) {
  add("ns2", at({"192.0.2.53", "2001:db8::53"}, {"NS2-Key"}));
  ASSERT_EQ(peers().size(), 1U);
  const Peer peer = peers().front();
  EXPECT_EQ(peer.name, "ns2");
  EXPECT_THAT(peer.key_names, ElementsAre(*Name::parse("ns2-key")));
  EXPECT_EQ(peer.key_names.front().to_text(), "ns2-key.") << "in lower case";
  ASSERT_EQ(peer.addresses.size(), 2U);
  EXPECT_EQ(peer.addresses[0].to_text(), "192.0.2.53:53");
  EXPECT_EQ(peer.addresses[1].to_text(), "[2001:db8::53]:53");
  EXPECT_TRUE(peer.all_zones);
}

TEST_F(Secondaries, ANameIsTakenOnce) {
  add("ns2", at({"192.0.2.53"}, {"ns2-key"}));
  EXPECT_EQ(refusal_of(add_secondary(*store_, context_, "ns2", at({"192.0.2.54"}, {"other"}))), Guard::kExists);
  EXPECT_EQ(peers().front().addresses.front().to_text(), "192.0.2.53:53");
}

TEST_F(Secondaries, WithoutAKeySomebodyHasToSaySo) {
  SecondarySettings settings = at({"192.0.2.53"}, {});
  settings.key_names.reset();
  const auto refused = add_secondary(*store_, context_, "ns2", settings);
  EXPECT_EQ(refusal_of(refused), Guard::kNoKey);
  EXPECT_THAT(refused.error().hint, HasSubstr("--no-key"));
  settings.key_names.emplace();
  add("ns2", settings);
  SecondarySettings elsewhere;
  elsewhere.addresses = {*parse_secondary_address("192.0.2.54")};
  set("ns2", elsewhere);
  EXPECT_THAT(peers().front().key_names, IsEmpty()) << "it was said once";
}

TEST_F(Secondaries, HaveTwoKeysAtMost) {
  const auto refused = add_secondary(*store_, context_, "ns2", at({"192.0.2.53"}, {"a", "b", "c"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  add("ns2", at({"192.0.2.53"}, {"a", "b", "A"}));
  EXPECT_THAT(peers().front().key_names, ElementsAre(*Name::parse("a"), *Name::parse("b")));
}

TEST_F(Secondaries, HaveZonesThatAreThere) {
  SecondarySettings settings = at({"192.0.2.53"}, {"k"});
  settings.zones = {*Name::parse("nowhere.example")};
  const auto refused = add_secondary(*store_, context_, "ns2", settings);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(peers(), IsEmpty()) << "nothing is half done";
  settings.zones = {*Name::parse("SPF.secutix.com")};
  add("ns2", settings);
  EXPECT_FALSE(peers().front().all_zones);
  EXPECT_THAT(peers().front().zones, ElementsAre(*Name::parse("spf.secutix.com")));
  SecondarySettings all;
  all.zones.emplace();
  set("ns2", all);
  EXPECT_TRUE(peers().front().all_zones);
}

TEST_F(Secondaries, WhatIsNotSaidStaysAndTheSameTwiceIsNothing) {
  SecondarySettings first = at({"192.0.2.53"}, {"k"});
  first.from_addresses_only = true;
  add("ns2", first);
  SecondarySettings ixfr;
  ixfr.ixfr = false;
  set("ns2", ixfr);
  EXPECT_TRUE(peers().front().from_addresses_only);
  EXPECT_FALSE(peers().front().ixfr);
  const SecondaryId life = peers().front().id;
  const auto again = set_secondary(*store_, context_, "ns2", ixfr);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(peers().front().id, life);
}

TEST_F(Secondaries, AKeyIsRolledWithinALifeAndAnAddressBeginsOne) {
  add("ns2", at({"192.0.2.53"}, {"old"}));
  const SecondaryId life = peers().front().id;
  SecondarySettings both;
  both.key_names = {*parse_key_name("old"), *parse_key_name("new")};
  set("ns2", both);
  EXPECT_EQ(peers().front().id, life);
  SecondarySettings elsewhere;
  elsewhere.addresses = {*parse_secondary_address("192.0.2.54")};
  set("ns2", elsewhere);
  ASSERT_EQ(peers().size(), 1U);
  EXPECT_NE(peers().front().id, life);
  EXPECT_THAT(peers().front().key_names, ElementsAre(*Name::parse("old"), *Name::parse("new")));
}

TEST_F(Secondaries, OneThatIsDisabledIsListedAndNobodysPeer) {
  add("ns2", at({"192.0.2.53"}, {"k"}));
  const SecondaryId life = peers().front().id;
  SecondarySettings off;
  off.enabled = false;
  const auto disabled = set_secondary(*store_, context_, "ns2", off);
  ASSERT_TRUE(disabled);
  EXPECT_THAT(disabled->warnings, testing::Contains(HasSubstr("may go on answering")));
  EXPECT_THAT(peers(), IsEmpty());
  ASSERT_EQ(list_secondaries(*store_)->size(), 1U);
  EXPECT_FALSE(list_secondaries(*store_)->front().enabled);
  SecondarySettings elsewhere;
  elsewhere.addresses = {*parse_secondary_address("192.0.2.54")};
  set("ns2", elsewhere);
  EXPECT_THAT(peers(), IsEmpty()) << "other addresses do not enable it";
  SecondarySettings on;
  on.enabled = true;
  set("ns2", on);
  ASSERT_EQ(peers().size(), 1U);
  EXPECT_NE(peers().front().id, life) << "it comes back as a new one";
  EXPECT_EQ(peers().front().addresses.front().to_text(), "192.0.2.54:53");
}

TEST_F(Secondaries, OneThatWasRemovedIsGoneAndItsNameIsFree) {
  add("ns2", at({"192.0.2.53"}, {"k"}));
  ASSERT_TRUE(remove_secondary(*store_, context_, "ns2"));
  EXPECT_THAT(peers(), IsEmpty());
  EXPECT_THAT(*list_secondaries(*store_), IsEmpty());
  const auto again = remove_secondary(*store_, context_, "ns2");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kNotFound);
  add("ns2", at({"192.0.2.54"}, {"k"}));
  EXPECT_EQ(peers().size(), 1U);
}

TEST_F(Secondaries, RemovingOneNamesTheNameServerThatStandsThere) {
  const Name zone = *Name::parse("dkim.secutix.com");
  ASSERT_TRUE(add_record(*store_, context_, zone,
                         {*Name::parse("ns9.dkim.secutix.com"), RecordType::kA, {192, 0, 2, 53}, Ttl{300}, {}}));
  ZoneSettings settings;
  settings.name_servers = {{*Name::parse("ns9.dkim.secutix.com"), *Name::parse("ns1.secutix.com")}};
  ASSERT_TRUE(set_zone(*store_, context_, zone, settings));
  add("ns2", at({"192.0.2.53:5300"}, {"k"}));
  add("ns3", at({"192.0.2.54"}, {"k"}));
  const auto there = remove_secondary(*store_, context_, "ns2");
  ASSERT_TRUE(there);
  EXPECT_THAT(there->warnings, testing::Contains(HasSubstr("ns9.dkim.secutix.com of dkim.secutix.com")));
  const auto elsewhere = remove_secondary(*store_, context_, "ns3");
  EXPECT_THAT(elsewhere->warnings, testing::Not(testing::Contains(HasSubstr("ns9"))));
}

TEST_F(Secondaries, ADryRunChangesNothing) {
  ChangeContext dry = context_;
  dry.dry_run = true;
  const auto added = add_secondary(*store_, dry, "ns2", at({"192.0.2.53"}, {"k"}));
  ASSERT_TRUE(added);
  EXPECT_TRUE(added->dry_run);
  EXPECT_THAT(peers(), IsEmpty());
}

TEST(SecondaryWords, NamesAddressesAndKeysAreReadAsPeopleWriteThem) {
  for (const char* const good : {"ns2", "a", "2", "ns-2.geneva_1"}) {
    EXPECT_TRUE(parse_secondary_name(good)) << good;
  }
  for (const std::string& bad : {std::string(""), std::string("NS2"), std::string("-a"), std::string("a."),
                                 std::string("a b"), std::string("a\n"), std::string(64, 'a')}) {
    EXPECT_FALSE(parse_secondary_name(bad)) << bad;
  }
  EXPECT_EQ(parse_secondary_address("192.0.2.53:5300")->to_text(), "192.0.2.53:5300");
  EXPECT_EQ(parse_secondary_address("[2001:db8::53]")->to_text(), "[2001:db8::53]:53");
  EXPECT_EQ(parse_secondary_address("[2001:db8::53]:5300")->to_text(), "[2001:db8::53]:5300");
  for (const char* const bad : {"", "ns2.example", "0.0.0.0", "::", "192.0.2.53:0", "192.0.2.53:65536", "224.0.0.1",
                                "255.255.255.255", "ff02::1", "192.0.2", "[2001:db8::53", "192.0.2.53:"}) {
    EXPECT_FALSE(parse_secondary_address(bad)) << bad;
  }
  EXPECT_FALSE(parse_key_name("."));
  EXPECT_FALSE(parse_key_name(""));
  EXPECT_FALSE(parse_key_name(std::string(63, 'a') + "." + std::string(63, 'b')));
  EXPECT_TRUE(parse_key_name(std::string(63, 'a') + "." + std::string(62, 'b')));
}

}  // namespace
}  // namespace zonestore
