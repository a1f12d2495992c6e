#include "zonestore/judgement/rotation_judgement.h"

#include <functional>

#include <gmock/gmock.h>

namespace zonestore {
namespace {

using dkim::SlotId;

constexpr Milliseconds kHour = std::chrono::hours{1};
const std::string kKey = "0123456789abcdef";
const std::string kOtherKey = "fedcba9876543210";

Moment at(Milliseconds since_start) {
  return {WallTime{Milliseconds{1'790'000'000'000}} + since_start, Milliseconds{1'000'000} + since_start, "boot",
          true};
}
const Now kNow{at(100 * kHour)};

Name domain(const std::string& text = "mosamuseum.com") {
  return *Name::parse(text);
}

EvidenceView seen(const std::optional<Name>& of, const std::string& subject, Verdict verdict,
                  Milliseconds ago = kHour, const std::string& key = kKey) {
  return {of, subject, verdict, subject + " as it was seen", at(100 * kHour - ago), key, {}};
}

// An institution that signs with sel1, whose sel2 is ripe, and of which all was seen to be right an hour ago.
RotationFacts all_right() {
  RotationFacts facts;
  facts.code = "mosa";
  facts.dkim_zone = *Name::parse("dkim.secutix.com");
  facts.lifecycle.active = SlotId::kSel1;
  for (const SlotId slot : dkim::kSlots) {
    dkim::SlotFacts of;
    of.slot = slot;
    of.has_key = true;
    facts.lifecycle.slots.push_back(of);
  }
  facts.domains = {domain()};
  facts.keys = {TargetKey{kOtherKey, Serial{10}}, TargetKey{kKey, Serial{10}}};
  facts.servers.delegated = true;
  facts.servers.named = {*Name::parse("ns1.secutix.com"), *Name::parse("ns2.secutix.com")};
  facts.evidence = {seen(std::nullopt, "sel2", Verdict::kOk), seen(domain(), "sel2", Verdict::kOk),
                    seen(domain(), "sel2-answer", Verdict::kOk)};
  return facts;
}

void replace(RotationFacts& facts, const EvidenceView& by) {
  for (EvidenceView& each : facts.evidence) {
    if (each.domain == by.domain && each.subject == by.subject) {
      each = by;
      return;
    }
  }
  facts.evidence.push_back(by);
}

ServerSight lagging(const std::string& server, std::uint32_t serial, Milliseconds ago = kHour) {
  return {server, Verdict::kLagging, Serial{serial}, "", at(100 * kHour - ago)};
}

EvidenceView behind(const std::vector<std::string>& servers) {
  EvidenceView view = seen(std::nullopt, "sel2", Verdict::kLagging);
  view.behind = servers;
  return view;
}

// What is changed of a world in which all is right, and who refuses then.
struct Case {
  std::string name;
  std::function<void(RotationFacts&)> alter;
  std::optional<Guard> by_hand;
  std::optional<Guard> by_policy;
  bool warns = false;  // by hand
};

std::optional<Guard> guard_of(const RotationJudgement& judgement) {
  return judgement.refusal && judgement.refusal->refusal ? std::optional(judgement.refusal->refusal->guard)
                                                         : std::nullopt;
}

std::vector<Case> cases() {
  const auto none = std::optional<Guard>();
  const auto put = [](const EvidenceView& by) { return [by](RotationFacts& facts) { replace(facts, by); }; };
  const auto put_server = [](const ServerSight& server) {
    return [server](RotationFacts& facts) { facts.servers.lagging.push_back(server); };
  };
  const auto put_behind = [](const std::string& server, const std::string& key) {
    return [server, key](RotationFacts& facts) {
      EvidenceView view = seen(std::nullopt, "sel2", Verdict::kLagging, 300 * kHour, key);
      view.behind = {server};
      replace(facts, view);
    };
  };
  const std::string ns2 = "ns2.secutix.com (192.0.2.2)";
  return {
      {"all was seen to be right", [](RotationFacts&) {}, none, none},
      {"nobody ever looked", [](RotationFacts& facts) { facts.evidence.clear(); }, none, Guard::kUnseen, true},
      // good news ages
      {"the CNAME a day ago", put(seen(domain(), "sel2", Verdict::kOk, 24 * kHour)), none, none},
      {"the CNAME longer ago", put(seen(domain(), "sel2", Verdict::kOk, 24 * kHour + Milliseconds{1})), none,
       Guard::kUnseen, true},
      {"our servers longer ago", put(seen(std::nullopt, "sel2", Verdict::kOk, 25 * kHour)), none, Guard::kUnseen,
       true},
      {"the answer longer ago", put(seen(domain(), "sel2-answer", Verdict::kOk, 25 * kHour)), none, Guard::kUnseen,
       true},
      {"a look from the future", put(seen(domain(), "sel2", Verdict::kOk, -kHour)), none, Guard::kUnseen, true},
      // bad news stands
      {"the CNAME missing", put(seen(domain(), "sel2", Verdict::kMissing)), Guard::kCnameMissing,
       Guard::kCnameMissing},
      {"the CNAME missing a year ago", put(seen(domain(), "sel2", Verdict::kMissing, 9000 * kHour)),
       Guard::kCnameMissing, Guard::kCnameMissing},
      {"the CNAME wrong, of an earlier key", put(seen(domain(), "sel2", Verdict::kLoop, 9000 * kHour, kOtherKey)),
       Guard::kCnameWrong, Guard::kCnameWrong},
      {"the answer is another", put(seen(domain(), "sel2-answer", Verdict::kLagging, 50 * kHour)), Guard::kNsLag,
       Guard::kNsLag},
      // only the very key
      {"the CNAME of an earlier key", put(seen(domain(), "sel2", Verdict::kOk, kHour, kOtherKey)), none,
       Guard::kUnseen, true},
      {"our servers, of an earlier key", put(seen(std::nullopt, "sel2", Verdict::kOk, kHour, kOtherKey)), none,
       Guard::kUnseen, true},
      {"our servers behind, of an earlier key", put_behind(ns2, kOtherKey), none, Guard::kUnseen, true},
      {"another answer, of an earlier key", put(seen(domain(), "sel2-answer", Verdict::kLagging, kHour, kOtherKey)),
       none, Guard::kUnseen, true},
      {"a look at no key", put(seen(domain(), "sel2", Verdict::kOk, kHour, "")), none, Guard::kUnseen, true},
      // a look without an answer is none
      {"the CNAME without an answer", put(seen(domain(), "sel2", Verdict::kUnreachable)), none, Guard::kUnseen, true},
      {"all of ours silent", put(seen(std::nullopt, "sel2", Verdict::kUnreachable)), none, Guard::kUnseen, true},
      // our own servers
      {"a server behind, long ago", put_behind(ns2, kKey), Guard::kNsLag, Guard::kNsLag},
      {"one behind that is ours no more", put_behind("old.secutix.com (192.0.2.9)", kKey), none, none},
      {"one behind, named by its address", put_behind("192.0.2.9", kKey), Guard::kNsLag, Guard::kNsLag},
      {"a serial from before the key", put_server(lagging(ns2, 9, 300 * kHour)), Guard::kNsLag, Guard::kNsLag},
      {"an older serial that has the key", put_server(lagging(ns2, 10)), none, none},
      {"an old serial of no server of ours", put_server(lagging("old.secutix.com (192.0.2.9)", 9)), none, none},
      // what the institution names now
      {"a domain that nobody looked at", [](RotationFacts& facts) { facts.domains.push_back(domain("new.com")); },
       none, Guard::kUnseen, true},
      {"a fault of a domain that was removed", put(seen(domain("gone.com"), "sel2", Verdict::kMissing)), none, none},
      {"a fault of the other slot", put(seen(domain(), "sel1", Verdict::kMissing)), none, none},
      {"a fault of its policies", put(seen(domain(), "spf", Verdict::kNoInclude)), none, none},
      // not delegated yet: by hand all that is seen is told, and stops nothing
      {"not delegated, the CNAME missing",
       [](RotationFacts& facts) {
         facts.servers.delegated = false;
         replace(facts, seen(domain(), "sel2", Verdict::kMissing));
       },
       none, Guard::kCnameMissing, true},
      // lifecycle and signers
      {"frozen", [](RotationFacts& facts) { facts.lifecycle.frozen = dkim::Freeze{}; }, Guard::kFrozen,
       Guard::kFrozen},
      {"a signer without the key",
       [](RotationFacts& facts) {
         facts.stale_signers = {{"mx1", "gone"}};
       },
       Guard::kSignerStale, Guard::kSignerStale},
  };
}

TEST(RotationJudgement, RefusesByHandAndByPolicyWhatEachCaseSays) {
  for (const Case& each : cases()) {
    RotationFacts facts = all_right();
    each.alter(facts);
    const RotationJudgement by_hand = may_rotate(facts, {}, kNow);
    const RotationJudgement by_policy = may_rotate(facts, {.by_policy = true}, kNow);
    EXPECT_EQ(guard_of(by_hand), each.by_hand) << each.name;
    EXPECT_EQ(guard_of(by_policy), each.by_policy) << each.name;
    EXPECT_EQ(!by_hand.warnings.empty(), each.warns) << each.name;
    EXPECT_THAT(by_policy.warnings, testing::IsEmpty()) << each.name;
  }
}

TEST(RotationJudgement, IsLiftedByTheOverrideOfThatGuardOnly) {
  RotationFacts facts = all_right();
  replace(facts, seen(domain(), "sel2", Verdict::kMissing));
  facts.servers.lagging = {lagging("ns2.secutix.com (192.0.2.2)", 9)};
  EXPECT_EQ(guard_of(may_rotate(facts, {.override_guard = Guard::kNsLag}, kNow)), Guard::kCnameMissing);
  EXPECT_EQ(guard_of(may_rotate(facts, {.override_guard = Guard::kCnameMissing}, kNow)), Guard::kNsLag);
  facts.servers.lagging.clear();
  EXPECT_EQ(guard_of(may_rotate(facts, {.override_guard = Guard::kCnameMissing}, kNow)), std::nullopt);
}

TEST(RotationJudgement, SaysHowAServerThatIsBehindIsTakenOut) {
  const std::string command =
      "or take ns2.secutix.com out, of the parent's records first: "
      "zonectl zone set dkim.secutix.com --ns ns1.secutix.com; then zonectl check mosa";
  RotationFacts facts = all_right();
  facts.servers.lagging = {lagging("ns2.secutix.com (192.0.2.2)", 9)};
  EXPECT_THAT(may_rotate(facts, {}, kNow).refusal->hint, testing::HasSubstr(command));

  facts = all_right();
  replace(facts, behind({"ns2.secutix.com (192.0.2.2)", "NS2.secutix.com (192.0.2.3)", "192.0.2.9"}));
  EXPECT_THAT(may_rotate(facts, {}, kNow).refusal->hint, testing::HasSubstr(command));

  replace(facts, behind({"ns1.secutix.com (192.0.2.1)", "ns2.secutix.com (192.0.2.2)"}));
  EXPECT_THAT(may_rotate(facts, {}, kNow).refusal->hint, testing::Not(testing::HasSubstr("zone set")));
}

TEST(RotationJudgement, TellsInOneLineWhatNobodyHasSeenAndWhy) {
  RotationFacts facts = all_right();
  replace(facts, seen(domain(), "sel2", Verdict::kUnreachable));
  facts.domains.push_back(domain("second.com"));
  const std::vector<std::string> warnings = may_rotate(facts, {}, kNow).warnings;
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings.front(), testing::HasSubstr("mosamuseum.com (sel2 as it was seen), "));
  EXPECT_THAT(warnings.front(), testing::EndsWith("second.com; zonectl check mosa"));
}

TEST(RotationJudgement, NamesTheLineToPublishAndTheSlotThatItWouldMoveTo) {
  RotationFacts facts = all_right();
  replace(facts, seen(domain(), "sel2", Verdict::kMissing));
  const RotationJudgement judgement = may_rotate(facts, {}, kNow);
  EXPECT_EQ(judgement.to, SlotId::kSel2);
  EXPECT_THAT(judgement.refusal->hint,
              testing::HasSubstr("stxsel2._domainkey.mosamuseum.com. 3600 IN CNAME sel2-mosa._domainkey."));
}

TEST(RotationJudgement, OfADryRunTellsOfSignersThatWouldHaveToFollow) {
  RotationFacts facts = all_right();
  facts.stale_signers = {{"mx1", "gone"}};
  const RotationJudgement judgement = may_rotate(facts, {.dry_run = true}, kNow);
  EXPECT_EQ(judgement.refusal, std::nullopt);
  EXPECT_THAT(judgement.warnings, testing::ElementsAre(testing::HasSubstr("signer mx1")));
}

}  // namespace
}  // namespace zonestore
