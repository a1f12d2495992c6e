// What `status` tells of secondaries, by what the last looks saw of them.
#include "zonestore/operations/secondaries/sights.h"

#include <fstream>

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/secondaries/secondaries.h"
#include "zonestore/operations/views/troubles.h"
#include "zonestore/operations/zones/zone_import.h"
#include "zonestore/operations/zones/zones.h"

namespace zonestore {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Sights : public tests::StoreFixture {
 protected:
  void SetUp() override {
    tests::StoreFixture::SetUp();
    SecondarySettings settings;
    settings.addresses = {*parse_secondary_address("192.0.2.53")};
    settings.key_names = {*parse_key_name("k")};
    settings.zones = {dkim_};
    ASSERT_TRUE(add_secondary(*store_, context_, "ns2", settings));
  }
  [[nodiscard]] Serial stored() { return show_zone(*store_, dkim_)->serial; }
  void see(Verdict verdict, std::optional<Serial> serial) {
    const auto zones = secondaries_to_ask(*store_, std::nullopt);
    ASSERT_TRUE(zones);
    const SecondaryId life = zones->front().secondaries.front().life;
    ASSERT_TRUE(record_sights(*store_, {{dkim_, life, verdict, serial, "as seen"}}, clock_.now()));
  }
  void see(Serial serial) { see(Verdict::kOk, serial); }
  // Of secondaries alone.
  [[nodiscard]] std::vector<Trouble> troubles() {
    std::vector<Trouble> of_secondaries;
    for (Trouble& trouble : troubles_of(*store_status(*store_))) {
      if (trouble.what.starts_with("secondary-")) {
        of_secondaries.push_back(std::move(trouble));
      }
    }
    return of_secondaries;
  }
  [[nodiscard]] std::vector<std::string> names() {
    std::vector<std::string> names;
    for (const Trouble& trouble : troubles()) {
      names.push_back((trouble.severity == Severity::kCritical ? "!" : "") + trouble.what);
    }
    return names;
  }

  const Name dkim_ = *Name::parse("dkim.secutix.com");
};

TEST_F(Sights, NobodyIsToldOfOneThatFollows) {
  EXPECT_THAT(names(), IsEmpty()) << "not looked at yet";
  see(stored());
  EXPECT_THAT(names(), IsEmpty());
  add("mosa");
  EXPECT_THAT(names(), IsEmpty()) << "nobody has looked since";
}

TEST_F(Sights, OneThatIsAheadIsCriticalUntilTheSerialIsRaised) {
  const Serial ahead{stored().value + 5000};
  see(ahead);
  ASSERT_THAT(names(), ElementsAre("!secondary-ahead"));
  const std::string next = std::to_string(ahead.value + 1);
  EXPECT_EQ(troubles().front().text, "secondary ns2 is ahead for dkim.secutix.com: serial " +
                                         std::to_string(ahead.value) + ", the store has " +
                                         std::to_string(stored().value));
  EXPECT_EQ(troubles().front().run, "zonectl zone serial dkim.secutix.com --at-least " + next);
  ASSERT_TRUE(raise_serial(*store_, context_, dkim_, Serial{ahead.value + 1}));
  EXPECT_THAT(names(), ElementsAre("secondary-behind")) << "it has other content until it is seen with ours";
  see(stored());
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Sights, OneThatWasSeenBehindIsAWarningUntilItIsSeenToFollow) {
  const Serial before = stored();
  add("mosa");
  see(before);
  ASSERT_THAT(names(), ElementsAre("secondary-behind"));
  EXPECT_EQ(troubles().front().text, "secondary ns2 is behind for dkim.secutix.com: serial " +
                                         std::to_string(before.value) + ", the store has " +
                                         std::to_string(stored().value));
  EXPECT_EQ(troubles().front().run, "zonectl secondary check ns2");
  see(stored());
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Sights, OneThatDoesNotServeAZoneIsSilent) {
  see(Verdict::kUnreachable, std::nullopt);
  ASSERT_THAT(names(), ElementsAre("secondary-silent"));
  EXPECT_EQ(troubles().front().text, "secondary ns2 does not answer for dkim.secutix.com");
  see(Verdict::kLame, std::nullopt);
  ASSERT_THAT(names(), ElementsAre("secondary-silent"));
  EXPECT_THAT(troubles().front().text, HasSubstr("answers, and does not serve dkim.secutix.com: as seen"));
}

TEST_F(Sights, OneThatFallsSilentIsToldAndKeepsTheSerialThatItHad) {
  see(stored());
  see(Verdict::kUnreachable, std::nullopt);
  EXPECT_THAT(names(), ElementsAre("secondary-silent"));
  const auto view = show_secondary(*store_, "ns2");
  ASSERT_TRUE(view);
  EXPECT_EQ(view->seen.front().verdict, Verdict::kUnreachable);
  EXPECT_EQ(view->seen.front().serial, stored());
  see(Verdict::kUnreachable, std::nullopt);
  EXPECT_EQ(show_secondary(*store_, "ns2")->seen.front().serial, stored());
  see(stored());
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Sights, OneThatWasAheadAndFallsSilentIsStillAhead) {
  see(Serial{stored().value + 5000});
  see(Verdict::kUnreachable, std::nullopt);
  EXPECT_THAT(names(), ElementsAre("!secondary-ahead"));
}

TEST_F(Sights, OneThatNobodyHasLookedAtIsNamedAndNoTrouble) {
  EXPECT_THAT(store_status(*store_)->secondaries_never_seen, ElementsAre("ns2"));
  see(Verdict::kUnreachable, std::nullopt);
  EXPECT_THAT(store_status(*store_)->secondaries_never_seen, IsEmpty());
}

TEST_F(Sights, WhatWasSeenInAZoneGoesWithTheZone) {
  const Name zone = *Name::parse("example.com");
  const auto file = temp_.path() / "zone";
  std::ofstream(file) << "example.com. 60 SOA m.other.net. h.other.net. 1 3600 600 86400 60\n"
                         "example.com. 60 NS m.other.net.\n";
  ASSERT_TRUE(import_zone(*store_, context_, {file, std::nullopt}));
  SecondarySettings all;
  all.zones = std::vector<Name>();
  ASSERT_TRUE(set_secondary(*store_, context_, "ns2", all));
  const SecondaryId life = secondaries_to_ask(*store_, std::nullopt)->front().secondaries.front().life;
  ASSERT_TRUE(record_sights(*store_, {{zone, life, Verdict::kOk, Serial{1}, "as seen"}}, clock_.now()));
  const auto removed = remove_zone(*store_, context_, zone);
  EXPECT_TRUE(removed) << removed.error().message;
}

TEST_F(Sights, NobodyIsToldOfOneThatIsDisabled) {
  see(Verdict::kUnreachable, std::nullopt);
  SecondarySettings off;
  off.enabled = false;
  ASSERT_TRUE(set_secondary(*store_, context_, "ns2", off));
  EXPECT_THAT(names(), IsEmpty());
}

}  // namespace
}  // namespace zonestore
