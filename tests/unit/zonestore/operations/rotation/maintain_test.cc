// Rotations by policy, and what plan and status tell of them, on a real store.
#include "zonestore/operations/rotation/maintain.h"

#include <algorithm>
#include <cstdlib>

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/policy/freeze.h"
#include "zonestore/operations/rotation/policy_rotations.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/views/checking.h"
#include "zonestore/operations/views/plan.h"
#include "zonestore/operations/views/status.h"
#include "zonestore/operations/views/troubles.h"

namespace zonestore {
namespace {

using dkim::SlotId;
using dkim::SlotState;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::refusal_of;

constexpr Seconds kDay{86400};

bool is_maintain_late(const StoreStatus& status) {
  const std::vector<Trouble> troubles = troubles_of(status);
  return std::any_of(troubles.begin(), troubles.end(),
                     [](const Trouble& each) { return each.what == "maintain-late"; });
}

class PolicyRotation : public tests::StoreFixture {
 protected:
  PolicyRotation() { add("mosa"); }
  void set(const std::string& key, const std::string& value, const std::optional<std::string>& institution = {}) {
    const auto done =
        set_policy(*store_, context_, institution ? std::optional(code(*institution)) : std::nullopt, key, value);
    ASSERT_TRUE(done) << done.error().message;
  }
  // As zonectl-check.timer does: nothing is rotated by policy that nobody has looked at.
  void look() {
    std::vector<std::pair<dkim::Code, Look>> looks;
    EXPECT_TRUE(list_institutions(*store_, false, [&](const InstitutionView& view) {
      Look seen{{}, clock_.now()};
      for (const SlotView& slot : view.slots) {
        seen.evidence.push_back({std::nullopt, dkim::to_text(slot.slot), Verdict::kOk, "", slot.key_id});
      }
      looks.emplace_back(code(view.code), std::move(seen));
      return true;
    }));
    EXPECT_TRUE(record_evidence(*store_, looks));
  }
  Maintained run(bool dry = false) {
    look();
    return run_unseen(dry);
  }
  Maintained run_unseen(bool dry = false) {
    ChangeContext context = context_;
    context.dry_run = dry;
    auto done = maintain(*store_, context);
    EXPECT_TRUE(done) << done.error().message;
    return *done;
  }
  void wait_until(WallTime time) { clock_.advance(time - clock_.now().wall); }
  std::vector<std::string> plan(Milliseconds ahead) {
    std::vector<std::string> texts;
    EXPECT_TRUE(read_plan(*store_, {}, clock_.now().wall + ahead, [&](const PlannedEvent& planned) {
      texts.push_back(planned.code + " " + std::string(dkim::to_text(planned.event.kind)));
      return true;
    }));
    return texts;
  }
};

TEST_F(PolicyRotation, IsOffUntilItIsSet) {
  clock_.advance(kDay * 365);
  EXPECT_TRUE(run().steps.empty());
  EXPECT_FALSE(show("mosa").next_rotation);
}

TEST_F(PolicyRotation, IsDoneByMaintainAtItsTimeAndNotBefore) {
  set("every", "30d");
  const WallTime planned = show("mosa").next_rotation.value();
  EXPECT_GE(planned - clock_.now().wall, kDay * 20);
  EXPECT_LE(planned - clock_.now().wall, kDay * 40);
  wait_until(planned - Milliseconds(1));
  EXPECT_TRUE(run().steps.empty());
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  wait_until(planned);
  look();
  EXPECT_TRUE(show("mosa").maintain_due);
  const Maintained done = run();
  ASSERT_EQ(done.steps.size(), 1U);
  EXPECT_EQ(done.steps[0].what, "rotation by policy: signing moved from sel1 to sel2");
  EXPECT_EQ(show("mosa").active, SlotId::kSel2);
  EXPECT_TRUE(run().steps.empty());
  EXPECT_GE(show("mosa").next_rotation.value() - planned, kDay * 20);
}

TEST_F(PolicyRotation, IsLateWhereMaintainCouldHaveDoneItAndNotWhereItWaits) {
  set("every", "30d");
  const WallTime planned = show("mosa").next_rotation.value();
  wait_until(planned - hours(1));
  run_unseen();
  wait_until(planned + hours(1) + Milliseconds(1));
  EXPECT_EQ(store_status(*store_)->maintain_due, 0U) << "it waits for a look";
  look();
  auto status = store_status(*store_);
  EXPECT_EQ(status->maintain_due_codes, (std::vector<std::string>{"mosa"}));
  EXPECT_EQ(status->maintain_due_since, planned);
  EXPECT_TRUE(is_maintain_late(*status));

  clock_.advance(kDay * 2);
  EXPECT_TRUE(run_unseen().steps.empty()) << "nobody has looked for a day";
  look();
  status = store_status(*store_);
  EXPECT_EQ(status->maintain_due_since, status->maintained) << "before that it waited";
  EXPECT_FALSE(is_maintain_late(*status));

  ASSERT_TRUE(freeze(*store_, context_, code("mosa"), "audit week"));
  EXPECT_EQ(store_status(*store_)->maintain_due, 0U) << "it waits for the thaw";
}

TEST_F(PolicyRotation, IsInTheLogAsByPolicy) {
  set("every", "30d");
  wait_until(show("mosa").next_rotation.value());
  run();
  std::string what;
  ASSERT_TRUE(read_log(*store_, {.subjects = {"mosa"}, .since = {}, .newest = 1}, [&](const AuditEntry& entry) {
    what = entry.command + ": " + entry.what;
    return true;
  }));
  EXPECT_EQ(what, "rotate: by policy: signing moved from sel1 to sel2");
}

TEST_F(PolicyRotation, ADryRunTellsItAndDoesNothing) {
  set("every", "30d");
  wait_until(show("mosa").next_rotation.value());
  const std::size_t rows = audit_rows();
  EXPECT_EQ(run(true).steps.size(), 1U);
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  EXPECT_EQ(audit_rows(), rows);
}

TEST_F(PolicyRotation, WaitsForItsWindowAndLateForTheNext) {
  set("every", "30d");
  set("window", "Tue 09:00-11:00 UTC");  // without summer time between this window and the next
  const WallTime planned = show("mosa").next_rotation.value();
  wait_until(planned - minutes(1));
  EXPECT_TRUE(run().steps.empty());
  wait_until(planned + hours(2));  // maintain was not there while it was open
  EXPECT_TRUE(run().steps.empty());
  EXPECT_EQ(show("mosa").next_rotation, planned + kDay * 7);
  wait_until(planned + kDay * 7 + hours(1));
  EXPECT_EQ(run().steps.size(), 1U);
}

TEST_F(PolicyRotation, StepsOfTheClockMakeNothingEarly) {
  set("every", "30d");
  const WallTime planned = show("mosa").next_rotation.value();
  wait_until(planned - minutes(30));
  clock_.step_wall(hours(1));
  EXPECT_TRUE(run().steps.empty());
  clock_.step_wall(-hours(2));
  EXPECT_TRUE(run().steps.empty());
  clock_.step_wall(hours(1));
  clock_.advance(minutes(30));
  EXPECT_EQ(run().steps.size(), 1U);
}

TEST_F(PolicyRotation, AnInstitutionMayHaveItsOwnAndGoBackToTheStores) {
  add("louvre");
  set("every", "30d");
  set("every", "off", "mosa");
  EXPECT_FALSE(show("mosa").next_rotation);
  EXPECT_TRUE(show("louvre").next_rotation);
  ASSERT_TRUE(set_policy(*store_, context_, code("mosa"), "every", std::nullopt));
  EXPECT_TRUE(show("mosa").next_rotation);
  set("window", "Mon 10:00-11:00 UTC", "mosa");
  EXPECT_NE(show("mosa").next_rotation, show("louvre").next_rotation);
}

TEST_F(PolicyRotation, AFrozenOneIsNotRotatedAndIsToldInThePlan) {
  set("every", "30d");
  ASSERT_TRUE(freeze(*store_, context_, code("mosa"), "audit week"));
  wait_until(show("mosa").next_rotation.value() + kDay * 3);
  const Maintained done = run();
  EXPECT_TRUE(done.steps.empty());
  EXPECT_TRUE(done.waiting.empty());
  EXPECT_THAT(plan(kDay), ElementsAre("mosa held-back"));
  EXPECT_TRUE(store_status(*store_)->attention.empty()) << "frozen on purpose";
  EXPECT_EQ(store_status(*store_)->frozen, 1U);
  ASSERT_TRUE(thaw(*store_, context_, code("mosa")));
  EXPECT_EQ(run().steps.size(), 1U);
}

TEST_F(PolicyRotation, AGuardHoldsItBackAndIsNamedAndStatusFindsItADayLater) {
  set("every", "30d");
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel2));
  wait_until(show("mosa").next_rotation.value());
  EXPECT_THAT(run().waiting, ElementsAre(HasSubstr("mosa: E_NO_STANDBY: ")));
  EXPECT_EQ(store_status(*store_)->attention.at(0).what, "no-standby");
  EXPECT_EQ(store_status(*store_)->attention.size(), 1U);
  clock_.advance(kDay + Milliseconds(1));
  const StoreStatus status = *store_status(*store_);
  ASSERT_EQ(status.attention.size(), 2U);
  EXPECT_EQ(status.attention[1].what, "overdue");
  EXPECT_THAT(status.attention[1].codes, ElementsAre("mosa"));
  EXPECT_TRUE(show("mosa").rotation_overdue);
  EXPECT_TRUE(needs_attention(status));
}

