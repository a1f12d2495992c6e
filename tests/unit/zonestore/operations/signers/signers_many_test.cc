// Many changes and many rotations that signers follow at once.
#include "tests/unit/zonestore/operations/signers/signers_fixture.h"
#include "tests/unit/zonestore/operations/words.h"
#include "zonestore/db/connection.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/signers/signer_sync.h"

namespace zonestore {
namespace {

using namespace tests::words;  // NOLINT(google-build-using-namespace)
using signer::Format;

using Signers = tests::SignersFixture;

// As while a signer of thousands is being enrolled: a rotation makes it follow its own institution, and no other.
TEST_F(Signers, FollowARotationBesideMuchElseThatTheyHaveToFollow) {
  enrol("a", Format::kExim);
  set_obedient(false);
  for (const char* const each : {"bern", "chur", "lugano"}) {
    add(each);
    (void)add_domain(*store_, context_, code(each), *Name::parse(std::string(each) + ".example"));
  }
  EXPECT_EQ(view().open, 3U);
  const std::string before = content("a/selectors");
  set_obedient(true);
  ripen();
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  EXPECT_EQ(view().open, 3U);
  EXPECT_THAT(content("a/selectors"), HasSubstr("mosamuseum.com: stxsel2"));
  for (const char* const each : {"bern", "chur", "lugano"}) {
    const std::string line = std::string(each) + ".example: stxsel1\n";
    EXPECT_EQ(content("a/selectors").find(line) != std::string::npos, before.find(line) != std::string::npos)
        << each << ": its files may not be there";
  }
}

// What many need is given and cleared in slices; the tables and the command are for all at once.
TEST_F(Signers, FollowManyChangesInSlices) {
  enrol("a", Format::kExim);
  enrol("b");
  const std::vector<std::string> codes{"bern", "chur", "lugano", "mosa", "zug"};
  ChangeContext later = context_;
  later.signers_later = true;
  for (const std::string& each : codes) {
    if (each != "mosa") {
      add(each);
      ASSERT_TRUE(add_domain(*store_, context_, code(each), *Name::parse(each + ".example")));
    }
  }
  ripen();
  for (const std::string& each : codes) {
    ASSERT_TRUE(rotate(*store_, later, code(each)));
  }
  clock_.advance(hours(1));
  std::vector<std::string> revoked;
  for (const char* const each : {"bern", "zug"}) {  // their old keys are to go in the last step
    revoked.push_back(show(each).slots.at(0).key_id);
    ASSERT_TRUE(revoke(*store_, later, code(each), SlotId::kSel1, {}));
  }
  for (const SyncScope scope : {SyncScope::kTasks, SyncScope::kWhole}) {
    for (const rows::SignerRow& signer : rows::read_signers(store_->impl().connection)) {
      const SyncResult synced = sync_signer(*store_, context_, signer, {.scope = scope, .slice = 2}, minutes(1));
      EXPECT_EQ(synced.failure, "");
      EXPECT_EQ(synced.institutions, 5U);
      EXPECT_EQ(synced.keys_removed, scope == SyncScope::kTasks ? 2U : 0U);
      EXPECT_EQ(synced.found_count, 0U);
      EXPECT_EQ(view(signer.name).open, 0U);
    }
  }
  EXPECT_FALSE(is_there("a/keys/bern/" + revoked[0] + ".pem"));
  EXPECT_FALSE(is_there("b/zug/" + revoked[1] + ".pem"));
  for (const std::string& each : codes) {
    EXPECT_EQ(content("b/" + each + "/active"), "sel2\n");
    EXPECT_THAT(content("a/selectors"),
                HasSubstr(each == "mosa" ? "mosamuseum.com: stxsel2" : each + ".example: stxsel2"));
  }
}

TEST_F(Signers, FollowManyRotationsAtOnce) {
  enrol("a");
  std::vector<dkim::Code> codes{code("mosa")};
  for (const char* const each : {"bern", "chur", "lugano"}) {
    add(each);
    codes.push_back(code(each));
  }
  ripen();
  ChangeContext later = context_;
  later.signers_later = true;
  std::vector<RotationMade> made;
  for (const dkim::Code& each : codes) {
    made.push_back({each, rotate(*store_, later, each).value().move});
  }
  const std::size_t rows = audit_rows();
  const std::vector<Settled> settled = settle_rotations(*store_, context_, made);
  EXPECT_EQ(settled.size(), codes.size());
  EXPECT_EQ(audit_rows(), rows + 1) << "one sync for all of them";
  for (const dkim::Code& each : codes) {
    EXPECT_EQ(content("a/" + each.text() + "/active"), "sel2\n");
  }
}

TEST_F(Signers, ThatDoNotFollowManyHaveEachUndone) {
  enrol("a");
  add("bern");
  ripen();
  ChangeContext later = context_;
  later.signers_later = true;
  set_signer_limit(1);
  std::vector<RotationMade> made;
  for (const char* const each : {"mosa", "bern"}) {
    made.push_back({code(each), rotate(*store_, later, code(each)).value().move});
  }
  set_obedient(false);
  for (const Settled& settled : settle_rotations(*store_, context_, made)) {
    EXPECT_THAT(settled.undone_for, ElementsAre(HasSubstr("ended with 1")));
  }
  EXPECT_EQ(show("mosa").active, SlotId::kSel1);
  EXPECT_EQ(show("bern").active, SlotId::kSel1);
}

}  // namespace
}  // namespace zonestore
