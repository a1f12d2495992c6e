#include "zonestore/operations/signers/signers.h"

#include "tests/unit/zonestore/operations/signers/signers_fixture.h"
#include "tests/unit/zonestore/operations/words.h"
#include "zonestore/db/connection.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/signers/signer_sync.h"
#include "zonestore/operations/views/status.h"
#include "zonestore/operations/views/troubles.h"
#include "zonestore/signer/directory.h"

namespace zonestore {
namespace {

using namespace tests::words;  // NOLINT(google-build-using-namespace)
using signer::Format;
using std::chrono::seconds;

using Signers = tests::SignersFixture;

TEST_F(Signers, AreSyncedWhenTheyAreEnrolled) {
  for (const Format format : signer::kFormats) {
    enrol(std::string(signer::to_text(format)), format);
  }
  const std::string sel1 = key_id(SlotId::kSel1);
  const std::string sel2 = key_id(SlotId::kSel2);
  EXPECT_EQ(content("files/mosa/active"), "sel1\n");
  EXPECT_THAT(content("files/mosa/sel2.pem"), HasSubstr("-----BEGIN PRIVATE KEY-----"));
  EXPECT_EQ(content("files/mosa/sel2.pem"), content("files/mosa/" + sel2 + ".pem"));
  EXPECT_THAT(content("opendkim/SigningTable"), HasSubstr("*@mosamuseum.com mosa." + sel1 + "\n"));
  EXPECT_EQ(content("opendkim/keys/mosa/" + sel2 + ".private"), content("files/mosa/sel2.pem"));
  EXPECT_THAT(content("rspamd/selector_map"), HasSubstr("mosamuseum.com stxsel1\n"));
  EXPECT_EQ(content("exim/keys/mosa/stxsel1.pem"), content("files/mosa/sel1.pem"));
  EXPECT_FALSE(content("rspamd/keys/mosa/stxsel1.pem").empty());  // in a form of its own
  EXPECT_THAT(content("exim/selectors"), HasSubstr("mosamuseum.com: stxsel1\n"));
  for (const char* const name : {"rspamd-folders", "exim-folders"}) {
    const std::string institution = std::string(name) + "/domains/mosamuseum.com/institution";
    EXPECT_EQ(content(institution + "/active"), "stxsel1\n");
    EXPECT_FALSE(content(institution + "/stxsel2.pem").empty());
  }
  EXPECT_EQ(content("rspamd-folders/keys/mosa/stxsel1.pem"), content("rspamd/keys/mosa/stxsel1.pem"));
  EXPECT_EQ(view().open, 0U);
}

TEST_F(Signers, AreRefusedOnAnothersNameOrDirectoryOrInTheStore) {
  enrol("a");
  EXPECT_EQ(refusal_of(add_signer(*store_, context_, {"a", Format::kFiles, folder("b"), ""})), Guard::kExists);
  EXPECT_EQ(refusal_of(add_signer(*store_, context_, {"b", Format::kFiles, folder("a"), ""})), Guard::kExists);
  EXPECT_EQ(refusal_of(add_signer(*store_, context_, {"b", Format::kFiles, folder("a") + "/b", ""})), Guard::kExists);
  const auto inside = add_signer(*store_, context_, {"b", Format::kFiles, (dir() / "b").string(), ""});
  EXPECT_EQ(inside.error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(is_there("store/b"));
}

TEST_F(Signers, FollowARotationWhichIsAcknowledged) {
  enrol("a");
  ripen();
  const auto done = rotate(*store_, context_, code("mosa"));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(done->undone_for, IsEmpty());
  EXPECT_EQ(content("a/mosa/active"), "sel2\n");
  EXPECT_EQ(view().open, 0U);
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
}

TEST_F(Signers, DoNotFollowADryRun) {
  enrol("a");
  ripen();
  ChangeContext dry = context_;
  dry.dry_run = true;
  ASSERT_TRUE(rotate(*store_, dry, code("mosa")));
  EXPECT_EQ(content("a/mosa/active"), "sel1\n");
  EXPECT_EQ(view().open, 0U);
}

TEST_F(Signers, ThatDoNotFollowMakeARotationUndoItself) {
  enrol("a");
  ripen();
  set_signer_limit(1);
  set_obedient(false);
  const auto undone = rotate(*store_, context_, code("mosa"));
  ASSERT_TRUE(undone) << undone.error().message;
  EXPECT_THAT(undone->undone_for, ElementsAre(HasSubstr("/usr/bin/test ended with 1")));
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  EXPECT_EQ(content("a/mosa/active"), "sel1\n");
  EXPECT_EQ(state("mosa", SlotId::kSel2), SlotState::kDraining);  // some mail may have been signed with it
  EXPECT_THAT(view().failure, HasSubstr("ended with 1"));
  EXPECT_TRUE(needs_attention(view()));
  EXPECT_TRUE(needs_attention(*store_status(*store_)));
}

TEST_F(Signers, HoldUpTheDrainUntilTheyHaveFollowed) {
  enrol("a");
  ripen();
  ChangeContext later = context_;
  later.signers_later = true;
  ASSERT_TRUE(rotate(*store_, later, code("mosa")));
  set_obedient(false);
  clock_.advance(hours(24 * 30));
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
  EXPECT_EQ(content("a/mosa/active"), "sel2\n");  // its files are ready, but nobody has said that it has read them
  set_obedient(true);
  const auto maintained = maintain(*store_, context_);
  ASSERT_TRUE(maintained);
  EXPECT_THAT(maintained->failures, IsEmpty());
  EXPECT_EQ(show("mosa").slots[0].drained_at, clock_.now().wall + hours(24 * 7) + seconds(3600 + 600));
  clock_.advance(hours(24 * 7) + seconds(3600 + 600));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDrained);
}

TEST_F(Signers, ThatHaveNotFollowedAreToldByMaintain) {
  enrol("a");
  set_obedient(false);
  const auto added = add_domain(*store_, context_, code("mosa"), *Name::parse("mosa.org"));
  ASSERT_TRUE(added);
  EXPECT_THAT(added->warnings, Contains(HasSubstr("signer a has not followed")));
  const auto failing = maintain(*store_, context_);
  ASSERT_TRUE(failing);
  EXPECT_THAT(failing->failures, ElementsAre(HasSubstr("signer a: ")));
  EXPECT_EQ(view().attempts, 2U);
}

TEST_F(Signers, ThatDoNotHoldTheKeyRefuseTheRotation) {
  enrol("a");
  ripen();
  std::filesystem::remove(temp_ / "a/mosa" / (key_id(SlotId::kSel2) + ".pem"));
  set_obedient(false);
  const auto refused = rotate(*store_, context_, code("mosa"));
  EXPECT_EQ(refusal_of(refused), Guard::kSignerStale);
  EXPECT_THAT(refused.error().hint, HasSubstr("zonectl signer sync a"));
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
}

TEST_F(Signers, ThatLostAKeyFileGetItBackBeforeTheRotation) {
  enrol("a");
  ripen();
  std::filesystem::remove(temp_ / "a/mosa" / (key_id(SlotId::kSel2) + ".pem"));
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  EXPECT_THAT(content("a/mosa/sel2.pem"), HasSubstr("PRIVATE KEY"));
}

TEST_F(Signers, MayBeOverriddenWhenTheyAreStale) {
  enrol("a");
  ripen();
  set_obedient(false);
  ASSERT_TRUE(add_domain(*store_, context_, code("mosa"), *Name::parse("mosa.org")));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kSignerStale);
  ChangeContext forced = overriding(Guard::kSignerStale);
  forced.signers_later = true;
  EXPECT_TRUE(rotate(*store_, forced, code("mosa")));
}

TEST_F(Signers, FollowEveryChangeOfAnInstitution) {
  enrol("a");
  ChangeContext later = context_;
  later.signers_later = true;
  const auto leaves_a_task = [&](const char* what, auto&& change) {
    ASSERT_TRUE(sync_open_tasks(*store_, context_));
    ASSERT_EQ(view().open, 0U);
    ASSERT_TRUE(change()) << what;
    EXPECT_EQ(view().open, 1U) << what;
    EXPECT_EQ(view().since, clock_.now().wall) << what;
  };
  leaves_a_task("domain add", [&] { return add_domain(*store_, later, code("mosa"), *Name::parse("mosa.org")); });
  leaves_a_task("domain remove",
                [&] { return remove_domain(*store_, later, code("mosa"), *Name::parse("mosa.org")); });
  ripen();
  leaves_a_task("rotate", [&] { return rotate(*store_, later, code("mosa")); });
  leaves_a_task("undo", [&] { return undo(*store_, later, code("mosa")); });
  leaves_a_task("revoke", [&] { return revoke(*store_, later, code("mosa"), SlotId::kSel2, {}); });
  leaves_a_task("prepare", [&] { return prepare(*store_, later, code("mosa"), SlotId::kSel2); });
  leaves_a_task("remove", [&] { return remove_institution(*store_, later, code("mosa")); });
  ASSERT_TRUE(sync_open_tasks(*store_, context_));
  ASSERT_TRUE(set_policy(*store_, later, std::nullopt, "ttl-other", "200s"));
  EXPECT_EQ(view().open, 0U) << "a TTL is no signer's business";
}

TEST_F(Signers, GetTheFreshKeyAndLoseTheOldOneAfterADrain) {
  enrol("a");
  ripen();
  const std::string old_key = key_id(SlotId::kSel1);
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  EXPECT_TRUE(is_there("a/mosa/" + old_key + ".pem"));
  clock_.advance(hours(24 * 8));
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_FALSE(is_there("a/mosa/" + old_key + ".pem"));
  EXPECT_TRUE(is_there("a/mosa/" + key_id(SlotId::kSel1) + ".pem"));
  EXPECT_EQ(std::filesystem::read_symlink(temp_ / "a/mosa/sel1.pem"), key_id(SlotId::kSel1) + ".pem");
}

TEST_F(Signers, LoseARevokedKeyAtOnce) {
  enrol("a");
  const std::string revoked_key = key_id(SlotId::kSel2);
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel2, {}));
  EXPECT_FALSE(is_there("a/mosa/" + revoked_key + ".pem"));
  EXPECT_FALSE(is_there("a/mosa/sel2.pem"));
  EXPECT_TRUE(is_there("a/mosa/sel1.pem"));
}

