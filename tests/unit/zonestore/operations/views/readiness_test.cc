// Whoever tells whether an institution can rotate says the same: over random stores.
#include "zonestore/operations/views/readiness.h"

#include <array>
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>

#include "tests/unit/zonestore/operations/signers/signers_fixture.h"
#include "zonestore/operations/policy/freeze.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/views/plan.h"
#include "zonestore/operations/views/status.h"

namespace zonestore {
namespace {

using dkim::SlotId;

constexpr std::size_t kInstitutions = 24;
constexpr int kRounds = 12;
const std::string kServer1 = "ns1.secutix.com (192.0.2.1)";
const std::string kServer2 = "ns2.secutix.com (192.0.2.2)";

// By code: the guard that refuses to rotate it, or nullopt.
using Answers = std::map<std::string, std::optional<Guard>>;

class RandomStores : public tests::SignersFixture {
 protected:
  RandomStores() {
    for (std::size_t i = 0; i < kInstitutions; ++i) {
      add(name(i));
      if (i % 3 != 0) {
        EXPECT_TRUE(add_domain(*store_, context_, code(name(i)), domain(i)));
      }
    }
  }
  static std::string name(std::size_t number) { return "inst" + std::to_string(number); }
  static Name domain(std::size_t number) { return *Name::parse(name(number) + ".example"); }

  std::size_t any(std::size_t count) { return random_() % count; }

  // What befalls an institution; that it is refused is as well.
  void change(std::size_t number) {
    const dkim::Code one = code(name(number));
    ChangeContext forced = overriding(Guard::kNotRipe);
    ChangeContext plain = context_;
    plain.signers_later = any(2) == 0;
    forced.signers_later = plain.signers_later;
    switch (any(9)) {
      case 0:
        (void)rotate(*store_, plain, one);
        break;
      case 1:
        (void)rotate(*store_, forced, one);
        break;
      case 2:
        (void)undo(*store_, plain, one);
        break;
      case 3:
        (void)freeze(*store_, context_, one, "a test");
        break;
      case 4:
        (void)thaw(*store_, context_, one);
        break;
      case 5:
        (void)revoke(*store_, context_, one, any(2) == 0 ? SlotId::kSel1 : SlotId::kSel2, {});
        break;
      case 6:
        (void)remove_institution(*store_, context_, one);
        break;
      default:
        look(number);
    }
  }

  void look(std::size_t number) {
    constexpr std::array kSeen{Verdict::kOk,           Verdict::kOk,          Verdict::kMissing,
                               Verdict::kSlotsSwapped, Verdict::kUnreachable, Verdict::kLagging};
    Look look{{}, clock_.now()};
    const auto view = show_institution(*store_, code(name(number)));
    if (!view) {
      return;
    }
    for (const SlotView& slot : view->slots) {
      const std::string subject = dkim::to_text(slot.slot);
      const std::string key = any(5) == 0 ? "another" : slot.key_id;
      look.evidence.push_back({std::nullopt, subject, any(4) == 0 ? Verdict::kLagging : Verdict::kOk, "seen", key});
      for (const Name& each : view->domains) {
        look.evidence.push_back({each, subject, kSeen.at(any(kSeen.size())), "seen", key});
        look.evidence.push_back(
            {each, answer_subject(subject), any(4) == 0 ? Verdict::kLagging : Verdict::kOk, "seen", key});
      }
    }
    EXPECT_TRUE(record_evidence(*store_, {{code(name(number)), look}}));
  }

