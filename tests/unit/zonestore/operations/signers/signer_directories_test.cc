// What lies in signers' directories: whose it is, and whether it is what it should be.
#include "tests/unit/zonestore/operations/signers/signers_fixture.h"
#include "tests/unit/zonestore/operations/words.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/institutions/key_import.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/signers/signers.h"
#include "zonestore/operations/views/status.h"
#include "zonestore/operations/views/troubles.h"

namespace zonestore {
namespace {

using namespace tests::words;  // NOLINT(google-build-using-namespace)
using signer::Format;

using SignerDirectories = tests::SignersFixture;

TEST_F(SignerDirectories, AreNotGivenADirectoryThatHoldsWhatIsNotOurs) {
  for (const Format format : signer::kFormats) {
    const std::string name(signer::to_text(format));
    write(name + "/KeyTable", "theirs");
    write(name + "/mosa/sel1.pem", "theirs");
    ChangeContext context = overriding(Guard::kSignerKind);
    for (const bool dry_run : {true, false}) {
      context.dry_run = dry_run;
      const auto refused = add_signer(*store_, context, {name, format, folder(name), ""});
      EXPECT_EQ(refusal_of(refused), Guard::kForeign) << name;
      EXPECT_THAT(refused.error().message, HasSubstr("KeyTable, mosa"));
    }
    EXPECT_EQ(content(name + "/KeyTable"), "theirs");
    EXPECT_EQ(content(name + "/mosa/sel1.pem"), "theirs");
    EXPECT_FALSE(is_there(name + "/.zonectl"));
  }
  EXPECT_THAT(*list_signers(*store_), IsEmpty());
}

TEST_F(SignerDirectories, TakeADirectoryThatIsTheirsAgain) {
  enrol("a");
  ASSERT_TRUE(remove_signer(*store_, context_, "a", false));
  EXPECT_EQ(refusal_of(add_signer(*store_, context_, {"b", Format::kFiles, folder("a"), ""})), Guard::kForeign);
  enrol("a");
  EXPECT_EQ(content("a/mosa/active"), "sel1\n");
}

// Whatever else somebody put there: it is named, and neither a change nor a sync nor a purge touches it.
TEST_F(SignerDirectories, LeaveAloneWhatIsNotTheirs) {
  for (const Format format : signer::kFormats) {
    const std::string name(signer::to_text(format));
    enrol(name, format);
    const std::string keys = name + "/" + signer::key_directory(format, "mosa");
    const std::string stranger = format == Format::kFiles ? name + "/lugano" : name + "/keys/lugano";
    const std::vector<std::string> theirs{name + "/notes", keys + "/0123456789abcdef.pem", keys + "/notes",
                                          stranger + "/0123456789abcdef.private", stranger + "/active"};
    for (const std::string& file : theirs) {
      write(file, "theirs");
    }
    std::filesystem::create_symlink("notes", temp_ / (keys + "/alias"));
    const auto synced = sync_signers(*store_, context_, name, false);
    ASSERT_TRUE(synced) << synced.error().message;
    EXPECT_EQ(synced->results.front().failure, "") << name;
    EXPECT_THAT(synced->results.front().strangers, Contains("notes")) << name;
    EXPECT_EQ(synced->results.front().strangers_count, 5U) << name;
    EXPECT_FALSE(needs_attention(view(name))) << name;
    EXPECT_THAT(view(name).findings, ::testing::SizeIs(5)) << name;
    const auto purged = remove_signer(*store_, context_, name, true);
    ASSERT_TRUE(purged) << purged.error().message;
    EXPECT_EQ(purged->files_removed, 2U) << name;
    EXPECT_THAT(purged->warnings, ElementsAre(HasSubstr("what is not ours stays")));
    for (const std::string& file : theirs) {
      EXPECT_EQ(content(file), "theirs") << file;
    }
    EXPECT_TRUE(is_there(keys + "/alias"));
    EXPECT_FALSE(is_there(keys + "/.zonectl")) << "nothing there is ours any more";
    EXPECT_FALSE(is_there(name + "/.zonectl"));
    EXPECT_FALSE(is_there(name + "/.lock"));
  }
}

TEST_F(SignerDirectories, NameWhatIsLeftInAnInstitutionsFolderAlone) {
  enrol("a", Format::kExim);
  write("a/keys/mosa/notes", "theirs");
  const auto purged = remove_signer(*store_, context_, "a", true);
  ASSERT_TRUE(purged) << purged.error().message;
  EXPECT_THAT(purged->warnings, ElementsAre(HasSubstr("what is not ours stays in " + folder("a") + ": keys/mosa")));
  EXPECT_EQ(content("a/keys/mosa/notes"), "theirs");
  EXPECT_FALSE(is_there("a/keys/.zonectl"));
}

// An institution whose folder somebody else has filled is told, and stops no other.
TEST_F(SignerDirectories, StopOnlyForTheInstitutionWhoseFolderIsTaken) {
  enrol("a");
  write("a/lugano/sel1.pem", "theirs");
  add("lugano");
  add("bern");
  EXPECT_EQ(content("a/bern/active"), "sel1\n");
  EXPECT_EQ(content("a/lugano/sel1.pem"), "theirs");
  EXPECT_EQ(view().open, 1U);
  EXPECT_THAT(view().failure, HasSubstr("not ours"));
}

// As an older version left it: no manifests, and the store knows of none.
TEST_F(SignerDirectories, OfBeforeThereWereManifestsAreOursAndRotate) {
  for (const Format format : signer::kFormats) {
    enrol(std::string(signer::to_text(format)), format);
  }
  for (const Format format : signer::kFormats) {
    const std::string name(signer::to_text(format));
    for (const std::string& folder : {name, name + "/keys", name + "/" + signer::key_directory(format, "mosa")}) {
      std::filesystem::remove(temp_ / folder / ".zonectl");
    }
    write(name + "/notes", "theirs");
  }
  store_->impl().connection.execute("UPDATE signer SET marked = 0");
  ripen();
  const std::string old_key = key_id(SlotId::kSel1);
  const auto rotated = rotate(*store_, context_, code("mosa"));
  ASSERT_TRUE(rotated) << rotated.error().message;
  EXPECT_THAT(rotated->undone_for, IsEmpty());
  ASSERT_TRUE(maintain(*store_, context_));
  clock_.advance(hours(24 * 8));
  ASSERT_TRUE(maintain(*store_, context_));
  for (const Format format : signer::kFormats) {
    const std::string name(signer::to_text(format));
    EXPECT_FALSE(is_there(name + "/" + signer::key_file(format, "mosa", old_key))) << name;
    EXPECT_TRUE(is_there(name + "/.zonectl")) << name;
    EXPECT_EQ(content(name + "/notes"), "theirs");
    EXPECT_THAT(view(name).findings, Contains(::testing::Field(&rows::SignerFinding::path, "notes"))) << name;
    EXPECT_FALSE(needs_attention(view(name))) << name;
  }
}

// The case of the audit: two empty files that everybody may read were taken for keys.
TEST_F(SignerDirectories, AreHeldToTheContentOfTheirKeysByARotation) {
  enrol("a");
  ripen();
  for (const SlotId slot : dkim::kSlots) {
    const std::string file = "a/mosa/" + key_id(slot) + ".pem";
    std::ofstream(temp_ / file).close();
    std::filesystem::permissions(temp_ / file, std::filesystem::perms(0666));
  }
  ChangeContext dry = context_;
  dry.dry_run = true;
  EXPECT_THAT(rotate(*store_, dry, code("mosa"))->warnings, Contains(HasSubstr("signer a would have to follow")));
  set_obedient(false);
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kSignerStale);
  set_obedient(true);
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  EXPECT_THAT(content("a/mosa/sel2.pem"), HasSubstr("PRIVATE KEY"));
  EXPECT_TRUE(needs_attention(view())) << "somebody may have read or altered them";
  EXPECT_THAT(view().findings,
              Contains(::testing::Field(&rows::SignerFinding::what, HasSubstr("everybody may read it"))));
  ASSERT_TRUE(sync_signers(*store_, context_, "a", false));
  EXPECT_FALSE(needs_attention(view())) << "who syncs by hand has been told";
}

TEST_F(SignerDirectories, AreComparedWholeByASync) {
  enrol("a", Format::kExim);
  const std::string key = "keys/mosa/" + key_id(SlotId::kSel2) + ".pem";
  std::filesystem::permissions(temp_ / "a" / key, std::filesystem::perms(0644));
  write("a/selectors", "elsewhere.example: stxsel1\n");
  const auto synced = sync_signers(*store_, context_, "a", false);
  ASSERT_TRUE(synced);
  EXPECT_THAT(synced->results.front().found,
              ElementsAre(key + " has mode 0644: everybody may read it", HasSubstr("selectors has ")));
  EXPECT_EQ(synced->results.front().found_count, 2U);
  EXPECT_THAT(content("a/selectors"), HasSubstr("mosamuseum.com: stxsel1"));
  const auto again = sync_signers(*store_, context_, "a", false);
  EXPECT_THAT(again->results.front().found, IsEmpty());
}

TEST_F(SignerDirectories, AreLookedAtByMaintainOnceADayAFile) {
  enrol("a", Format::kExim);
  ASSERT_TRUE(maintain(*store_, context_));
  clock_.advance(hours(25));
  std::ofstream(temp_ / "a/keys/mosa" / (key_id(SlotId::kSel2) + ".pem")) << "not the key";
  write("a/selectors", "");
  const auto maintained = maintain(*store_, context_);
  ASSERT_TRUE(maintained);
  EXPECT_THAT(maintained->failures, IsEmpty());
  EXPECT_THAT(content("a/keys/mosa/stxsel2.pem"), HasSubstr("PRIVATE KEY"));
  EXPECT_THAT(content("a/selectors"), HasSubstr("mosamuseum.com: stxsel1"));
  EXPECT_TRUE(needs_attention(*store_status(*store_)));
  EXPECT_THAT(view().findings, ::testing::SizeIs(2));
}

TEST_F(SignerDirectories, AreLookedAtInSlicesThatComeRound) {
  enrol("a");
  for (const char* const each : {"bern", "chur", "lugano"}) {
    add(each);
  }
  clock_.advance(hours(25));
  ASSERT_TRUE(maintain(*store_, context_));
  std::vector<std::string> broken{"bern", "chur", "lugano", "mosa"};
  for (const std::string& each : broken) {
    std::filesystem::remove(temp_ / "a" / each / "sel1.pem");
  }
  std::size_t rounds = 0;
  for (; view().findings.size() < broken.size() && rounds < 30; ++rounds) {
    clock_.advance(hours(1));
    ASSERT_TRUE(maintain(*store_, context_));
  }
  EXPECT_GT(rounds, 1U) << "a slice a run";
  EXPECT_LE(rounds, 24U) << "each once a day";
}

TEST_F(SignerDirectories, MayNotBeOfAKindThatCannotSignWithAKeyThatIsThere) {
  const auto refused = add_signer(*store_, context_, {"a", Format::kOpendkim, folder("a"), ""});
  EXPECT_EQ(refusal_of(refused), Guard::kSignerKind);
  EXPECT_THAT(refused.error().message, HasSubstr("mosa"));
  EXPECT_FALSE(is_there("a"));
  EXPECT_TRUE(add_signer(*store_, overriding(Guard::kSignerKind), {"a", Format::kOpendkim, folder("a"), ""}));
  EXPECT_TRUE(add_signer(*store_, context_, {"b", Format::kRspamd, folder("b"), ""}));
}

TEST_F(SignerDirectories, RefuseKeysThatOneOfThemCannotSignWith) {
  ASSERT_TRUE(add_signer(*store_, overriding(Guard::kSignerKind), {"a", Format::kOpendkim, folder("a"), ""}));
  AddOptions options;
  options.algorithm = crypto::Algorithm::kEd25519;
  const auto refused = add_institution(*store_, overriding(Guard::kKeyType), code("bern"), options);
  EXPECT_EQ(refusal_of(refused), Guard::kSignerKind);
  EXPECT_EQ(refusal_of(check_add_institution(*store_, overriding(Guard::kKeyType), code("bern"), options)),
            Guard::kSignerKind);
  ASSERT_TRUE(revoke(*store_, context_, code("mosa"), SlotId::kSel2, {}));
  EXPECT_EQ(refusal_of(prepare(*store_, context_, code("mosa"), SlotId::kSel2)), Guard::kSignerKind);
  std::vector<SuppliedKey> keys;
  keys.push_back({std::nullopt, crypto::PrivateKey::generate(crypto::Algorithm::kEd25519).value()});
  EXPECT_EQ(refusal_of(import_keys(*store_, overriding(Guard::kKeyType), code("bern"), std::move(keys), {})),
            Guard::kSignerKind);
}

TEST_F(SignerDirectories, GetEd25519KeysInTheFormThatTheyTake) {
  enrol("rspamd", Format::kRspamd);
  enrol("exim", Format::kExim);
  EXPECT_THAT(content("exim/keys/mosa/stxsel1.pem"), HasSubstr("-----BEGIN PRIVATE KEY-----"));
  EXPECT_EQ(content("rspamd/keys/mosa/stxsel1.pem").size(), 45U);  // base64 of 32 bytes, and the end of the line
}

TEST_F(SignerDirectories, ThatSignADomainWhoseCnameNobodySawAreTold) {
  EXPECT_THAT(add_domain(*store_, context_, code("mosa"), *Name::parse("mosa.net"))->warnings, IsEmpty());
  enrol("a");
  const auto added = add_domain(*store_, context_, code("mosa"), *Name::parse("mosa.org"));
  ASSERT_TRUE(added);
  EXPECT_THAT(added->warnings, ElementsAre(HasSubstr("signers sign the mail of mosa.org with stxsel1 from now on")));
}

}  // namespace
}  // namespace zonestore