TEST_F(Signers, LoseAllOfAnInstitutionThatHasDeparted) {
  enrol("a");
  ASSERT_TRUE(remove_institution(*store_, context_, code("mosa")));
  EXPECT_FALSE(is_there("a/mosa/active"));
  EXPECT_TRUE(is_there("a/mosa/sel1.pem"));
  clock_.advance(hours(24 * 8));
  ASSERT_TRUE(maintain(*store_, context_));
  EXPECT_FALSE(is_there("a/mosa"));
}

TEST_F(Signers, ThatARestoreSwitchedOffWaitForSomebodyToLook) {
  enrol("a");
  {
    db::Connection connection = db::Connection::open(dir() / "zone.db", db::Access::kReadWrite);
    connection.execute("UPDATE signer SET enabled = 0");
  }
  const auto added = add_domain(*store_, context_, code("mosa"), *Name::parse("mosa.org"));
  ASSERT_TRUE(added);
  EXPECT_THAT(added->warnings, Contains(HasSubstr("switched off")));
  EXPECT_TRUE(needs_attention(view()));
  EXPECT_EQ(refusal_of(sync_signers(*store_, context_, "a", false)), Guard::kSignerStale);
  ASSERT_TRUE(sync_signers(*store_, context_, "a", true));
  EXPECT_TRUE(view().enabled);
  EXPECT_FALSE(needs_attention(view()));
}

