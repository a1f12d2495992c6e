#include "zonestore/operations/evidence.h"

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"

namespace zonestore {
namespace {

using dkim::SlotId;

class EvidenceOfCheck : public tests::StoreFixture {
 protected:
  EvidenceOfCheck() {
    AddOptions options;
    options.algorithm = dkim::Algorithm::kEd25519;
    options.domains = {domain()};
    EXPECT_TRUE(add_institution(*store_, overriding(Guard::kKeyType), code("mosa"), options));
    clock_.advance(std::chrono::hours{1});  // sel2 is ripe
  }
  static Name domain() { return *Name::parse("mosamuseum.com"); }

  void saw(const std::string& subject, Verdict verdict) { saw_at(domain(), subject, verdict); }
  void saw_own(Verdict verdict) { saw_at(std::nullopt, "sel2", verdict); }
  void saw_at(const std::optional<Name>& where, const std::string& subject, Verdict verdict) {
    const auto kept =
        record_evidence(*store_, code("mosa"), {{where, subject, verdict, "as it was seen"}}, clock_.now().wall);
    ASSERT_TRUE(kept) << kept.error().message;
  }
  void saw_server(Verdict verdict, std::uint32_t serial) {
    const auto kept = record_server_evidence(
        *store_, {{store_->dkim_zone(), "ns2 (192.0.2.2)", verdict, Serial{serial}, ""}}, clock_.now().wall);
    ASSERT_TRUE(kept) << kept.error().message;
  }
  std::optional<Guard> refusal() { return tests::refusal_of(rotate(*store_, dry_, code("mosa"))); }
  std::vector<std::string> warnings() {
    const auto swapped = rotate(*store_, dry_, code("mosa"));
    EXPECT_TRUE(swapped) << swapped.error().message;
    return swapped ? swapped->warnings : std::vector<std::string>{};
  }

  ChangeContext dry_{{"tester", "tester"}, std::nullopt, true};
};

TEST_F(EvidenceOfCheck, ThatIsNotThereIsAWarning) {
  EXPECT_THAT(warnings(), testing::ElementsAre(testing::HasSubstr("mosamuseum.com; zonectl check mosa")));
}

TEST_F(EvidenceOfCheck, ThatIsGoodAndFreshLetsSigningMoveWithoutAWord) {
  saw("sel2", Verdict::kOk);
  EXPECT_THAT(warnings(), testing::IsEmpty());
  EXPECT_EQ(show("mosa").rotate_refusal, std::nullopt);
}

TEST_F(EvidenceOfCheck, AgainstTheTargetsCnameRefuses) {
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
  saw("sel2", Verdict::kLoop);
  ChangeContext context = overriding(Guard::kCnameMissing);
  context.dry_run = true;
  EXPECT_EQ(tests::refusal_of(rotate(*store_, context, code("mosa"))), Guard::kCnameWrong);
  context.override_guard->guard = Guard::kCnameWrong;
  EXPECT_TRUE(rotate(*store_, context, code("mosa")));
}

TEST_F(EvidenceOfCheck, CountsForADay) {
  saw("sel2", Verdict::kMissing);
  clock_.advance(std::chrono::hours{24});
  EXPECT_EQ(refusal(), Guard::kCnameMissing);
  clock_.advance(std::chrono::milliseconds{1});
  EXPECT_THAT(warnings(), testing::SizeIs(1));
}

TEST_F(EvidenceOfCheck, IsNotUndoneByServersThatOnlyFailToAnswer) {
  saw("sel2", Verdict::kMissing);
  saw("sel2", Verdict::kUnreachable);
  saw("sel2", Verdict::kLame);
  EXPECT_EQ(refusal(), Guard::kCnameMissing);
  clock_.advance(std::chrono::hours{25});  // but it does not stay for ever
  saw("sel2", Verdict::kUnreachable);
  EXPECT_THAT(warnings(), testing::ElementsAre(testing::HasSubstr("as it was seen")));
  saw("sel2", Verdict::kOk);
  EXPECT_THAT(warnings(), testing::IsEmpty());
}

TEST_F(EvidenceOfCheck, OfADomainThatWasTakenAwayIsForgotten) {
  saw("sel2", Verdict::kMissing);
  ASSERT_TRUE(remove_domain(*store_, context_, code("mosa"), domain()));
  EXPECT_THAT(warnings(), testing::IsEmpty());
  EXPECT_THAT(show("mosa").evidence, testing::IsEmpty());
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

TEST_F(EvidenceOfCheck, OfServersThatAreNotAskedAnyMoreIsForgotten) {
  saw_server(Verdict::kLagging, 1);
  ASSERT_TRUE(record_server_evidence(*store_, {{store_->dkim_zone(), "ns1", Verdict::kOk, Serial{2}, ""}},
                                     clock_.now().wall));
  const auto kept = server_evidence(*store_);
  ASSERT_TRUE(kept);
  ASSERT_EQ(kept->size(), 1U);
  EXPECT_EQ(kept->front().server, "ns1");
}

TEST_F(EvidenceOfCheck, DoesNotStandInTheWayOfAnUndo) {
  saw("sel2", Verdict::kOk);
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
