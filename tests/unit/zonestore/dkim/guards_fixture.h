// An institution at a point of its life, and the guards that it is asked.
#pragma once

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/zonestore/dkim/facts.h"
#include "zonestore/dkim/lifecycle.h"

namespace zonestore::dkim {

using namespace std::chrono_literals;
using test::SteppedClock;

inline constexpr SlotId kSel1 = SlotId::kSel1;
inline constexpr SlotId kSel2 = SlotId::kSel2;

class Guards : public ::testing::Test {
 protected:
  [[nodiscard]] Result<SlotId> rotate() const { return may_rotate(institution, policy, clock.now(), request); }
  [[nodiscard]] Result<SlotId> undo() const { return may_undo(institution, policy, clock.now(), request); }
  [[nodiscard]] Result<void> prepare(SlotId slot) const {
    return may_prepare(institution, slot, policy, clock.now(), request);
  }
  void swap_to(SlotId slot, Swap how = Swap::kRotate) {
    institution = swapped(institution, slot, how, policy, clock.moment());
  }
  void depart() { institution = departing(institution, policy, clock.moment()); }
  [[nodiscard]] Result<Revocation> may_revoke_slot(SlotId slot, bool stop_signing = false) const {
    return may_revoke(institution, slot, stop_signing, policy, clock.now(), request);
  }
  void revoke_slot(SlotId slot, bool stop_signing = false) {
    const Revocation revocation = may_revoke_slot(slot, stop_signing).value();
    const Ttl largest = institution.active == slot ? policy.ttl_active : policy.ttl_other;
    institution = revoked(institution, slot, revocation, policy, clock.moment());
    institution.slots.at(static_cast<std::size_t>(slot) - 1).earlier.push_back({largest, clock.moment()});
  }
  // Allowed at the printed second, refused a millisecond before the exact time. What was refused has kept its moment.
  template <class Ask>
  void expect_exact(WallTime clears_at, const Ask& ask) {
    (void)clock.moment();
    SteppedClock before = clock;
    const SteppedClock start = clock;
    before.pass(clears_at - clock.now().moment.wall - 1ms);
    clock = before;
    EXPECT_FALSE(ask());
    clock = start;
    clock.pass(test::until_printed(clears_at, clock));
    EXPECT_TRUE(ask());
  }

  SteppedClock clock;
  LifecyclePolicy policy;
  InstitutionFacts institution = test::added(clock.moment());
  Request request{"mosa", std::nullopt, std::nullopt};
};

template <class T>
Guard guard_of(const Result<T>& result) {
  EXPECT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kRefused);
  EXPECT_FALSE(result.error().hint.empty());
  EXPECT_THAT(result.error().message, ::testing::HasSubstr("mosa"));
  EXPECT_THAT(result.error().message, ::testing::Not(::testing::EndsWith(".")));
  return result.error().refusal.value().guard;
}

template <class T>
std::optional<WallTime> clears_at(const Result<T>& result) {
  return result.error().refusal.value().clears_at;
}

}  // namespace zonestore::dkim
