#include "dnsd/transfer/notify_plan.h"

#include <gtest/gtest.h>

#include "tests/unit/dnsd/transfer/transfer_fixture.h"

namespace dnsd::transfer {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Reaction = NotifyPlan::Reaction;
using Said = NotifyPlan::Said;

class Notify : public ::testing::Test {
 protected:
  Notify() {
    peers_[0].id = zonestore::SecondaryId{1};
    set();
  }
  void set(milliseconds delay = milliseconds{0}) { plan_.set(peers_, zones_, now_, delay); }
  void publish(std::uint32_t serial) {
    zones_[0].serial = serial;
    set();
  }
  std::size_t sent() { return plan_.take_due(now_).size(); }
  Said answer(Reaction reaction = Reaction::kTaken) { return plan_.answered(target_, reaction, now_); }
  void send_and_answer() {
    ASSERT_EQ(sent(), 1U);
    ASSERT_EQ(answer(), Said::kNothing);
  }
  // Lets time pass as somebody does who waits for next_due(); how often something went.
  unsigned run_for(std::chrono::steady_clock::duration time, unsigned* unanswered = nullptr) {
    const auto end = now_ + time;
    unsigned count = 0;
    while (plan_.next_due() && *plan_.next_due() <= end) {
      now_ = std::max(now_, *plan_.next_due());
      for (const auto& sending : plan_.take_due(now_)) {
        ++count;
        if (unanswered != nullptr && sending.said == Said::kUnanswered) {
          ++*unanswered;
        }
      }
    }
    now_ = end;
    return count;
  }

