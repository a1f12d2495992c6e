#include "zonestore/dkim/propagation.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/unit/zonestore/dkim/facts.h"
#include "zonestore/dkim/lifecycle.h"

namespace zonestore::dkim {
namespace {

using namespace std::chrono_literals;
using test::SteppedClock;

constexpr Milliseconds kRemembered = 15min;
constexpr Milliseconds kRefreshAndRetry = 70min;
constexpr Serial kBefore{100};
constexpr Serial kEnding{101};
constexpr Serial kLater{105};

class PropagationTest : public ::testing::Test {
 protected:
  PropagationTest() {
    propagation.stored = kLater;
    propagation.refresh_and_retry = kRefreshAndRetry;
    secondary().life = FollowingServer::Life{clock.moment(), std::nullopt};
    clock.pass(1h);
    end = clock.moment();
  }
  FollowingServer& secondary() {
    if (propagation.servers.empty()) {
      propagation.servers.push_back({"ns2"});
    }
    return propagation.servers.front();
  }
  void see(Serial serial) { secondary().seen.push_back({serial, clock.moment(), clock.moment()}); }
  // How long after `end` the content is forgotten, as far as can be said now.
  [[nodiscard]] Milliseconds forgotten_after(const std::optional<Serial>& ended_serial = kEnding) const {
    WallTime latest = end.wall + kRemembered;
    for (const ServerWait& wait : waits_of(end, ended_serial, propagation)) {
      latest = std::max(latest, over_at(wait, kRemembered, clock.now()));
    }
    return latest - end.wall;
  }
  [[nodiscard]] bool is_forgotten() const {
    for (const ServerWait& wait : waits_of(end, kEnding, propagation)) {
      if (!is_over(wait, kRemembered, clock.now())) {
        return false;
      }
    }
    return true;
  }