  void see_servers() {
    const bool behind = any(2) == 0;
    const Serial serial{static_cast<std::uint32_t>(clock_.now().wall.time_since_epoch().count() / 1000)};
    const Serial old{serial.value - static_cast<std::uint32_t>(any(86'400 * 20))};
    EXPECT_TRUE(record_server_evidence(
        *store_,
        {{store_->dkim_zone(), kServer1, Verdict::kOk, serial, ""},
         {store_->dkim_zone(), kServer2, behind ? Verdict::kLagging : Verdict::kOk, behind ? old : serial, ""}},
        clock_.now()));
  }

  Answers by_dry_run() {
    ChangeContext dry = context_;
    dry.dry_run = true;
    Answers answers;
    for (std::size_t i = 0; i < kInstitutions; ++i) {
      const Result<Swapped> swapped = rotate(*store_, dry, code(name(i)));
      if (swapped || swapped.error().refusal) {  // not of those that have departed
        answers[name(i)] = tests::refusal_of(swapped);
      }
    }
    return answers;
  }

  static std::optional<Guard> guard_of(const std::optional<Error>& error) {
    return error ? std::optional(error->refusal.value().guard) : std::nullopt;
  }

  std::map<std::string, InstitutionView> listed() {
    std::map<std::string, InstitutionView> views;
    EXPECT_TRUE(list_institutions(*store_, false, [&views](const InstitutionView& view) {
      if (view.code != "mosa") {
        views.emplace(view.code, view);
      }
      return true;
    }));
    return views;
  }

  void compare() {
    const Answers dry = by_dry_run();
    const auto views = listed();
    std::uint64_t ready = show("mosa").rotate_refusal ? 0 : 1;
    for (const auto& [name, view] : views) {
      ASSERT_TRUE(dry.contains(name)) << name;
      EXPECT_EQ(guard_of(view.rotate_refusal), dry.at(name)) << name;
      EXPECT_EQ(guard_of(show(name).rotate_refusal), dry.at(name)) << name;
      ready += view.rotate_refusal ? 0 : 1;
      told_.insert(dry.at(name));
    }
    EXPECT_EQ(store_status(*store_).value().can_rotate, ready);
    compare_plan(views);
  }

  // What policy has made due now stands in the plan as held back by the guard of `list`, or as a rotation.
  void compare_plan(const std::map<std::string, InstitutionView>& views) {
    std::map<std::string, std::optional<Guard>> held;
    EXPECT_TRUE(
        read_plan(*store_, {}, clock_.now().wall + std::chrono::minutes{1}, [&held](const PlannedEvent& event) {
          if (event.held_back_by) {
            held[event.code] = event.held_back_by;
          }
          return true;
        }));
    for (const auto& [name, view] : views) {
      if (view.policy_refusal && !view.frozen) {
        EXPECT_EQ(held[name], guard_of(view.policy_refusal)) << name;
      }
    }
  }

  std::mt19937 random_{14};
  std::set<std::optional<Guard>> told_;
};

TEST_F(RandomStores, StatusListShowPlanAndADryRunSayTheSame) {
  enrol("s1");
  for (int round = 0; round < kRounds; ++round) {
    set_obedient(any(2) == 0);  // else signers have not followed
    for (std::size_t i = 0; i < kInstitutions; ++i) {
      change(any(kInstitutions));
    }
    if (round == 3) {
      EXPECT_TRUE(set_policy(*store_, context_, std::nullopt, "every", "30d"));
    }
    if (round > 2) {
      see_servers();  // it is delegated from here on
    }
    if (round == 7) {
      EXPECT_TRUE(freeze(*store_, context_, std::nullopt, "a test"));
    }
    compare();
    if (round == 7) {
      EXPECT_TRUE(thaw(*store_, context_, std::nullopt));
    }
    clock_.advance(std::chrono::hours{any(72) + 1});
    compare();
    if (any(3) == 0) {
      EXPECT_TRUE(maintain(*store_, context_));
    }
  }
  EXPECT_THAT(told_, testing::IsSupersetOf<std::optional<Guard>>({std::nullopt, Guard::kFrozen, Guard::kNsLag,
                                                                  Guard::kCnameMissing, Guard::kCnameWrong,
                                                                  Guard::kDraining, Guard::kNoStandby}))
      << "the stores were not various";
}

}  // namespace
}  // namespace zonestore