  NotifyPlan plan_{milliseconds{1000}};
  NotifyPlan::Time now_{hours{1}};
  zonestore::Peers peers_{peer("ns2", {}, {"192.0.2.2:53"})};
  std::vector<NotifiedZone> zones_{{test::parse("a.test"), 10}};
  const NotifyTarget target_{zonestore::SecondaryId{1}, address("192.0.2.2:53"), test::parse("a.test")};
};

TEST_F(Notify, PeerThatIsNewIsToldOnce) {
  send_and_answer();
  EXPECT_EQ(plan_.next_due(), std::nullopt);
  set();
  EXPECT_EQ(sent(), 0U) << "nothing has changed";
}

TEST_F(Notify, PrivateZoneIsToldToThoseAloneWhoAreToHaveIt) {
  zones_ = {{test::parse("catalog.test"), 1, true}};
  set();
  EXPECT_EQ(sent(), 0U) << "all zones are all but the private one";
  peers_[0].catalog = true;
  set();
  EXPECT_EQ(sent(), 1U);
}

TEST_F(Notify, StartMayBeLate) {
  NotifyPlan plan(milliseconds{1000});
  plan.set(peers_, zones_, now_, seconds{7});
  EXPECT_EQ(plan.next_due(), now_ + seconds{7});
}

TEST_F(Notify, EachAddressAndZoneIsToldForItself) {
  peers_[0].addresses.push_back(address("[2001:db8::2]:53"));
  zones_.push_back({test::parse("b.test"), 1});
  set();
  EXPECT_EQ(sent(), 4U);
  peers_[0].all_zones = false;
  peers_[0].zones = {test::parse("b.test")};
  set();
  now_ += seconds{2};
  EXPECT_EQ(sent(), 2U) << "of the zones that it has";
}

TEST_F(Notify, ChangesWithinTheGapAreOne) {
  send_and_answer();
  for (std::uint32_t serial = 11; serial < 100; ++serial) {
    now_ += milliseconds{10};
    publish(serial);
    EXPECT_EQ(sent(), 0U);
  }
  EXPECT_EQ(plan_.next_due(), NotifyPlan::Time{hours{1}} + milliseconds{1000});
  now_ = *plan_.next_due();
  send_and_answer();
  EXPECT_EQ(plan_.next_due(), std::nullopt);
}

TEST_F(Notify, ThousandChangesInTenSecondsAreElevenAtMost) {
  unsigned count = 0;
  for (std::uint32_t serial = 11; serial < 1011; ++serial) {
    publish(serial);
    count += static_cast<unsigned>(sent());
    (void)answer();
    now_ += milliseconds{10};
  }
  EXPECT_LE(count, 11U);
  EXPECT_GE(count, 10U);
}

TEST_F(Notify, WhoAsksForAZoneIsBackAndToldAtOnce) {
  (void)run_for(hours{1});
  (void)run_for(*plan_.next_due() - now_);
  publish(11);
  now_ += seconds{10};
  ASSERT_EQ(sent(), 0U) << "a minute after the last";
  plan_.is_back(target_.peer, now_);
  ASSERT_EQ(sent(), 1U);
  EXPECT_EQ(plan_.next_due(), now_ + seconds{2}) << "it may be lost";
  plan_.is_back(target_.peer, now_);
  EXPECT_EQ(plan_.next_due(), now_ + milliseconds{1000}) << "the gap holds";
  EXPECT_EQ(answer(), Said::kAnsweredAgain);
  plan_.is_back(target_.peer, now_);
  EXPECT_EQ(plan_.next_due(), std::nullopt) << "it knows";
}

TEST_F(Notify, WhoAsksButDoesNotAnswerIsToldOfInTheLogAllTheSame) {
  unsigned unanswered = 0;
  for (int minute = 0; minute < 60; ++minute) {
    (void)run_for(seconds{60}, &unanswered);
    plan_.is_back(target_.peer, now_);
  }
  EXPECT_EQ(unanswered, 1U);
}

TEST_F(Notify, ChangeWhileOneIsUnderWayComesAfterItsAnswer) {
  ASSERT_EQ(sent(), 1U);
  now_ += milliseconds{1500};
  publish(11);
  EXPECT_EQ(sent(), 0U);
  EXPECT_EQ(answer(), Said::kNothing);
  EXPECT_EQ(sent(), 1U);
  EXPECT_EQ(answer(), Said::kNothing);
  EXPECT_EQ(plan_.next_due(), std::nullopt);
}

TEST_F(Notify, UnansweredItComesAgainEverMoreSeldom) {
  std::vector<std::int64_t> pauses;
  for (int attempt = 0; attempt < 9; ++attempt) {
    ASSERT_EQ(sent(), 1U);
    pauses.push_back(std::chrono::duration_cast<seconds>(*plan_.next_due() - now_).count());
    now_ = *plan_.next_due();
  }
  EXPECT_EQ(pauses, (std::vector<std::int64_t>{2, 4, 8, 16, 32, 60, 60, 60, 60}));
}

TEST_F(Notify, DeadForAMonthIsOneLineAndItsReturnAnother) {
  unsigned unanswered = 0;
  const unsigned count = run_for(hours{24 * 30}, &unanswered);
  EXPECT_EQ(unanswered, 1U);
  EXPECT_NEAR(count, 30 * 24 * 60, 10);
  publish(11);
  EXPECT_LE(*plan_.next_due() - now_, seconds{60}) << "current within a minute of its return";
  now_ = *plan_.next_due();
  ASSERT_EQ(sent(), 1U);
  EXPECT_EQ(answer(), Said::kAnsweredAgain);
  EXPECT_EQ(plan_.next_due(), std::nullopt) << "it was told of the newest";
}

TEST_F(Notify, RefusalIsAnAnswerUntilTheNextSerialAndIsSaidOnce) {
  ASSERT_EQ(sent(), 1U);
  EXPECT_EQ(answer(Reaction::kRefused), Said::kRefused);
  EXPECT_EQ(plan_.next_due(), std::nullopt);
  now_ += seconds{5};
  publish(11);
  ASSERT_EQ(sent(), 1U);
  EXPECT_EQ(answer(Reaction::kRefused), Said::kNothing);
  now_ += seconds{5};
  publish(12);
  ASSERT_EQ(sent(), 1U);
  EXPECT_EQ(answer(), Said::kAnsweredAgain);
}

TEST_F(Notify, WhatDoesNotVerifyIsNoAnswerButIsSaid) {
  ASSERT_EQ(sent(), 1U);
  EXPECT_EQ(answer(Reaction::kUnverified), Said::kUnverified);
  EXPECT_EQ(answer(Reaction::kUnverified), Said::kNothing);
  now_ += seconds{2};
  EXPECT_EQ(sent(), 1U);
  EXPECT_EQ(answer(), Said::kAnsweredAgain);
}

TEST_F(Notify, AnswerThatNobodyWaitsForIsNone) {
  send_and_answer();
  EXPECT_EQ(answer(Reaction::kRefused), Said::kNothing);
  NotifyTarget other = target_;
  other.address = address("192.0.2.3:53");
  EXPECT_EQ(plan_.answered(other, Reaction::kTaken, now_), Said::kNothing);
}

TEST_F(Notify, WhoIsTakenOutHearsNoMore) {
  ASSERT_EQ(sent(), 1U);
  peers_.clear();
  set();
  EXPECT_EQ(plan_.next_due(), std::nullopt);
  EXPECT_EQ(answer(), Said::kNothing);
}

TEST_F(Notify, KeyThatHasComeIsTriedAtOnce) {
  run_for(hours{1});
  plan_.tell_again(zonestore::SecondaryId{1}, now_);
  EXPECT_LE(*plan_.next_due(), now_ + seconds{1});
}

TEST_F(Notify, AttemptsAreCountedSoThatKeysTakeTurns) {
  std::vector<unsigned> attempts;
  for (int attempt = 0; attempt < 3; ++attempt) {
    for (const auto& sending : plan_.take_due(now_)) {
      attempts.push_back(sending.attempt);
    }
    now_ = *plan_.next_due();
  }
  EXPECT_EQ(attempts, (std::vector<unsigned>{0, 1, 2}));
}

}  // namespace
}  // namespace dnsd::transfer
