// Stores that are opened for dry runs: the same decisions, no key made, nothing kept.
#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/db/connection.h"
#include "zonestore/operations/institutions/key_import.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/slots.h"
#include "zonestore/operations/signers/signers.h"

namespace zonestore {
namespace {

using dkim::SlotId;
using dkim::SlotState;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DryRun : public tests::StoreFixture {
 protected:
  DryRun() { dry_.dry_run = true; }

  // The store is opened by one at a time in a process.
  template <class Operation>
  auto try_out(Operation&& operation) {
    store_.reset();
    auto opened = Store::open(dir(), Store::Access::kDryRun, clock_);
    EXPECT_TRUE(opened) << opened.error().message;
    auto outcome = operation(*opened);
    opened = fail(ErrorCode::kIo, "closed");
    open();
    return outcome;
  }
  Maintained rehearse() {
    auto done = try_out([&](Store& store) { return maintain(store, dry_); });
    EXPECT_TRUE(done) << done.error().message;
    return *done;
  }
  Maintained run() {
    auto done = maintain(*store_, context_);
    EXPECT_TRUE(done) << done.error().message;
    return *done;
  }
  // What is done, without what a dry run cannot know.
  static std::vector<std::string> steps(const Maintained& maintained) {
    std::vector<std::string> texts;
    for (const MaintainStep& step : maintained.steps) {
      std::string text = step.code + ": " + step.what;
      constexpr std::string_view kFresh = "; fresh key ";
      if (const std::size_t at = text.find(kFresh); at != std::string::npos) {
        text.replace(at, kFresh.size() + 16, "; a fresh key");
      }
      texts.push_back(text);
    }
    return texts;
  }

  ChangeContext dry_ = context_;
};

TEST_F(DryRun, AddTellsOfFreshKeysWithoutMakingThem) {
  AddOptions options;
  options.algorithm = crypto::Algorithm::kRsa4096;  // seconds, if they were made
  const auto would = try_out([&](Store& store) { return add_institution(store, dry_, code("mosa"), options); });
  ASSERT_TRUE(would) << would.error().message;
  EXPECT_TRUE(would->dry_run);
  for (const SlotView& slot : would->institution.slots) {
    EXPECT_TRUE(slot.fresh);
    EXPECT_EQ(slot.key_id, "");
    EXPECT_EQ(slot.record_text, "");
    EXPECT_GT(slot.answer_size_bytes, 700U);
    EXPECT_EQ(slot.algorithm, crypto::Algorithm::kRsa4096);
  }
  EXPECT_FALSE(show_institution(*store_, code("mosa")));
}

TEST_F(DryRun, TheSizeIsThatOfTheKeyThatIsMadeThen) {
  const auto would = try_out([&](Store& store) { return add_institution(store, dry_, code("mosa"), {}); });
  const auto done = add_institution(*store_, context_, code("mosa"), {});
  ASSERT_TRUE(would && done);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(would->institution.slots.at(i).answer_size_bytes, done->institution.slots.at(i).answer_size_bytes);
    EXPECT_EQ(would->institution.slots.at(i).state, done->institution.slots.at(i).state);
    EXPECT_FALSE(done->institution.slots.at(i).fresh);
  }
  EXPECT_EQ(would->zones.at(0).serial, done->zones.at(0).serial);
}

TEST_F(DryRun, AnImportedKeyHasItsRecordTextAndNoIdYet) {
  std::vector<SuppliedKey> keys;
  auto key = crypto::PrivateKey::generate(crypto::Algorithm::kRsa2048);
  ASSERT_TRUE(key);
  keys.push_back(SuppliedKey{SlotId::kSel1, *std::move(key)});
  const auto would =
      try_out([&](Store& store) { return import_keys(store, dry_, code("mosa"), std::move(keys), {}); });
  ASSERT_TRUE(would) << would.error().message;
  EXPECT_EQ(would->institution.slots.at(0).key_id, "");
  EXPECT_FALSE(would->institution.slots.at(0).fresh);
  EXPECT_THAT(would->institution.slots.at(0).record_text, HasSubstr("v=DKIM1; k=rsa; p="));
  EXPECT_TRUE(would->institution.slots.at(1).fresh);
}

TEST_F(DryRun, MaintainTellsOfFreshKeysInWords) {
  add("mosa");
  ASSERT_TRUE(rotate(*store_, overriding(Guard::kNotRipe), code("mosa")));
  clock_.advance(std::chrono::hours(24 * 8));
  const Maintained would = rehearse();
  ASSERT_EQ(would.steps.size(), 1U);
  EXPECT_EQ(would.steps[0].what, "sel1: its drain has ended; a fresh key published");
  const Maintained done = run();
  EXPECT_EQ(steps(would), steps(done));
}

TEST_F(DryRun, MaintainPlaysItsStepsOnOneAnother) {
  add("mosa");
  add("prado");
  ASSERT_TRUE(set_policy(*store_, context_, std::nullopt, "every", "30d"));
  ASSERT_TRUE(rotate(*store_, overriding(Guard::kNotRipe), code("mosa")));
  clock_.advance(std::chrono::hours(24 * 60));  // its drain is over, and both are due
  see_all_right("mosa");
  see_all_right("prado");
  const Maintained would = rehearse();
  const Maintained done = run();
  EXPECT_EQ(steps(would), steps(done));
  EXPECT_THAT(would.failures, IsEmpty());
  EXPECT_EQ(would.waiting.size(), 1U) << "mosa's fresh key is not ripe";
  EXPECT_EQ(would.waiting, done.waiting);
  EXPECT_THAT(would.warnings, IsEmpty());
}

TEST_F(DryRun, SignersFollowWhatMaintainPlayed) {
  add("mosa");
  ASSERT_TRUE(add_signer(*store_, context_, {"files-1", signer::Format::kFiles, temp_.path() / "signer", ""}));
  ASSERT_TRUE(rotate(*store_, overriding(Guard::kNotRipe), code("mosa")));
  clock_.advance(std::chrono::hours(24 * 8));
  const Maintained would = rehearse();
  EXPECT_EQ(would.steps.size(), 2U);
  EXPECT_EQ(steps(would), steps(run()));
}

// A rotation makes the signers follow by itself; what is left is what came before it.
TEST_F(DryRun, SignersThatFollowedARotationHaveNothingLeftToFollow) {
  add("mosa");
  add("prado");
  ASSERT_TRUE(add_signer(*store_, context_, {"files-1", signer::Format::kFiles, temp_.path() / "signer", ""}));
  ASSERT_TRUE(set_policy(*store_, context_, std::nullopt, "every", "30d"));
  ASSERT_TRUE(rotate(*store_, overriding(Guard::kNotRipe), code("mosa")));
  clock_.advance(std::chrono::hours(24 * 60));
  const Maintained would = rehearse();
  EXPECT_EQ(steps(would), steps(run()));
}

TEST_F(DryRun, KeepsNothingOfWhatMaintainPlayed) {
  add("mosa");
  ASSERT_TRUE(rotate(*store_, overriding(Guard::kNotRipe), code("mosa")));
  clock_.advance(std::chrono::hours(24 * 8));
  const std::size_t rows = audit_rows();
  const std::string key = show("mosa").slots.at(0).key_id;
  EXPECT_EQ(rehearse().steps.size(), 1U);
  EXPECT_EQ(audit_rows(), rows);
  EXPECT_EQ(show("mosa").slots.at(0).key_id, key);
  EXPECT_EQ(state("mosa", SlotId::kSel1), SlotState::kDrained);
}

TEST_F(DryRun, AWriterCommitsBetweenTheInstitutionsOfABulkDryRun) {
  add("mosa");
  store_.reset();
  auto opened = Store::open(dir(), Store::Access::kDryRun, clock_);
  ASSERT_TRUE(opened);
  ASSERT_TRUE(rotate(
      *opened,
      [&] {
        ChangeContext context = overriding(Guard::kNotRipe);
        context.dry_run = true;
        return context;
      }(),
      code("mosa")));
  db::Connection writer = db::Connection::open(dir() / "zone.db", db::Access::kReadWrite, Milliseconds(0));
  db::Transaction transaction(writer, db::Transaction::Kind::kWrite);
  writer.execute("UPDATE zone SET refresh = 7200");
  transaction.commit();
}

}  // namespace
}  // namespace zonestore
