// What else waits until servers have followed: SPF's steps, what is said of a key that is revoked, and which key an
// imported institution begins with.
#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/institutions/key_import.h"
#include "zonestore/operations/policy/spf_policy.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/secondaries/secondaries.h"
#include "zonestore/operations/zones/zones.h"

namespace zonestore {
namespace {

using namespace std::chrono_literals;
using dkim::SlotId;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr Milliseconds kTtlAndSlack = 70min;      // of an SPF record
constexpr Milliseconds kRefreshAndRetry = 70min;  // of a zone as init makes it
constexpr Milliseconds kKeyTtl = 60min;           // of a key that signs

class FollowedChanges : public tests::StoreFixture {
 protected:
  void add_secondary_at(const std::string& name, const char* address, bool anycast = false) {
    SecondarySettings settings;
    settings.addresses = {*parse_secondary_address(address)};
    settings.key_names = {*parse_key_name("k")};
    settings.anycast = anycast;
    const auto added = add_secondary(*store_, context_, name, settings);
    ASSERT_TRUE(added) << added.error().message;
  }
  [[nodiscard]] Serial stored(const Name& zone) { return show_zone(*store_, zone)->serial; }
  void see_name_servers(const Name& zone, Serial serial) {
    std::vector<ServerEvidence> seen;
    for (const char* const server : {"ns1.secutix.com (192.0.2.1)", "ns2.secutix.com (192.0.2.2)"}) {
      seen.push_back({zone, server, Verdict::kOk, serial, ""});
    }
    ASSERT_TRUE(record_server_evidence(*store_, seen, clock_.now()));
  }
  void see_secondaries(const Name& zone, Serial serial) {
    const auto zones = secondaries_to_ask(*store_, std::nullopt);
    ASSERT_TRUE(zones);
    std::vector<SecondarySight> sights;
    for (const ZoneOfSecondaries& of : *zones) {
      for (const SecondaryToAsk& secondary : of.secondaries) {
        if (of.apex == zone) {
          sights.push_back({zone, secondary.life, Verdict::kOk, serial, ""});
        }
      }
    }
    ASSERT_TRUE(record_sights(*store_, std::move(sights), clock_.now()));
  }
  void see_all(const Name& zone) {
    see_name_servers(zone, stored(zone));
    see_secondaries(zone, stored(zone));
  }
  void allow(const std::string& term) {
    const auto allowed = spf_allow(*store_, context_, {*spf::Term::parse(term)});
    ASSERT_TRUE(allowed) << allowed.error().message;
  }
  Milliseconds safe_in(const std::string& term) {
    const auto shown = spf_show(*store_);
    EXPECT_TRUE(shown);
    for (const SpfTermView& each : shown->details) {
      if (each.term == term) {
        return each.safe_from.value_or(clock_.now().wall) - clock_.now().wall;
      }
    }
    return Milliseconds{-1};
  }
  Revoked revoke_first(const std::string& text) {
    RevokeOptions options;
    options.stop_signing = true;
    auto revoked = revoke(*store_, context_, code(text), SlotId::kSel1, options);
    EXPECT_TRUE(revoked) << revoked.error().message;
    return revoked ? *revoked : Revoked{};
  }
  Milliseconds exposed_for(Revoked& revoked) {
    EXPECT_TRUE(see_exposure(*store_, revoked));
    return revoked.exposed_until - clock_.now().wall;
  }