TEST_F(PolicyRotation, WhatDoesNotSignAndCannotBeginIsFound) {
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel2));
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel1, {.stop_signing = true}));
  const StoreStatus status = *store_status(*store_);
  ASSERT_EQ(status.attention.size(), 1U);
  EXPECT_EQ(status.attention[0].what, "not-signing");
  ASSERT_TRUE(prepare(*store_, context_, code("mosa"), std::nullopt));
  EXPECT_FALSE(needs_attention(*store_status(*store_)));
}

TEST_F(PolicyRotation, DueRotationsAreThoseOfNow) {
  set("every", "30d");
  EXPECT_THAT(*due_rotations(*store_), IsEmpty());
  wait_until(show("mosa").next_rotation.value());
  EXPECT_THAT(*due_rotations(*store_), ElementsAre(code("mosa")));
}

TEST_F(PolicyRotation, ThePlanIsInTimeOrderOverAllInstitutions) {
  clock_.advance(minutes(5));
  add("louvre");
  set("every", "30d");
  set("jitter", "0");
  EXPECT_THAT(plan(kDay * 31), ElementsAre("mosa ripens", "louvre ripens", "mosa rotates", "louvre rotates"));
  EXPECT_EQ(
      read_plan(*store_, {code("prado")}, clock_.now().wall, [](const PlannedEvent&) { return true; }).error().code,
      ErrorCode::kNotFound);
}

