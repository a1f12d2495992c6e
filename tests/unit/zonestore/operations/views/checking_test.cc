#include "zonestore/operations/views/checking.h"

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/views/status.h"
#include "zonestore/operations/zones/zones.h"

namespace zonestore {
namespace {

using dkim::SlotId;

class EvidenceOfCheck : public tests::StoreFixture {
 protected:
  EvidenceOfCheck() {
    AddOptions options;
    options.algorithm = crypto::Algorithm::kEd25519;
    options.domains = {domain()};
    EXPECT_TRUE(add_institution(*store_, overriding(Guard::kKeyType), code("mosa"), options));
    clock_.advance(std::chrono::hours{1});  // sel2 is ripe
  }
  static Name domain() { return *Name::parse("mosamuseum.com"); }

  // The key that a slot holds now; of what is no slot's, none.
  std::string key_of(const std::string& subject) {
    const std::string slot = subject.substr(0, 4);
    return slot == "sel1" ? show("mosa").slots[0].key_id : slot == "sel2" ? show("mosa").slots[1].key_id : "";
  }
  void keep(Evidence evidence) {
    if (evidence.key_id.empty()) {
      evidence.key_id = key_of(evidence.subject);
    }
    const auto kept = record_evidence(*store_, {{code("mosa"), {{std::move(evidence)}, clock_.now()}}});
    ASSERT_TRUE(kept) << kept.error().message;
  }
  void saw(const std::string& subject, Verdict verdict) { saw_at(domain(), subject, verdict); }
  void saw_own(Verdict verdict) { saw_at(std::nullopt, "sel2", verdict); }
  void saw_at(const std::optional<Name>& where, const std::string& subject, Verdict verdict) {
    keep({where, subject, verdict, "as it was seen"});
  }
  void saw_all_right() {
    saw_own(Verdict::kOk);
    saw("sel2", Verdict::kOk);
    saw("sel2-answer", Verdict::kOk);
  }
  // Of our own side: who was asked, and who of them served the right bytes and other ones.
  void saw_servers(std::vector<std::string> asked, std::vector<std::string> served, std::vector<std::string> behind) {
    Evidence evidence{std::nullopt, "sel2", behind.empty() ? Verdict::kOk : Verdict::kLagging, "as it was seen"};
    evidence.asked = std::move(asked);
    evidence.served = std::move(served);
    evidence.behind = std::move(behind);
    keep(std::move(evidence));
  }
  void saw_server(Verdict verdict, std::uint32_t serial) {
    const auto kept =
        record_server_evidence(*store_, {{store_->dkim_zone(), kNs2, verdict, Serial{serial}, ""}}, clock_.now());
    ASSERT_TRUE(kept) << kept.error().message;
  }
  static inline const std::string kNs1 = "ns1.secutix.com (192.0.2.1)";
  static inline const std::string kNs2 = "ns2.secutix.com (192.0.2.2)";
  std::optional<Guard> refusal() { return tests::refusal_of(rotate(*store_, dry_, code("mosa"))); }
  std::vector<std::string> warnings() {
    const auto swapped = rotate(*store_, dry_, code("mosa"));
    EXPECT_TRUE(swapped) << swapped.error().message;
    return swapped ? swapped->warnings : std::vector<std::string>{};
  }

