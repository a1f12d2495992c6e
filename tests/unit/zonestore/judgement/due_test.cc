#include "zonestore/judgement/due.h"

#include <gtest/gtest.h>

#include "tests/unit/zonestore/dkim/facts.h"

namespace zonestore {
namespace {

using namespace std::chrono_literals;
using dkim::SlotId;
using dkim::test::SteppedClock;

constexpr Milliseconds kDay = 24h;

class Due : public ::testing::Test {
 protected:
  [[nodiscard]] bool is_due() const { return is_maintain_due(facts_, policy_, clock_.now()); }
  [[nodiscard]] std::optional<WallTime> since() const {
    return maintain_due_since(facts_, added_, policy_, clock_.now());
  }
  [[nodiscard]] bool must_rotate() const { return is_rotation_due(facts_, "mosa", policy_, clock_.now()); }
  [[nodiscard]] WallTime wall() const { return clock_.now().moment.wall; }
  [[nodiscard]] dkim::SlotFacts& slot(SlotId of) { return facts_.slots.at(static_cast<std::size_t>(of) - 1); }
  void become_starting() {
    facts_.phase = dkim::Phase::kStarting;
    facts_.active.reset();
  }

  SteppedClock clock_;
  dkim::LifecyclePolicy policy_;
  dkim::InstitutionFacts facts_ = dkim::test::added(clock_.moment());
  WallTime added_ = clock_.now().moment.wall;
};

TEST_F(Due, NothingWhileTheOtherSlotIsFresh) {
  EXPECT_FALSE(is_due());
  EXPECT_EQ(since(), std::nullopt);
  clock_.pass(400 * kDay);
  EXPECT_FALSE(is_due()) << "a standby waits for as long as it takes";
}

TEST_F(Due, SigningBeginsWhenTheFirstSlotIsRipe) {
  become_starting();
  const WallTime ripe = dkim::ripe_at(slot(SlotId::kSel1), policy_, clock_.now());
  clock_.pass(ripe - wall() - 1ms);
  EXPECT_FALSE(is_due());
  clock_.pass(1ms);
  EXPECT_TRUE(is_due());
  clock_.pass(kDay);
  EXPECT_EQ(since(), ripe);
}

TEST_F(Due, NothingWhereNoSlotHoldsAFreshKeyToBeginWith) {
  become_starting();
  for (const SlotId each : dkim::kSlots) {
    dkim::test::revoke(facts_, each, Ttl{300}, clock_.moment());
  }
  clock_.pass(400 * kDay);
  EXPECT_FALSE(is_due());
  EXPECT_EQ(since(), std::nullopt);
}

TEST_F(Due, AFreshKeyWhenTheDrainHasEnded) {
  clock_.pass(kDay);
  facts_ = dkim::swapped(facts_, SlotId::kSel2, dkim::Swap::kRotate, policy_, clock_.moment());
  const WallTime drained = dkim::drained_at(slot(SlotId::kSel1), clock_.now()).value();
  clock_.pass(drained - wall() - 1ms);
  EXPECT_FALSE(is_due());
  clock_.pass(1ms);
  EXPECT_TRUE(is_due());
  clock_.pass(3 * kDay);
  EXPECT_EQ(since(), drained);
}

TEST_F(Due, NoFreshKeyWhileTheDrainWaitsForSigners) {
  clock_.pass(kDay);
  facts_ = dkim::swapped(facts_, SlotId::kSel2, dkim::Swap::kRotate, policy_, clock_.moment());
  slot(SlotId::kSel1).drain->waits_for_signers = true;
  clock_.pass(400 * kDay);
  EXPECT_FALSE(is_due());
}

TEST_F(Due, AFreshKeyForAnEmptySlotAtOnce) {
  slot(SlotId::kSel2).has_key = false;
  clock_.pass(kDay);
  EXPECT_TRUE(is_due());
  EXPECT_EQ(since(), added_);
  facts_.moved = clock_.moment();
  EXPECT_EQ(since(), wall()) << "it was empty before, but nobody knows since when";
}

TEST_F(Due, NoFreshKeyForOneThatWasRevoked) {
  dkim::test::revoke(facts_, SlotId::kSel2, Ttl{300}, clock_.moment());
  clock_.pass(400 * kDay);
  EXPECT_FALSE(is_due()) << "an operator asks for it, by prepare";
}

TEST_F(Due, RecordsLeaveWhenTheLastMailHasArrived) {
  clock_.pass(kDay);
  facts_ = dkim::swapped(facts_, SlotId::kSel2, dkim::Swap::kRotate, policy_, clock_.moment());
  clock_.pass(kDay);
  facts_ = dkim::departing(facts_, policy_, clock_.moment());
  const WallTime leaves = dkim::leaves_at(facts_, clock_.now());
  clock_.pass(leaves - wall() - 1ms);
  EXPECT_FALSE(is_due());
  EXPECT_FALSE(has_left(facts_, clock_.now()));
  clock_.pass(1ms);
  EXPECT_TRUE(is_due());
  EXPECT_TRUE(has_left(facts_, clock_.now()));
  clock_.pass(kDay);
  EXPECT_EQ(since(), leaves);
  facts_.phase = dkim::Phase::kDeparted;
  EXPECT_FALSE(is_due());
}

TEST_F(Due, ARotationInItsWindowUnlessSomebodyHasFrozenIt) {
  policy_.every = Seconds{std::chrono::hours{24 * 30}};
  policy_.jitter = Seconds{0};
  facts_.moved = clock_.moment();
  clock_.pass(30 * kDay - 1ms);
  EXPECT_FALSE(must_rotate());
  clock_.pass(1ms);
  EXPECT_TRUE(must_rotate());
  EXPECT_FALSE(is_due()) << "rotations are by policy, not by maintain's own rules";
  facts_.frozen.emplace();
  EXPECT_FALSE(must_rotate());
}

TEST_F(Due, NothingEarlyByAStepOfTheWallClock) {
  clock_.pass(kDay);
  facts_ = dkim::swapped(facts_, SlotId::kSel2, dkim::Swap::kRotate, policy_, clock_.moment());
  policy_.every = Seconds{std::chrono::hours{24 * 30}};
  policy_.jitter = Seconds{0};
  clock_.step(400 * kDay);
  EXPECT_FALSE(is_due());
  EXPECT_FALSE(must_rotate());
}

}  // namespace
}  // namespace zonestore
