#include "zonestore/dkim/forecast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/zonestore/dkim/facts.h"

namespace zonestore::dkim {
namespace {

using namespace std::chrono_literals;
using test::SteppedClock;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Forecast : public ::testing::Test {
 protected:
  // "sel2 ripens +900s", "~" before what is approximate.
  [[nodiscard]] std::vector<std::string> events(Milliseconds ahead) const {
    std::vector<std::string> texts;
    const WallTime now = clock.now().moment.wall;
    forecast(institution, "mosa", policy, clock.now(), now + ahead, [&](const ForecastEvent& event) {
      const auto from_now = std::chrono::duration_cast<Seconds>(event.at - now);
      texts.push_back((event.is_approximate ? "~" : "") + (event.slot ? to_text(*event.slot) + " " : std::string()) +
                      std::string(to_text(event.kind)) + " +" + to_duration_text(from_now));
      return texts.size() < 50;
    });
    return texts;
  }
  void rotate_every(Seconds every) {
    policy.every = every;
    policy.jitter = Seconds(0);
    institution.moved = clock.moment();
  }

  SteppedClock clock;
  LifecyclePolicy policy;
  InstitutionFacts institution = test::added(clock.moment());
};

TEST_F(Forecast, WithoutPolicyTheStandbyRipensAndNothingElseHappens) {
  EXPECT_THAT(events(24h * 365), ElementsAre("sel2 ripens +15m"));
  clock.pass(1h);
  EXPECT_THAT(events(24h * 365), IsEmpty());
}

TEST_F(Forecast, ADrainEndsInAFreshKeyThatRipens) {
  clock.pass(1h);
  institution = swapped(institution, SlotId::kSel2, Swap::kRotate, policy, clock.moment());
  EXPECT_THAT(events(24h * 30), ElementsAre("sel1 fresh-key +7d1h10m", "~sel1 ripens +7d2h20m"));
}

TEST_F(Forecast, PolicyRotatesAgainAndAgain) {
  rotate_every(30 * 24h);
  EXPECT_THAT(events(24h * 65), ElementsAre("sel2 ripens +15m", "sel2 rotates +30d", "~sel1 fresh-key +37d1h10m",
                                            "~sel1 ripens +37d2h20m", "~sel1 rotates +60d"));
}

TEST_F(Forecast, ARotationWaitsForTheStandby) {
  rotate_every(60s);
  EXPECT_THAT(events(1h), ElementsAre("sel2 ripens +15m", "sel2 rotates +15m"));
}

TEST_F(Forecast, AFrozenRotationIsToldOnceAsHeldBack) {
  rotate_every(30 * 24h);
  institution.frozen = Freeze{false, clock.now().moment.wall, "audit week"};
  EXPECT_THAT(events(24h * 365), ElementsAre("sel2 ripens +15m", "held-back +30d"));
}

TEST_F(Forecast, ARevokedStandbyRotatesNever) {
  rotate_every(30 * 24h);
  test::revoke(institution, SlotId::kSel2, Ttl{300}, clock.moment());
  EXPECT_THAT(events(24h * 365), IsEmpty());
}

TEST_F(Forecast, ARemovedInstitutionDeparts) {
  clock.pass(1h);
  institution = departing(institution, policy, clock.moment());
  EXPECT_THAT(events(24h * 365), ElementsAre("departs +7d1h10m"));
}

TEST_F(Forecast, WhatDoesNotSignBegins) {
  const Revocation stop{std::nullopt, true};
  institution = revoked(institution, SlotId::kSel1, stop, policy, clock.moment());
  EXPECT_THAT(events(24h), ElementsAre("sel2 begins +15m"));
  clock.pass(1h);
  EXPECT_THAT(events(24h), ElementsAre("sel2 begins +0s")) << "due already";
}

TEST_F(Forecast, RotationsAreInTheirWindow) {
  rotate_every(30 * 24h);
  policy.window = RotationWindow::parse("Tue 09:00-11:00 Europe/Zurich").value();
  const WallTime now = clock.now().moment.wall;
  int rotations = 0;
  forecast(institution, "mosa", policy, clock.now(), now + 24h * 365, [&](const ForecastEvent& event) {
    if (event.kind == ForecastEvent::Kind::kRotates) {
      EXPECT_TRUE(policy.window.is_open(event.at));
      ++rotations;
    }
    return true;
  });
  EXPECT_GE(rotations, 9);
}

// What is told is what comes: played through the real rules with maintain at each moment.
TEST_F(Forecast, ComesTrue) {
  rotate_every(20 * 24h);
  std::vector<ForecastEvent> told;
  const WallTime end = clock.now().moment.wall + 24h * 100;
  forecast(institution, "mosa", policy, clock.now(), end, [&](const ForecastEvent& event) {
    told.push_back(event);
    return true;
  });
  for (const ForecastEvent& event : told) {
    clock.pass(event.at - clock.now().moment.wall);
    const SlotId slot = event.slot.value();
    const Request request{"mosa", std::nullopt, std::nullopt};
    switch (event.kind) {
      case ForecastEvent::Kind::kRipens:
        EXPECT_EQ(state_of(institution, slot, policy, clock.now()), SlotState::kStandby);
        break;
      case ForecastEvent::Kind::kRotates:
        EXPECT_TRUE(schedule_of(institution, "mosa", policy, clock.now())->is_due);
        ASSERT_EQ(may_rotate(institution, policy, clock.now(), request).value(), slot);
        institution = swapped(institution, slot, Swap::kRotate, policy, clock.moment());
        break;
      case ForecastEvent::Kind::kFreshKey:
        ASSERT_TRUE(may_prepare(institution, slot, policy, clock.now(), request));
        test::put_fresh_key(institution, slot, policy.ttl_active, clock.moment());
        break;
      default:
        FAIL() << to_text(event.kind);
    }
  }
  EXPECT_GT(told.size(), 12U);
}

}  // namespace
}  // namespace zonestore::dkim