TEST_F(PolicyRotation, WaitsUntilSomebodyHasLookedAndSaysSo) {
  set("every", "30d");
  set("jitter", "0");
  clock_.advance(kDay * 30);
  const Maintained done = run_unseen();
  EXPECT_TRUE(done.steps.empty());
  EXPECT_TRUE(done.failures.empty());
  EXPECT_THAT(done.waiting, ElementsAre(HasSubstr("mosa: E_UNSEEN: ")));
  EXPECT_THAT(plan(kDay), ElementsAre("mosa held-back"));
  const auto status = store_status(*store_);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->unseen, 1U);
  EXPECT_TRUE(needs_attention(*status));
  look();
  EXPECT_THAT(plan(kDay), ElementsAre("mosa rotates"));
  EXPECT_EQ(run().steps.size(), 1U);
}

TEST_F(PolicyRotation, AllThatWaitForALookCostOneTransaction) {
  for (const char* const each : {"louvre", "prado", "uffizi"}) {
    add(each);
  }
  set("every", "30d");
  set("jitter", "0");
  clock_.advance(kDay * 30);
  const std::uint64_t kept = store_->impl().moments_kept;
  EXPECT_EQ(run_unseen().waiting.size(), 4U);
  EXPECT_EQ(store_->impl().moments_kept, kept + 1) << "one commit, with the moment alone";
}