  const Name dkim_ = *Name::parse("dkim.secutix.com");
  const Name spf_ = *Name::parse("spf.secutix.com");
  static constexpr const char* kTerm = "ip4:192.28.148.112";
};

TEST_F(FollowedChanges, AnSpfTermIsSafeOnceAllServersWereSeenWithIt) {
  add_secondary_at("ns3", "192.0.2.53");
  allow(kTerm);
  EXPECT_EQ(safe_in(kTerm), kTtlAndSlack + kRefreshAndRetry) << "at the latest";
  clock_.advance(1min);
  see_name_servers(spf_, stored(spf_));
  EXPECT_EQ(safe_in(kTerm), kTtlAndSlack + kRefreshAndRetry - 1min) << "the secondary was not seen";
  clock_.advance(1min);
  see_secondaries(spf_, stored(spf_));
  EXPECT_EQ(safe_in(kTerm), kTtlAndSlack) << "from the last server's look";
}

TEST_F(FollowedChanges, AServerThatIsSeenBehindHoldsAnSpfTermUp) {
  add_secondary_at("ns3", "192.0.2.53");
  const Serial before = stored(spf_);
  allow(kTerm);
  see_name_servers(spf_, stored(spf_));
  clock_.advance(2h);
  see_secondaries(spf_, before);
  EXPECT_EQ(safe_in(kTerm), kTtlAndSlack + kRefreshAndRetry);
}

TEST_F(FollowedChanges, AnAnycastSecondaryIsWaitedForByTimeAlone) {
  add_secondary_at("ns3", "192.0.2.53", true);
  allow(kTerm);
  see_all(spf_);
  EXPECT_EQ(safe_in(kTerm), kTtlAndSlack + kRefreshAndRetry);
}

// An hour of looks without any that sees a server behind.
TEST_F(FollowedChanges, NoLookMakesAnSpfTermSafeLaterThanNone) {
  add_secondary_at("ns3", "192.0.2.53");
  allow(kTerm);
  const WallTime without = clock_.now().wall + safe_in(kTerm);
  for (int minute = 0; minute < 60; ++minute) {
    clock_.advance(1min);
    see_all(spf_);
    EXPECT_LE(clock_.now().wall + safe_in(kTerm), without);
  }
}

TEST_F(FollowedChanges, WithoutASecondaryAnSpfTermWaitsForNobody) {
  allow(kTerm);
  EXPECT_EQ(safe_in(kTerm), kTtlAndSlack);
  clock_.advance(1min);
  add_secondary_at("ns3", "192.0.2.53");
  EXPECT_EQ(safe_in(kTerm), kTtlAndSlack - 1min) << "one that comes later begins with the present state";
}

TEST_F(FollowedChanges, ARevokedKeyIsExposedUntilTheLastServerHasFollowed) {
  add("mosa");
  add_secondary_at("ns3", "192.0.2.53");
  add_secondary_at("ns4", "192.0.2.54", true);
  clock_.advance(2h);
  see_all(dkim_);
  Revoked revoked = revoke_first("mosa");
  EXPECT_EQ(revoked.exposed_until - clock_.now().wall, kKeyTtl + kRefreshAndRetry) << "at the latest";
  EXPECT_EQ(exposed_for(revoked), kKeyTtl + kRefreshAndRetry);
  EXPECT_THAT(revoked.may_still_answer,
              UnorderedElementsAre("ns1.secutix.com (192.0.2.1)", "ns2.secutix.com (192.0.2.2)", "ns3", "ns4"));
  see_all(dkim_);
  EXPECT_EQ(exposed_for(revoked), kKeyTtl + kRefreshAndRetry);
  EXPECT_THAT(revoked.may_still_answer, ElementsAre("ns4")) << "of an anycast one a look sees one site";
  EXPECT_EQ(revoked.until_expire, std::chrono::hours(14 * 24));
}

TEST_F(FollowedChanges, ARevokedKeyIsExposedForItsTtlWhereNobodyFollows) {
  add("mosa");
  Revoked revoked = revoke_first("mosa");
  EXPECT_EQ(exposed_for(revoked), kKeyTtl);
  EXPECT_THAT(revoked.may_still_answer, IsEmpty());
}

TEST_F(FollowedChanges, ARemovalSaysHowMuchLongerServersMayHaveTheRecords) {
  add("mosa");
  add("nova");
  EXPECT_EQ(remove_institution(*store_, context_, code("mosa"))->servers_follow_within, 0min);
  add_secondary_at("ns3", "192.0.2.53");
  EXPECT_EQ(remove_institution(*store_, context_, code("nova"))->servers_follow_within, kRefreshAndRetry);
}

TEST_F(FollowedChanges, AnImportedInstitutionBeginsWithTheKeyThatSigns) {
  add_secondary_at("ns3", "192.0.2.53");
  const auto import_both = [this](const std::string& text, std::optional<SlotId> signs_with) {
    std::vector<SuppliedKey> keys;
    for (const SlotId slot : dkim::kSlots) {
      keys.push_back({slot, *crypto::PrivateKey::generate(crypto::Algorithm::kEd25519)});
    }
    ImportOptions options;
    options.signs_with = signs_with;
    const auto done = import_keys(*store_, overriding(Guard::kKeyType), code(text), std::move(keys), options);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->institution.phase, dkim::Phase::kStarting);
    EXPECT_EQ(done->institution.starts_with, signs_with.value_or(SlotId::kSel1));
  };
  import_both("mosa", SlotId::kSel2);
  import_both("nova", std::nullopt);
  clock_.advance(kRefreshAndRetry + 16min);
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_EQ(state("mosa", SlotId::kSel2), dkim::SlotState::kActive);
  EXPECT_EQ(state("mosa", SlotId::kSel1), dkim::SlotState::kStandby);
  EXPECT_EQ(state("nova", SlotId::kSel1), dkim::SlotState::kActive);
}

}  // namespace
}  // namespace zonestore