  ChangeContext dry_{{"tester", "tester"}, std::nullopt, true};
};

TEST_F(EvidenceOfCheck, AServerWithALaterSerialThanTheStoreIsKeptAsAhead) {
  const Serial stored = zones_to_check(*store_)->front().serial;
  const auto kept_as = [this](Verdict verdict, Serial serial) {
    saw_server(verdict, serial.value);
    return server_evidence(*store_)->front().verdict;
  };
  EXPECT_EQ(kept_as(Verdict::kOk, Serial{stored.value + 1}), Verdict::kAhead);
  EXPECT_EQ(kept_as(Verdict::kIncomplete, Serial{stored.value + 1}), Verdict::kAhead);
  EXPECT_EQ(kept_as(Verdict::kIncomplete, stored), Verdict::kIncomplete);
  EXPECT_EQ(kept_as(Verdict::kOk, stored), Verdict::kOk);
}

TEST_F(EvidenceOfCheck, ThatIsNotThereIsAWarning) {
  EXPECT_THAT(warnings(), testing::ElementsAre(testing::HasSubstr("mosamuseum.com; zonectl check mosa")));
}

TEST_F(EvidenceOfCheck, StopsNothingByHandBeforeANameServerOfOursWasSeenToServe) {
  saw("sel2", Verdict::kMissing);
  EXPECT_THAT(warnings(), testing::Contains(testing::HasSubstr("as it was seen")));
  saw_own(Verdict::kUnreachable);
  EXPECT_EQ(refusal(), std::nullopt);
  saw_own(Verdict::kOk);
  EXPECT_EQ(refusal(), Guard::kCnameMissing);
}

TEST_F(EvidenceOfCheck, ThatIsGoodAndFreshLetsSigningMoveWithoutAWord) {
  saw_all_right();
  EXPECT_THAT(warnings(), testing::IsEmpty());
  EXPECT_EQ(show("mosa").rotate_refusal, std::nullopt);
}

TEST_F(EvidenceOfCheck, AgainstTheTargetsCnameRefuses) {
  saw_own(Verdict::kOk);
  saw("sel2", Verdict::kMissing);
  EXPECT_EQ(refusal(), Guard::kCnameMissing);
  saw("sel2", Verdict::kSlotsSwapped);
  EXPECT_EQ(refusal(), Guard::kCnameWrong);
  ASSERT_TRUE(show("mosa").rotate_refusal);
  EXPECT_EQ(show("mosa").rotate_refusal->refusal->guard, Guard::kCnameWrong);
  EXPECT_THAT(show("mosa").rotate_refusal->hint,
              testing::HasSubstr("stxsel2._domainkey.mosamuseum.com. 3600 IN CNAME sel2-mosa._domainkey."));
}

TEST_F(EvidenceOfCheck, OfTheOtherSlotOrOfPoliciesIsNoMatterOfARotation) {
  saw("sel2", Verdict::kOk);
  saw("sel1", Verdict::kMissing);
  saw("spf", Verdict::kNoInclude);
  EXPECT_EQ(refusal(), std::nullopt);
}

TEST_F(EvidenceOfCheck, IsLiftedByItsOwnOverrideOnly) {
  saw_own(Verdict::kOk);
  saw("sel2", Verdict::kLoop);
  ChangeContext context = overriding(Guard::kCnameMissing);
  context.dry_run = true;
  EXPECT_EQ(tests::refusal_of(rotate(*store_, context, code("mosa"))), Guard::kCnameWrong);
  context.override_guard->guard = Guard::kCnameWrong;
  EXPECT_TRUE(rotate(*store_, context, code("mosa")));
}

TEST_F(EvidenceOfCheck, ThatIsGoodCountsForADay) {
  saw_all_right();
  clock_.advance(std::chrono::hours{24});
  EXPECT_THAT(warnings(), testing::IsEmpty());
  clock_.advance(std::chrono::milliseconds{1});
  EXPECT_THAT(warnings(), testing::SizeIs(1));
}

TEST_F(EvidenceOfCheck, ThatIsBadStandsUntilSomebodyHasSeenItMended) {
  saw_own(Verdict::kOk);
  saw("sel2", Verdict::kMissing);
  clock_.advance(std::chrono::hours{24 * 365});
  EXPECT_EQ(refusal(), Guard::kCnameMissing);
  saw("sel2", Verdict::kOk);
  EXPECT_EQ(refusal(), std::nullopt);
}

TEST_F(EvidenceOfCheck, IsNotUndoneByServersThatOnlyFailToAnswer) {
  saw_all_right();
  saw("sel2", Verdict::kMissing);
  saw("sel2", Verdict::kUnreachable);
  saw("sel2", Verdict::kLame);
  EXPECT_EQ(refusal(), Guard::kCnameMissing);
  clock_.advance(std::chrono::hours{25});  // and not by time
  saw("sel2", Verdict::kUnreachable);
  EXPECT_EQ(refusal(), Guard::kCnameMissing);
  saw_all_right();
  EXPECT_THAT(warnings(), testing::IsEmpty());
  saw("sel2", Verdict::kUnreachable);  // nor does what is good go at once
  EXPECT_THAT(warnings(), testing::IsEmpty());
}

TEST_F(EvidenceOfCheck, CountsForTheVeryKeyThatWasLookedAt) {
  saw_all_right();
  Evidence evidence{domain(), "sel2", Verdict::kOk, "of another key"};
  evidence.key_id = "0123456789abcdef";
  keep(evidence);
  EXPECT_THAT(warnings(), testing::SizeIs(1));
}

TEST_F(EvidenceOfCheck, OfTheLookOfARotationRefusesAndIsKeptThoughNothingIsDone) {
  saw_all_right();
  SwapOptions options;
  options.look = Look{{{domain(), "sel2", Verdict::kMissing, "seen by the rotation", key_of("sel2")}}, clock_.now()};
  EXPECT_EQ(tests::refusal_of(rotate(*store_, dry_, code("mosa"), options)), std::nullopt) << "a dry run looks not";
  EXPECT_EQ(refusal(), std::nullopt);
  EXPECT_EQ(tests::refusal_of(rotate(*store_, context_, code("mosa"), options)), Guard::kCnameMissing);
  EXPECT_EQ(refusal(), Guard::kCnameMissing) << "it is known from now on";
  options.look->evidence.front().verdict = Verdict::kOk;
  const auto rotated = rotate(*store_, context_, code("mosa"), options);
  ASSERT_TRUE(rotated) << rotated.error().message;
  EXPECT_EQ(show("mosa").evidence.back().verdict, Verdict::kOk);
}

TEST_F(EvidenceOfCheck, OfTheLookOfARotationIsLeftToWhoeverKeepsItForMany) {
  saw_all_right();
  SwapOptions options;
  options.look = Look{{{domain(), "sel2", Verdict::kMissing, "seen by the rotation", key_of("sel2")}}, clock_.now()};
  options.keeps_refused_look = false;
  EXPECT_EQ(tests::refusal_of(rotate(*store_, context_, code("mosa"), options)), Guard::kCnameMissing);
  EXPECT_EQ(refusal(), std::nullopt);
}

TEST_F(EvidenceOfCheck, IsNeededByPolicyAndMissedByStatus) {
  ASSERT_TRUE(set_policy(*store_, context_, std::nullopt, "every", "20d"));
  ASSERT_TRUE(set_policy(*store_, context_, std::nullopt, "jitter", "0s"));
  clock_.advance(std::chrono::hours{24 * 21});
  const auto due = [&] {
    SwapOptions options;
    options.by_policy = true;
    return tests::refusal_of(rotate(*store_, dry_, code("mosa"), options));
  };
  EXPECT_EQ(due(), Guard::kUnseen);
  EXPECT_EQ(store_status(*store_)->unseen, 1U);
  EXPECT_EQ(store_status(*store_)->never_seen, 1U);
  EXPECT_EQ(show("mosa").policy_refusal->refusal->guard, Guard::kUnseen);
  EXPECT_FALSE(show("mosa").maintain_due);
  saw_all_right();
  EXPECT_EQ(due(), std::nullopt);
  EXPECT_EQ(store_status(*store_)->unseen, 0U);
  EXPECT_EQ(store_status(*store_)->never_seen, 0U);
  EXPECT_TRUE(show("mosa").maintain_due);
  clock_.advance(std::chrono::hours{25});
  EXPECT_EQ(due(), Guard::kUnseen);
  EXPECT_EQ(tests::refusal_of(rotate(*store_, dry_, code("mosa"))), std::nullopt) << "by hand it is a warning";
}

TEST_F(EvidenceOfCheck, OfADomainThatWasTakenAwayIsForgotten) {
  saw_own(Verdict::kOk);
  saw("sel2", Verdict::kMissing);
  ASSERT_TRUE(remove_domain(*store_, context_, code("mosa"), domain()));
  EXPECT_THAT(warnings(), testing::IsEmpty());
  EXPECT_THAT(show("mosa").evidence, testing::SizeIs(1)) << "that of our own side";
}

TEST_F(EvidenceOfCheck, ThatANameServerServesOlderBytesRefuses) {
  saw("sel2", Verdict::kOk);
  saw_own(Verdict::kLagging);
  EXPECT_EQ(refusal(), Guard::kNsLag);
  saw_own(Verdict::kOk);
  EXPECT_EQ(refusal(), std::nullopt);
}

TEST_F(EvidenceOfCheck, OfANameServerCountsIfItLacksTheKeysSerial) {
  saw("sel2", Verdict::kOk);
  const std::uint32_t serial = zones_to_check(*store_)->front().serial.value;  // nothing came after the keys
  saw_server(Verdict::kLagging, serial - 1);
  EXPECT_EQ(refusal(), Guard::kNsLag);
  saw_server(Verdict::kUnreachable, 0);  // and now it is silent
  EXPECT_EQ(refusal(), Guard::kNsLag);
  saw_server(Verdict::kLagging, serial);  // behind, but it has the key
  EXPECT_EQ(refusal(), std::nullopt);
}

TEST_F(EvidenceOfCheck, OfAServerThatWasBehindStandsThoughOthersAnswerUntilItFollows) {
  saw("sel2", Verdict::kOk);
  saw_servers({kNs1, kNs2}, {kNs1}, {kNs2});
  saw_servers({kNs1, kNs2}, {kNs1}, {});  // ns2 is silent
  EXPECT_EQ(refusal(), Guard::kNsLag);
  clock_.advance(std::chrono::hours{100});
  saw_servers({kNs1}, {kNs1}, {});  // its address was not found
  EXPECT_EQ(refusal(), Guard::kNsLag);
  saw_servers({kNs1, kNs2}, {kNs1, kNs2}, {});
  EXPECT_EQ(refusal(), std::nullopt);
}

TEST_F(EvidenceOfCheck, OfAServerThatIsNoneOfOursAnyMoreWeighsNothing) {
  saw("sel2", Verdict::kOk);
  saw_servers({kNs1, kNs2}, {kNs1}, {kNs2});
  saw_server(Verdict::kLagging, 1);
  EXPECT_EQ(refusal(), Guard::kNsLag);
  ZoneSettings settings;
  settings.name_servers = {*Name::parse("ns1.secutix.com"), *Name::parse("ns3.secutix.com")};
  ASSERT_TRUE(set_zone(*store_, context_, store_->dkim_zone(), settings));
  EXPECT_EQ(refusal(), std::nullopt);
}

TEST_F(EvidenceOfCheck, OfServersIsForgottenWhenTheyAreOursNoMore) {
  saw_server(Verdict::kLagging, 1);
  const auto look_at = [&](const std::string& server, Verdict verdict) {
    const auto kept =
        record_server_evidence(*store_, {{store_->dkim_zone(), server, verdict, Serial{2}, ""}}, clock_.now());
    EXPECT_TRUE(kept);
  };
  const auto servers = [&] {
    std::vector<std::string> names;
    const auto kept = server_evidence(*store_);
    for (const ServerEvidenceView& each : *kept) {
      names.push_back(each.server);
    }
    return names;
  };
  look_at(kNs1, Verdict::kOk);  // that ns2 was not asked this time says nothing
  EXPECT_THAT(servers(), testing::ElementsAre(kNs1, kNs2));
  look_at("ns2.secutix.com (192.0.2.22)", Verdict::kUnreachable);
  EXPECT_THAT(servers(), testing::SizeIs(3));
  look_at("ns2.secutix.com (192.0.2.22)", Verdict::kOk);  // it has moved
  EXPECT_THAT(servers(), testing::ElementsAre(kNs1, "ns2.secutix.com (192.0.2.22)"));
}

TEST_F(EvidenceOfCheck, DoesNotStandInTheWayOfAnUndo) {
  saw_all_right();
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  saw("sel1", Verdict::kMissing);
  EXPECT_TRUE(undo(*store_, context_, code("mosa")));
}

TEST_F(EvidenceOfCheck, LeavesNoAuditRowAndIsCountedByStatus) {
  const std::size_t before = audit_rows();
  saw("sel1", Verdict::kLoop);
  saw("dmarc", Verdict::kMissing);
  EXPECT_EQ(audit_rows(), before);
  EXPECT_THAT(store_status(*store_)->evidence_against_codes, testing::ElementsAre("mosa"));
  saw("sel1", Verdict::kOk);
  EXPECT_EQ(store_status(*store_)->evidence_against, 0U);
}

TEST_F(EvidenceOfCheck, HasItsNamesForEachVerdict) {
  for (int number = 0; number <= static_cast<int>(Verdict::kKeyMismatch); ++number) {
    const auto verdict = static_cast<Verdict>(number);
    ASSERT_FALSE(to_text(verdict).empty()) << number;
    EXPECT_EQ(parse_verdict(to_text(verdict)), verdict);
  }
  EXPECT_EQ(parse_verdict("unheard-of"), std::nullopt);
}

TEST_F(EvidenceOfCheck, IsLookedForInWhatTheStoreHas) {
  const auto zones = zones_to_check(*store_);
  ASSERT_TRUE(zones);
  ASSERT_EQ(zones->size(), 2U);
  EXPECT_EQ(zones->front().name_servers.size(), 2U);
  EXPECT_EQ(zones->back().record_sets.size(), 1U);
  const auto subject = subject_to_check(*store_, code("mosa"));
  ASSERT_TRUE(subject);
  EXPECT_EQ(subject->domains.size(), 1U);
  for (const ExpectedSlot& slot : subject->slots) {
    ASSERT_TRUE(slot.rdata);
    EXPECT_TRUE(prove_key(*store_, slot.key_id, *slot.rdata));
  }
  EXPECT_EQ(tests::refusal_of(prove_key(*store_, subject->slots[0].key_id, *subject->slots[1].rdata)),
            Guard::kKeyMismatch);
  EXPECT_EQ(tests::refusal_of(prove_key(*store_, "0000000000000000", *subject->slots[1].rdata)), Guard::kKeyMismatch);
  EXPECT_FALSE(subject_to_check(*store_, code("nobody")));
}

}  // namespace
}  // namespace zonestore
