// What secondaries change for a key: it ripens when all servers have it, not only the store.
#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/policy/spf_policy.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/secondaries/secondaries.h"
#include "zonestore/operations/zones/zones.h"

namespace zonestore {
namespace {

using namespace std::chrono_literals;
using dkim::SlotId;
using dkim::SlotState;
using testing::HasSubstr;
using tests::refusal_of;

constexpr Milliseconds kRemembered = 15min;       // the negative TTL and slack
constexpr Milliseconds kRefreshAndRetry = 70min;  // of a zone as init makes it

class Ripening : public tests::StoreFixture {
 protected:
  void add_secondary_at(const std::string& name, const char* address) {
    SecondarySettings settings;
    settings.addresses = {*parse_secondary_address(address)};
    settings.key_names = {*parse_key_name("k")};
    const auto added = add_secondary(*store_, context_, name, settings);
    ASSERT_TRUE(added) << added.error().message;
  }
  void change(const std::string& name, const SecondarySettings& settings) {
    const auto changed = set_secondary(*store_, context_, name, settings);
    ASSERT_TRUE(changed) << changed.error().message;
  }
  [[nodiscard]] Serial stored() { return show_zone(*store_, dkim_)->serial; }
  // Both name servers were seen with that serial.
  void see_name_servers(Serial serial) {
    std::vector<ServerEvidence> seen;
    for (const char* const server : {"ns1.secutix.com (192.0.2.1)", "ns2.secutix.com (192.0.2.2)"}) {
      seen.push_back({dkim_, server, Verdict::kOk, serial, ""});
    }
    ASSERT_TRUE(record_server_evidence(*store_, seen, clock_.now()));
  }
  void see_secondaries(Serial serial) {
    const auto zones = secondaries_to_ask(*store_, std::nullopt);
    ASSERT_TRUE(zones);
    std::vector<SecondarySight> sights;
    for (const SecondaryToAsk& secondary : zones->front().secondaries) {
      sights.push_back({zones->front().apex, secondary.life, Verdict::kOk, serial, ""});
    }
    ASSERT_TRUE(record_sights(*store_, std::move(sights), clock_.now()));
  }
  void run_maintain() { ASSERT_TRUE(maintain(*store_, context_)); }
  // How long from now until sel2 is ripe.
  [[nodiscard]] Milliseconds until_ripe(const std::string& code) {
    return show(code).slots.at(1).ripe_at.value_or(clock_.now().wall) - clock_.now().wall;
  }

  const Name dkim_ = *Name::parse("dkim.secutix.com");
};

TEST_F(Ripening, WithoutASecondaryNothingIsWaitedFor) {
  add("mosa");
  EXPECT_EQ(show("mosa").phase, dkim::Phase::kSigning);
  EXPECT_EQ(until_ripe("mosa"), kRemembered);
}

TEST_F(Ripening, ANewInstitutionSignsOnceAllServersMayHaveItsKey) {
  add_secondary_at("ns2", "192.0.2.53");
  add("mosa");
  EXPECT_EQ(show("mosa").phase, dkim::Phase::kStarting);
  clock_.advance(kRefreshAndRetry + kRemembered - 1ms);
  run_maintain();
  EXPECT_EQ(show("mosa").phase, dkim::Phase::kStarting);
  clock_.advance(1ms);
  run_maintain();
  EXPECT_EQ(show("mosa").phase, dkim::Phase::kSigning);
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kActive);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kStandby);
}

TEST_F(Ripening, ANewInstitutionSignsAtOnceIfSomebodyAnswersForIt) {
  add_secondary_at("ns2", "192.0.2.53");
  const auto added = add_institution(*store_, overriding(Guard::kNotRipe), code("mosa"), {});
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_EQ(show("mosa").phase, dkim::Phase::kSigning);
}