TEST_F(PolicyRotation, OneInstitutionsFaultStopsNoOther) {
  add("louvre");
  set("every", "30d");
  set("jitter", "0");
  ASSERT_EQ(std::system(("sqlite3 " + (dir() / "vault/vault.db").string() +
                         " \"DELETE FROM private_key WHERE key_id='" + show("louvre").slots[1].key_id + "'\"")
                            .c_str()),
            0);
  clock_.advance(kDay * 30);
  const Maintained done = run();
  EXPECT_EQ(done.steps.size(), 1U);
  EXPECT_THAT(done.failures, ElementsAre(HasSubstr("louvre: E_KEY_MISMATCH: ")));
  EXPECT_EQ(show("mosa").active, SlotId::kSel2);
  EXPECT_EQ(show("louvre").active, SlotId::kSel1);
}

TEST_F(PolicyRotation, PolicyRefusesWhatCannotBe) {
  const auto refuse_every = [&](const std::string& value) {
    return set_policy(*store_, context_, std::nullopt, "every", value);
  };
  EXPECT_EQ(refusal_of(refuse_every("7d")), Guard::kPolicyFloor);
  EXPECT_EQ(refusal_of(refuse_every("7d2h19m")), Guard::kPolicyFloor);
  EXPECT_TRUE(refuse_every("7d2h20m")) << "drain, TTL and slack; then TTL and slack again";
  EXPECT_TRUE(set_policy(*store_, overriding(Guard::kPolicyFloor), std::nullopt, "every", "1h"));
  EXPECT_TRUE(refuse_every("off"));
  EXPECT_EQ(refuse_every("often").error().code, ErrorCode::kInvalid);
  for (const auto& [key, value] : {std::pair{"window", "Tue"}, {"signer-limit", "0"}, {"signer-limit", "2h"}}) {
    EXPECT_EQ(set_policy(*store_, context_, std::nullopt, key, value).error().code, ErrorCode::kInvalid) << key;
  }
  EXPECT_EQ(set_policy(*store_, context_, std::nullopt, "window", "1s").error().code, ErrorCode::kInvalid);
}

TEST_F(PolicyRotation, PolicyTellsEachValueAndWhereItIsFrom) {
  set("window", "Tue 09:00-11:00 Europe/Zurich");
  set("every", "90d", "mosa");
  std::vector<std::string> texts;
  const auto shown = show_policy(*store_, code("mosa"));
  for (const PolicyValue& value : *shown) {
    texts.push_back(value.key + "=" + value.value.text + "/" + value.by_default.text);
  }
  EXPECT_THAT(texts,
              ElementsAre("ttl-active=1h/1h", "ttl-other=5m/5m", "slack=10m/10m", "drain=7d/7d", "every=90d/off",
                          "jitter=10d/10d", "window=Tue 09:00-11:00 Europe/Zurich/always", "signer-limit=2m/2m"));
}

TEST_F(PolicyRotation, AWindowInAZoneThatIsGoneStopsRotationsByPolicyAlone) {
  set("every", "30d");
  set("window", "Tue 09:00-11:00 Europe/Zurich");
  ASSERT_EQ(std::system(("sqlite3 " + (dir() / "zone.db").string() +
                         " \"UPDATE rotation_window SET text = 'Tue 09:00-11:00 Atlantis/Capital'\"")
                            .c_str()),
            0);
  clock_.advance(kDay * 45);
  EXPECT_TRUE(run().steps.empty());
  EXPECT_EQ(store_status(*store_)->attention.at(0).what, "overdue");
  EXPECT_TRUE(rotate(*store_, context_, code("mosa")));
}

}  // namespace
}  // namespace zonestore