TEST_F(Signers, GoWithOrWithoutTheirFiles) {
  enrol("a");
  enrol("b", Format::kRspamd);
  const auto kept = remove_signer(*store_, context_, "a", false);
  ASSERT_TRUE(kept);
  EXPECT_THAT(kept->warnings, ElementsAre(HasSubstr("private keys")));
  EXPECT_TRUE(is_there("a/mosa/sel1.pem"));
  const auto purged = remove_signer(*store_, context_, "b", true);
  ASSERT_TRUE(purged);
  EXPECT_EQ(purged->files_removed, 2U);
  EXPECT_TRUE(std::filesystem::is_empty(temp_ / "b"));
  EXPECT_EQ(remove_signer(*store_, context_, "b", true).error().code, ErrorCode::kNotFound);
}

TEST_F(Signers, ThatGoLetTheDrainsBegin) {
  enrol("a");
  ripen();
  ChangeContext later = context_;
  later.signers_later = true;
  ASSERT_TRUE(rotate(*store_, later, code("mosa")));
  clock_.advance(hours(24 * 30));
  ASSERT_TRUE(remove_signer(*store_, context_, "a", false));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDraining);
  clock_.advance(hours(24 * 8));
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDrained);
}

// The rotation stands in the store: nothing after it may say "busy, try again".
TEST_F(Signers, ThatCannotBeAskedTurnNoDoneChangeIntoAnError) {
  enrol("a");
  ripen();
  const signer::Directory held(folder("a"), {store_->impl().store_id, "a"}, signer::Unmarked::kIsForeign,
                               Milliseconds(0), clock_);  // another sync is at work, and does not end
  set_signer_limit(1);
  const auto rotated = rotate(*store_, context_, code("mosa"));
  ASSERT_TRUE(rotated) << rotated.error().message;
  EXPECT_THAT(rotated->undone_for, ElementsAre(HasSubstr("another sync")));
  const auto removed = remove_signer(*store_, context_, "a", true);
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, ErrorCode::kBusy);
  EXPECT_EQ(list_signers(*store_)->size(), 1U) << "busy, and nothing was done";
}

TEST_F(Signers, WaitByTheClockThatIsHandedIn) {
  enrol("a");
  ripen();
  set_signer_limit(100);
  set_obedient(false);
  const Milliseconds before = clock_.paused();
  const auto undone = rotate(*store_, context_, code("mosa"));
  ASSERT_TRUE(undone);
  EXPECT_THAT(undone->undone_for, ::testing::SizeIs(1));
  EXPECT_GT(clock_.paused() - before, seconds(80));
  EXPECT_LE(clock_.paused() - before, seconds(100));
}

TEST_F(Signers, LeaveAuditRowsOfWhatTheyWereGiven) {
  enrol("a");
  std::vector<std::string> said;
  ASSERT_TRUE(read_log(*store_, {}, [&](const AuditEntry& entry) {
    said.push_back(entry.what);
    return true;
  }));
  EXPECT_THAT(said, Contains(HasSubstr("signer a enrolled: files in ")));
  EXPECT_THAT(said, Contains(HasSubstr("2 private keys written to ")));
}

}  // namespace
}  // namespace zonestore