TEST_F(Ripening, OneThatHadLeftSignsAtOnceIfSomebodyAnswersForIt) {
  for (const char* name : {"mosa", "nova"}) {
    add(name);
    ASSERT_TRUE(remove_institution(*store_, context_, code(name)));
  }
  clock_.advance(std::chrono::hours(24 * 8));
  run_maintain();
  add("nova");
  EXPECT_EQ(show("nova").phase, dkim::Phase::kStarting);
  const auto added = add_institution(*store_, overriding(Guard::kNotRipe), code("mosa"), {});
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_EQ(show("mosa").phase, dkim::Phase::kSigning);
}

TEST_F(Ripening, AKeyIsRipeWhenEveryServerWasSeenWithItsSerial) {
  add_secondary_at("ns2", "192.0.2.53");
  add("mosa");
  EXPECT_EQ(until_ripe("mosa"), kRefreshAndRetry + kRemembered);
  clock_.advance(1min);
  see_name_servers(stored());
  EXPECT_EQ(until_ripe("mosa"), kRefreshAndRetry + kRemembered - 1min) << "the secondary was not seen";
  clock_.advance(1min);
  see_secondaries(stored());
  EXPECT_EQ(until_ripe("mosa"), kRemembered) << "from the last server's look";
  clock_.advance(kRemembered);
  run_maintain();
  EXPECT_EQ(show("mosa").phase, dkim::Phase::kSigning);
}