  SteppedClock clock;
  Propagation propagation;
  Moment end;
};

TEST_F(PropagationTest, WithoutALookRefreshAndRetryAreWaitedFor) {
  EXPECT_EQ(forgotten_after(), kRefreshAndRetry + kRemembered);
  clock.pass(kRefreshAndRetry + kRemembered - 1ms);
  EXPECT_FALSE(is_forgotten());
  clock.pass(1ms);
  EXPECT_TRUE(is_forgotten());
}

TEST_F(PropagationTest, TheFirstLookThatSeesTheSerialEndsTheWait) {
  clock.pass(5min);
  see(kEnding);
  clock.pass(10min);
  secondary().seen.back().last = clock.moment();
  see(kLater);
  EXPECT_EQ(forgotten_after(), 5min + kRemembered);
}

TEST_F(PropagationTest, ALaterSerialIsAsGood) {
  clock.pass(5min);
  see(kLater);
  EXPECT_EQ(forgotten_after(), 5min + kRemembered);
}

TEST_F(PropagationTest, ALookThatComesLateMakesNothingLater) {
  clock.pass(3h);
  see(kLater);
  EXPECT_EQ(forgotten_after(), kRefreshAndRetry + kRemembered);
}

TEST_F(PropagationTest, OneThatWasSeenBehindIsWaitedForFromThere) {
  see(kBefore);
  clock.pass(2h);
  secondary().seen.back().last = clock.moment();
  EXPECT_EQ(forgotten_after(), 2h + kRefreshAndRetry + kRemembered);
  clock.pass(5min);
  see(kEnding);
  EXPECT_EQ(forgotten_after(), 2h + 5min + kRemembered);
}

TEST_F(PropagationTest, OneThatIsAheadOfTheStoreHasOtherContent) {
  clock.pass(5min);
  see(Serial{kLater.value + 1});
  EXPECT_EQ(forgotten_after(), kRefreshAndRetry + kRemembered);
}

TEST_F(PropagationTest, ALookAtAnAnycastServerShortensNothing) {
  secondary().anycast = true;
  clock.pass(5min);
  see(kEnding);
  EXPECT_EQ(forgotten_after(), kRefreshAndRetry + kRemembered);
}

TEST_F(PropagationTest, TheSlowestOfAllServersCounts) {
  clock.pass(5min);
  see(kEnding);
  propagation.servers.push_back({"ns1.secutix.com (192.0.2.1)"});
  EXPECT_EQ(forgotten_after(), kRefreshAndRetry + kRemembered) << "the name server was not seen";
  propagation.servers.back().seen.push_back({kEnding, clock.moment(), clock.moment()});
  EXPECT_EQ(forgotten_after(), 5min + kRemembered);
}

TEST_F(PropagationTest, WithoutAnEnrolledSecondaryTheStoresEndIsTheEnd) {
  propagation.servers.push_back({"ns1.secutix.com (192.0.2.1)"});
  secondary().life->added = end;
  secondary().life->added.trusted += 1ms;
  EXPECT_TRUE(waits_of(end, kEnding, propagation).empty()) << "added afterwards: it began with the present state";
  secondary().life->added.trusted = end.trusted;
  EXPECT_FALSE(waits_of(end, kEnding, propagation).empty()) << "nobody can say which was first";
}

TEST_F(PropagationTest, OneThatWasRemovedSinceIsWaitedForAsIfItWereThere) {
  clock.pass(5min);
  secondary().life->removed = clock.moment();
  EXPECT_EQ(forgotten_after(), kRefreshAndRetry + kRemembered);
  secondary().life->removed = end;
  secondary().life->removed->trusted -= 1ms;
  EXPECT_TRUE(waits_of(end, kEnding, propagation).empty()) << "removed before";
}

TEST_F(PropagationTest, ASerialThatIsNotKnownIsWaitedForByTimeAlone) {
  clock.pass(5min);
  see(kEnding);
  EXPECT_EQ(forgotten_after(std::nullopt), kRefreshAndRetry + kRemembered);
}

TEST_F(PropagationTest, WhatSecondariesMayStillGoByCounts) {
  propagation.earlier.push_back({5h, end});
  propagation.earlier.back().ended.trusted -= 1h;
  propagation.earlier.back().ended.wall -= 1h;
  propagation.earlier.back().ended.since_boot -= 1h;
  EXPECT_EQ(forgotten_after(), 5h + kRemembered);
  propagation.earlier.back().refresh_and_retry = 1h;
  EXPECT_EQ(forgotten_after(), kRefreshAndRetry + kRemembered) << "whoever went by it has asked since";
}

TEST_F(PropagationTest, AShorterRefreshSinceShortensNothing) {
  clock.pass(10min);
  propagation.earlier.push_back({kRefreshAndRetry, clock.moment()});
  propagation.refresh_and_retry = 2min;
  EXPECT_EQ(forgotten_after(), kRefreshAndRetry + kRemembered);
}

// A server that asks when it likes, at most refresh + retry after it last did; a resolver that asks it all the time
// and remembers; and looks at any time. Whatever was seen: while the resolver has the old content, the wait is not
// over.
TEST_F(PropagationTest, NoResolverHoldsWhatIsSaidToBeForgotten) {
  for (unsigned seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    const auto up_to = [&random](Milliseconds most) {
      return Milliseconds(std::uniform_int_distribution<std::int64_t>(0, most.count())(random));
    };
    SteppedClock world;
    Propagation known;
    known.stored = kEnding;
    known.refresh_and_retry = kRefreshAndRetry;
    known.servers.push_back({"ns2"});
    known.servers.front().life = FollowingServer::Life{world.moment(), std::nullopt};
    world.pass(1h);
    const Moment ended = world.moment();
    const Milliseconds follows_after = up_to(kRefreshAndRetry);  // no later than it must ask
    Milliseconds since{0};
    const auto server_has = [&] { return since >= follows_after ? kEnding : kBefore; };
    bool has_asked = false;
    while (since < 4h) {
      const Milliseconds step = up_to(20min);
      world.pass(step);
      since += step;
      if (random() % 3 == 0) {
        auto& seen = known.servers.front().seen;
        if (seen.empty() || seen.back().serial != server_has()) {
          seen.push_back({server_has(), world.moment(), world.moment()});
        }
        seen.back().last = world.moment();
      }
      // The last answer with the old content may have been given just before it followed.
      const bool holds = since < follows_after + kRemembered;
      const std::vector<ServerWait> waits = waits_of(ended, kEnding, known);
      ASSERT_EQ(waits.size(), 1U);
      const bool over = is_over(waits.front(), kRemembered, world.now());
      ASSERT_FALSE(holds && over) << "seed " << seed << " after " << since.count() << " ms";
      has_asked = has_asked || over;
    }
    ASSERT_TRUE(has_asked) << "seed " << seed << ": it is over in the end";
  }
}

// A look at any time ripens nothing later than the same history without it, unless it saw the server behind.
TEST_F(PropagationTest, ALookNeverMakesAWaitLongerUnlessItSawAServerBehind) {
  for (unsigned seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    SteppedClock world;
    Propagation without;
    without.stored = kLater;
    without.refresh_and_retry = kRefreshAndRetry;
    without.servers.push_back({"ns2"});
    without.servers.front().life = FollowingServer::Life{world.moment(), std::nullopt};
    const Moment ended = world.moment();
    Propagation with = without;
    for (int look = 0; look < 3; ++look) {
      world.pass(Milliseconds(std::uniform_int_distribution<std::int64_t>(0, Milliseconds(2h).count())(random)));
      const Serial seen{kEnding.value +
                        std::uniform_int_distribution<std::uint32_t>(0, 5)(random)};  // up to one that is ahead
      with.servers.front().seen.push_back({seen, world.moment(), world.moment()});
    }
    const WallTime alone = over_at(waits_of(ended, kEnding, without).front(), kRemembered, world.now());
    const WallTime looked = over_at(waits_of(ended, kEnding, with).front(), kRemembered, world.now());
    ASSERT_LE(looked, alone) << "seed " << seed;
  }
}

}  // namespace
}  // namespace zonestore::dkim
