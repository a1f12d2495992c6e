#include "zonestore/operations/institutions/institutions.h"

#include "tests/support/store_fixture.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/views/status.h"
#include "zonestore/operations/zones/zones.h"
#include "zonestore/vault/vault.h"

namespace zonestore {
namespace {

using dkim::SlotId;
using dkim::SlotState;
using tests::refusal_of;

Name domain(const std::string& text) {
  return *dkim::parse_domain(text);
}

class Institutions : public tests::StoreFixture {
 protected:
  std::size_t vault_keys() {
    std::size_t keys = 0;
    const std::string command =
        "sqlite3 " + (dir() / "vault/vault.db").string() + " 'SELECT count(*) FROM private_key'";
    FILE* pipe = ::popen(command.c_str(), "r");
    EXPECT_EQ(std::fscanf(pipe, "%zu", &keys), 1);
    ::pclose(pipe);
    return keys;
  }
};

TEST_F(Institutions, AddSignsWithSel1AtOnceAndLetsSel2Ripen) {
  AddOptions options;
  options.domains = {domain("mosamuseum.com")};
  const auto added = add_institution(*store_, context_, code("mosa"), options);
  ASSERT_TRUE(added) << added.error().message;
  const InstitutionView view = show("mosa");
  EXPECT_EQ(view.active, SlotId::kSel1);
  EXPECT_EQ(view.slots[0].state, SlotState::kActive);
  EXPECT_EQ(view.slots[1].state, SlotState::kPublished);
  EXPECT_EQ(view.slots[0].answer_size_bytes, 479U);
  EXPECT_EQ(view.slots[0].owner.to_text(), "sel1-mosa._domainkey.dkim.secutix.com.");
  EXPECT_EQ(view.slots[0].record_text.rfind("v=DKIM1; k=rsa; p=MIIBIjAN", 0), 0U);
  ASSERT_EQ(view.domains.size(), 1U);
  EXPECT_EQ(vault_keys(), 2U);
}

TEST_F(Institutions, AddTwiceIsRefusedAndLeavesNoKeyBehind) {
  add("mosa");
  EXPECT_EQ(refusal_of(add_institution(*store_, context_, code("mosa"), {})), Guard::kExists);
  EXPECT_EQ(vault_keys(), 2U);
}

TEST_F(Institutions, AddRefusesADomainOfAnotherWhole) {
  add("mosa");
  ASSERT_TRUE(add_domain(*store_, context_, code("mosa"), domain("mosamuseum.com")));
  AddOptions options;
  options.domains = {domain("fresh.example"), domain("mosamuseum.com")};
  EXPECT_EQ(refusal_of(add_institution(*store_, context_, code("louvre"), options)), Guard::kExists);
  EXPECT_EQ(show_institution(*store_, code("louvre")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(vault_keys(), 2U);
}

TEST_F(Institutions, AddDryRunLeavesStoreAndVaultAlone) {
  ChangeContext dry = context_;
  dry.dry_run = true;
  const auto would = add_institution(*store_, dry, code("mosa"), {});
  ASSERT_TRUE(would) << would.error().message;
  EXPECT_EQ(would->institution.slots[0].state, SlotState::kActive);
  EXPECT_EQ(show_institution(*store_, code("mosa")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(vault_keys(), 0U);
}

TEST_F(Institutions, Ed25519AloneIsRefusedUnlessOverridden) {
  AddOptions options;
  options.algorithm = crypto::Algorithm::kEd25519;
  EXPECT_EQ(refusal_of(add_institution(*store_, context_, code("mosa"), options)), Guard::kKeyType);
  EXPECT_TRUE(add_institution(*store_, overriding(Guard::kKeyType), code("mosa"), options));
}

TEST_F(Institutions, AnRsa4096KeyIsWarnedAbout) {
  AddOptions options;
  options.algorithm = crypto::Algorithm::kRsa4096;
  const auto added = add_institution(*store_, context_, code("big"), options);
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_EQ(added->warnings.size(), 2U);
}

TEST_F(Institutions, RemoveTwiceChangesNothingTheSecondTime) {
  add("mosa");
  ASSERT_TRUE(remove_institution(*store_, context_, code("mosa")));
  const std::size_t rows = audit_rows();
  const auto again = remove_institution(*store_, context_, code("mosa"));
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(audit_rows(), rows);
}

TEST_F(Institutions, AddAfterTheDrainDestroysTheOldKeys) {
  add("mosa");
  const std::string old_key = show("mosa").slots[0].key_id;
  ASSERT_TRUE(remove_institution(*store_, context_, code("mosa")));
  clock_.advance(std::chrono::hours(24 * 8));
  add("mosa");
  EXPECT_NE(show("mosa").slots[0].key_id, old_key);
  EXPECT_EQ(vault_keys(), 2U);
}

TEST_F(Institutions, DomainsAreAddedOnceAndRemoved) {
  add("mosa");
  ASSERT_TRUE(add_domain(*store_, context_, code("mosa"), domain("MosaMuseum.com")));
  const auto again = add_domain(*store_, context_, code("mosa"), domain("mosamuseum.com"));
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(show("mosa").domains.size(), 1U);
  ASSERT_TRUE(remove_domain(*store_, context_, code("mosa"), domain("mosamuseum.com")));
  EXPECT_TRUE(show("mosa").domains.empty());
  const auto missing = remove_domain(*store_, context_, code("mosa"), domain("mosamuseum.com"));
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST_F(Institutions, InstructionsNameBothCnamesAndTheSpfRecordOfEachDomain) {
  add("mosa");
  ASSERT_TRUE(add_domain(*store_, context_, code("mosa"), domain("mosamuseum.com")));
  const auto lines = instructions(*store_, code("mosa"));
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 1U);
  EXPECT_EQ(lines->front().cnames[0].zone_file_line,
            "stxsel1._domainkey.mosamuseum.com. 3600 IN CNAME sel1-mosa._domainkey.dkim.secutix.com.");
  EXPECT_EQ(lines->front().cnames[1].name, "stxsel2._domainkey.mosamuseum.com.");
  EXPECT_EQ(lines->front().spf.value, "v=spf1 include:spf.secutix.com ~all");
  EXPECT_EQ(lines->front().spf_term, "include:spf.secutix.com");
}

TEST_F(Institutions, ListGivesAllByCodeAndStopsWhenTold) {
  for (const char* one : {"mosa", "louvre", "tate"}) {
    add(one);
  }
  std::vector<std::string> codes;
  ASSERT_TRUE(list_institutions(*store_, false, [&](const InstitutionView& view) {
    codes.push_back(view.code);
    return codes.size() < 2;
  }));
  EXPECT_EQ(codes, (std::vector<std::string>{"louvre", "mosa"}));
}

TEST_F(Institutions, StatusCountsStatesAndWhatIsDue) {
  add("mosa");
  add("louvre");
  ASSERT_TRUE(remove_institution(*store_, context_, code("louvre")));
  auto status = store_status(*store_);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->institutions, 2U);
  EXPECT_EQ(status->signing, 1U);
  EXPECT_EQ(status->departing, 1U);
  EXPECT_EQ(status->ripening, 1U);
  EXPECT_EQ(status->maintain_due, 0U);
  clock_.advance(std::chrono::hours(24 * 8));
  status = store_status(*store_);
  EXPECT_EQ(status->can_rotate, 1U);
  EXPECT_EQ(status->maintain_due_codes, (std::vector<std::string>{"louvre"}));
}

TEST_F(Institutions, MaintainSweepsOrphansOutOfTheVaultAfterADay) {
  add("mosa");
  const auto key = crypto::PrivateKey::generate(crypto::Algorithm::kEd25519);
  {
    auto id = ::popen(("sqlite3 " + (dir() / "zone.db").string() + " 'SELECT store_id FROM store'").c_str(), "r");
    std::array<char, 33> text{};
    ASSERT_EQ(std::fscanf(id, "%32s", text.data()), 1);
    ::pclose(id);
    auto vault = Vault::open(dir(), text.data());
    ASSERT_TRUE(vault) << vault.error().message;
    ASSERT_TRUE(vault->put({{"00112233445566aa", &*key}}, clock_.now().wall));
  }
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_EQ(vault_keys(), 3U) << "it may belong to an add at work";
  clock_.advance(std::chrono::hours(25));
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_EQ(vault_keys(), 2U);
}

TEST_F(Institutions, ANameThatWasAbsentWhileTheNegativeTtlRoseRipensAgainstTheLongerOne) {
  add("mosa");
  ASSERT_TRUE(remove_institution(*store_, context_, code("mosa")));
  clock_.advance(std::chrono::hours(8 * 24));
  ASSERT_TRUE(maintain(*store_, context_));
  clock_.advance(std::chrono::hours(1));
  ZoneSettings settings;
  settings.minimum = 3000;
  ASSERT_TRUE(set_zone(*store_, context_, store_->dkim_zone(), settings));
  clock_.advance(std::chrono::hours(1));
  add("mosa");
  EXPECT_EQ(show("mosa").slots[0].ripe_at, clock_.now().wall + Seconds(3000) + Seconds(600));
  // And one that was absent under a long one before it was lowered need not wait for it any more.
  settings.minimum = 60;
  ASSERT_TRUE(set_zone(*store_, context_, store_->dkim_zone(), settings));
  EXPECT_EQ(show("mosa").slots[0].ripe_at, clock_.now().wall + Seconds(3000) + Seconds(600));
  ASSERT_TRUE(remove_institution(*store_, context_, code("mosa")));
  ASSERT_TRUE(maintain(*store_, context_));
  clock_.advance(std::chrono::hours(1));
  add("mosa");
  EXPECT_EQ(show("mosa").slots[0].ripe_at, clock_.now().wall + Seconds(60) + Seconds(600));
}

}  // namespace
}  // namespace zonestore