TEST_F(Ripening, ASecondaryThatIsSeenBehindHoldsAKeyUpAndIsNamed) {
  add_secondary_at("ns9", "192.0.2.53");
  const Serial before = stored();
  add("mosa");
  clock_.advance(2h);
  see_name_servers(stored());
  see_secondaries(before);
  EXPECT_EQ(until_ripe("mosa"), kRefreshAndRetry + kRemembered);
  const auto refused = rotate(*store_, context_, code("mosa"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refusal_of(refused), Guard::kNotRipe);
  EXPECT_THAT(refused.error().message, HasSubstr("ns9 may still answer with it"));
  EXPECT_THAT(refused.error().hint, HasSubstr("; or see that ns9 follows (zonectl check --own), or take it out ("));
}

TEST_F(Ripening, OneWithALaterSerialThanTheStoreCountsAsNotSeen) {
  add_secondary_at("ns2", "192.0.2.53");
  add("mosa");
  see_name_servers(stored());
  see_secondaries(Serial{stored().value + 1});
  EXPECT_EQ(until_ripe("mosa"), kRefreshAndRetry + kRemembered);
  const auto view = show_secondary(*store_, "ns2");
  ASSERT_TRUE(view);
  EXPECT_EQ(view->seen.front().verdict, Verdict::kAhead);
}

TEST_F(Ripening, ASerialThatPassesOneThatWasAheadMakesNothingRipe) {
  add_secondary_at("ns2", "192.0.2.53");
  const Serial theirs{stored().value + 100'000};
  see_name_servers(theirs);
  see_secondaries(theirs);
  add("mosa");
  const auto raised = raise_serial(*store_, context_, dkim_, Serial{theirs.value + 1});
  ASSERT_TRUE(raised) << raised.error().message;
  EXPECT_EQ(until_ripe("mosa"), kRefreshAndRetry + kRemembered);
  see_name_servers(stored());
  EXPECT_EQ(until_ripe("mosa"), kRefreshAndRetry + kRemembered) << "the secondary has not followed yet";
  see_secondaries(stored());
  EXPECT_EQ(until_ripe("mosa"), kRemembered);
}

TEST_F(Ripening, OneThatStaysAheadHoldsAKeyUp) {
  add_secondary_at("ns2", "192.0.2.53");
  add("mosa");
  see_name_servers(stored());
  see_secondaries(stored());
  clock_.advance(2h);
  see_secondaries(Serial{stored().value + 100'000});
  EXPECT_EQ(until_ripe("mosa"), kRefreshAndRetry + kRemembered) << "it has other content, and lost ours";
  clock_.advance(1h);
  see_secondaries(Serial{stored().value + 0x8000'0000U});
  EXPECT_EQ(until_ripe("mosa"), kRefreshAndRetry + kRemembered) << "half a circle away is neither before nor after";
}

TEST_F(Ripening, AddingOneMakesNothingUnripe) {
  add("mosa");
  clock_.advance(kRemembered);
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kStandby);
  add_secondary_at("ns2", "192.0.2.53");
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kStandby);
}

TEST_F(Ripening, TakingOneAwayShortensNothing) {
  add_secondary_at("ns2", "192.0.2.53");
  add("mosa");
  see_name_servers(stored());
  clock_.advance(10min);
  ASSERT_TRUE(remove_secondary(*store_, context_, "ns2"));
  EXPECT_EQ(until_ripe("mosa"), kRefreshAndRetry + kRemembered - 10min);
  clock_.advance(1min);
  add("nova");
  EXPECT_EQ(show("nova").phase, dkim::Phase::kSigning) << "what ends from now on waits for nobody";
  EXPECT_EQ(until_ripe("nova"), kRemembered);
}

TEST_F(Ripening, OneThatComesBackIsANewOne) {
  add_secondary_at("ns2", "192.0.2.53");
  add("mosa");
  see_name_servers(stored());
  see_secondaries(stored());
  SecondarySettings off;
  off.enabled = false;
  change("ns2", off);
  clock_.advance(1min);
  SecondarySettings on;
  on.enabled = true;
  change("ns2", on);
  EXPECT_TRUE(show_secondary(*store_, "ns2")->seen.empty());
  EXPECT_EQ(until_ripe("mosa"), kRemembered - 1min) << "the old life was seen with it";
  add("nova");
  EXPECT_EQ(until_ripe("nova"), kRefreshAndRetry + kRemembered);
}

TEST_F(Ripening, AShorterRefreshCountsOnceSecondariesMustHaveSeenIt) {
  add_secondary_at("ns2", "192.0.2.53");
  ZoneSettings faster;
  faster.refresh = 600;
  faster.retry = 60;
  ASSERT_TRUE(set_zone(*store_, context_, dkim_, faster));
  add("mosa");
  EXPECT_EQ(until_ripe("mosa"), kRefreshAndRetry + kRemembered) << "they still go by the hour";
  clock_.advance(kRefreshAndRetry);
  add("nova");
  EXPECT_EQ(until_ripe("nova"), 11min + kRemembered);
}

TEST_F(Ripening, EarlierRefreshesAreForgottenOnceNobodyGoesByThem) {
  const auto set_refresh = [this](std::uint32_t refresh) {
    ZoneSettings settings;
    settings.refresh = refresh;
    ASSERT_TRUE(set_zone(*store_, context_, dkim_, settings));
  };
  const auto remembered = [this] {
    return db::Connection::open(dir() / "zone.db", db::Access::kReadOnly)
        .integer("SELECT count(*) FROM earlier_refresh");
  };
  set_refresh(7200);
  set_refresh(7201);
  EXPECT_EQ(remembered(), 2);
  clock_.advance(std::chrono::hours(41 * 24));
  set_refresh(7202);
  EXPECT_EQ(remembered(), 1);
}

TEST_F(Ripening, ALookAtAnycastServersShortensNothing) {
  add_secondary_at("ns2", "192.0.2.53");
  SecondarySettings anycast;
  anycast.anycast = true;
  change("ns2", anycast);
  add("mosa");
  see_name_servers(stored());
  see_secondaries(stored());
  EXPECT_EQ(until_ripe("mosa"), kRefreshAndRetry + kRemembered);
  anycast.anycast = false;
  change("ns2", anycast);
  EXPECT_EQ(until_ripe("mosa"), kRefreshAndRetry + kRemembered) << "which site was seen, nobody knows";
  see_secondaries(stored());
  EXPECT_EQ(until_ripe("mosa"), kRemembered);
  ZoneSettings settings;
  settings.anycast = {*Name::parse("NS1.secutix.com")};
  ASSERT_TRUE(set_zone(*store_, context_, dkim_, settings));
  EXPECT_EQ(until_ripe("mosa"), kRefreshAndRetry + kRemembered) << "a name server may be anycast too";
  settings.anycast = {*Name::parse("ns9.secutix.com")};
  EXPECT_EQ(set_zone(*store_, context_, dkim_, settings).error().code, ErrorCode::kInvalid);
}

TEST_F(Ripening, ASerialIsRaisedAboveOneThatLostHistoryGaveOut) {
  const Serial before = stored();
  const auto raised = raise_serial(*store_, context_, dkim_, Serial{before.value + 500});
  ASSERT_TRUE(raised) << raised.error().message;
  EXPECT_EQ(stored().value, before.value + 500);
  const auto again = raise_serial(*store_, context_, dkim_, Serial{before.value + 500});
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
  const auto far = raise_serial(*store_, context_, dkim_, Serial{before.value + 500 + 0x8000'0000U});
  ASSERT_FALSE(far);
  EXPECT_EQ(far.error().code, ErrorCode::kInvalid);
}

TEST_F(Ripening, ATermIsSafeToSendFromWhenAllServersMayHaveIt) {
  const auto safe_in = [this](const char* term) {
    const auto allowed = spf_allow(*store_, context_, {*spf::Term::parse(term)});
    EXPECT_TRUE(allowed) << allowed.error().message;
    for (const SpfTermView& each : allowed->spf.details) {
      if (each.term == term) {
        return each.safe_from.value_or(clock_.now().wall) - clock_.now().wall;
      }
    }
    return Milliseconds{-1};
  };
  EXPECT_EQ(safe_in("ip4:192.28.148.112"), 60min + 10min);
  add_secondary_at("ns2", "192.0.2.53");
  EXPECT_EQ(safe_in("ip4:192.28.148.113"), 60min + 10min + kRefreshAndRetry);
}

TEST_F(Ripening, ASecondaryOfAnotherZoneIsNotWaitedFor) {
  SecondarySettings settings;
  settings.addresses = {*parse_secondary_address("192.0.2.53")};
  settings.key_names = {*parse_key_name("k")};
  settings.zones = {*Name::parse("spf.secutix.com")};
  ASSERT_TRUE(add_secondary(*store_, context_, "ns2", settings));
  add("mosa");
  EXPECT_EQ(show("mosa").phase, dkim::Phase::kSigning);
  EXPECT_EQ(until_ripe("mosa"), kRemembered);
}

TEST_F(Ripening, ALookForgetsLivesThatEndedLongAgo) {
  add_secondary_at("ns2", "192.0.2.53");
  ASSERT_TRUE(remove_secondary(*store_, context_, "ns2"));
  add_secondary_at("ns3", "192.0.2.54");
  see_secondaries(stored());
  EXPECT_EQ(db::Connection::open(dir() / "zone.db", db::Access::kReadOnly).integer("SELECT count(*) FROM secondary"),
            2);
  clock_.advance(std::chrono::hours(41 * 24));
  see_secondaries(stored());
  EXPECT_EQ(db::Connection::open(dir() / "zone.db", db::Access::kReadOnly).integer("SELECT count(*) FROM secondary"),
            1);
}

TEST_F(Ripening, MaintainForgetsLivesThatEndedLongAgo) {
  const auto lives = [this] {
    return db::Connection::open(dir() / "zone.db", db::Access::kReadOnly).integer("SELECT count(*) FROM secondary");
  };
  add_secondary_at("ns2", "192.0.2.53");
  ASSERT_TRUE(remove_secondary(*store_, context_, "ns2"));
  clock_.advance(std::chrono::hours(39 * 24));
  run_maintain();
  EXPECT_EQ(lives(), 1);
  clock_.advance(std::chrono::hours(2 * 24));
  run_maintain();
  EXPECT_EQ(lives(), 0);
}

}  // namespace
}  // namespace zonestore
