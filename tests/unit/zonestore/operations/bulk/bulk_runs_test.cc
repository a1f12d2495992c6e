#include "zonestore/operations/bulk/bulk_runs.h"

#include <fstream>

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/operations/keys/key_stock.h"
#include "zonestore/vault/vault.h"

namespace zonestore {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using tests::refusal_of;

class BulkRuns : public tests::StoreFixture {
 protected:
  BulkRun begin(const std::vector<std::string>& codes) {
    BulkPlan plan{"rotate", "{}", {}};
    for (const std::string& each : codes) {
      plan.items.push_back({code(each), "{}"});
    }
    auto run = begin_bulk_run(*store_, context_, plan);
    EXPECT_TRUE(run) << run.error().message;
    return *run;
  }
  ChangeContext with(const BulkTicket& ticket) {
    ChangeContext context = context_;
    context.bulk_ticket = ticket;
    return context;
  }
  BulkState state_of(std::size_t index) {
    const auto run = interrupted_bulk_run(*store_, "rotate");
    EXPECT_TRUE(run && *run);
    return (*run)->items.at(index).state;
  }
};

TEST_F(BulkRuns, AnItemIsDoneWithItsChange) {
  add("mosa");
  clock_.advance(std::chrono::hours(1));
  const BulkRun run = begin({"mosa"});
  EXPECT_EQ(state_of(0), BulkState::kWaiting);
  ASSERT_TRUE(rotate(*store_, with(run.items[0].ticket), code("mosa")));
  EXPECT_EQ(state_of(0), BulkState::kDone);
}

TEST_F(BulkRuns, ARefusedChangeLeavesTheItemWaiting) {
  add("mosa");
  const BulkRun run = begin({"mosa"});
  EXPECT_EQ(refusal_of(rotate(*store_, with(run.items[0].ticket), code("mosa"))), Guard::kNotRipe);
  EXPECT_EQ(state_of(0), BulkState::kWaiting);
}

TEST_F(BulkRuns, AnItemThatIsDoneIsNotDoneAgain) {
  add("mosa");
  add("other");
  clock_.advance(std::chrono::hours(1));
  const BulkRun run = begin({"mosa"});
  ASSERT_TRUE(rotate(*store_, with(run.items[0].ticket), code("mosa")));
  EXPECT_EQ(refusal_of(rotate(*store_, with(run.items[0].ticket), code("other"))), Guard::kExists);
  EXPECT_EQ(show("other").active, dkim::SlotId::kSel1);
}

TEST_F(BulkRuns, OnlyTheChangeOfItsOwnCommandCompletesAnItem) {
  add("mosa");
  clock_.advance(std::chrono::hours(1));
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  const BulkRun run = begin({"mosa"});
  ASSERT_TRUE(undo(*store_, with(run.items[0].ticket), code("mosa")));
  EXPECT_EQ(state_of(0), BulkState::kWaiting);
}

TEST_F(BulkRuns, AFailureIsNotedAndDoesNotTakeBackWhatIsDone) {
  add("mosa");
  clock_.advance(std::chrono::hours(1));
  const BulkRun run = begin({"mosa", "other"});
  ASSERT_TRUE(rotate(*store_, with(run.items[0].ticket), code("mosa")));
  ASSERT_TRUE(note_bulk_item(*store_, run.items[0].ticket, BulkState::kFailed, "busy"));
  ASSERT_TRUE(note_bulk_item(*store_, run.items[1].ticket, BulkState::kFailed, "busy"));
  EXPECT_EQ(state_of(0), BulkState::kDone);
  EXPECT_EQ(state_of(1), BulkState::kFailed);
  ASSERT_TRUE(note_bulk_item(*store_, run.items[0].ticket, BulkState::kFailed, "undone", IfDone::kWasUndone));
  EXPECT_EQ(state_of(0), BulkState::kFailed);
}

TEST_F(BulkRuns, TheLastOneThatDidNotEndIsTheInterruptedOne) {
  EXPECT_FALSE(*interrupted_bulk_run(*store_, "rotate"));
  ASSERT_TRUE(end_bulk_run(*store_, context_, begin({"one"}).id));
  const std::int64_t second = begin({"two"}).id;
  EXPECT_EQ((*interrupted_bulk_run(*store_, "rotate"))->items.at(0).code, code("two"));
  EXPECT_FALSE(*interrupted_bulk_run(*store_, "add"));
  ASSERT_TRUE(end_bulk_run(*store_, context_, second));
  EXPECT_FALSE(*interrupted_bulk_run(*store_, "rotate"));
}

TEST_F(BulkRuns, ASecondOneDoesNotGiveUpOneThatIsAtWork) {
  const BulkRun first = begin({"one", "two"});
  clock_.advance(std::chrono::hours(1));
  for (const bool dry_run : {false, true}) {
    ChangeContext context = context_;
    context.dry_run = dry_run;
    const auto second = begin_bulk_run(*store_, context, {"rotate", "{}", {{code("three"), "{}"}}});
    ASSERT_EQ(refusal_of(second), Guard::kExists);
    EXPECT_THAT(second.error().message, HasSubstr("bulk run 1 of rotate, begun " + to_rfc3339(first.began) +
                                                  " by tester, is at work (2 waiting)"));
    EXPECT_THAT(second.error().hint, HasSubstr("zonectl rotate --give-up 1"));
  }
  EXPECT_EQ(refusal_of(resume_bulk_run(*store_, context_, "rotate")), Guard::kExists);
  EXPECT_EQ(refusal_of(give_up_bulk_run(*store_, context_, "rotate", first.id)), Guard::kExists);
  EXPECT_EQ(refusal_of(rotations_of_run(*store_, first.id)), Guard::kExists);
  EXPECT_TRUE(begin_bulk_run(*store_, context_, {"undo", "{}", {{code("three"), "{}"}}}));  // of another command
  EXPECT_EQ((*interrupted_bulk_run(*store_, "rotate"))->id, first.id);
}

TEST_F(BulkRuns, ASecondOneDoesNotGiveUpOneThatWaitsToBeResumed) {
  const std::int64_t first = begin({"one"}).id;
  const auto second = begin_bulk_run(*store_, context_, {"rotate", "{}", {{code("two"), "{}"}}});
  ASSERT_EQ(refusal_of(second), Guard::kExists);
  EXPECT_THAT(second.error().message, HasSubstr("waits to be resumed"));
  EXPECT_THAT(second.error().hint, HasSubstr("zonectl rotate --resume"));
  const auto resumed = resume_bulk_run(*store_, context_, "rotate");
  ASSERT_TRUE(resumed && *resumed);
  EXPECT_EQ((*resumed)->id, first);
  EXPECT_NE((*resumed)->lock, nullptr);
}

TEST_F(BulkRuns, AnInterruptedOneIsGivenUpByItsNumber) {
  const std::int64_t first = begin({"one"}).id;
  EXPECT_EQ(give_up_bulk_run(*store_, context_, "rotate", first + 1).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(give_up_bulk_run(*store_, context_, "add", first).error().code, ErrorCode::kNotFound);
  const std::size_t rows = audit_rows();
  const auto given_up = give_up_bulk_run(*store_, context_, "rotate", first);
  ASSERT_TRUE(given_up) << given_up.error().message;
  EXPECT_EQ(given_up->counts, "1 waiting");
  EXPECT_EQ(audit_rows(), rows + 1);
  EXPECT_FALSE(*interrupted_bulk_run(*store_, "rotate"));
  EXPECT_TRUE(begin_bulk_run(*store_, context_, {"rotate", "{}", {{code("two"), "{}"}}}));
}

TEST_F(BulkRuns, TheLockFollowsNoLinkAndOpensNothingElse) {
  const std::filesystem::path lock = dir() / "bulk.rotate.lock";
  const std::filesystem::path victim = temp_.path() / "victim";
  std::ofstream(victim) << "mail";
  std::filesystem::create_symlink(victim, lock);
  const BulkPlan plan{"rotate", "{}", {{code("one"), "{}"}}};
  EXPECT_EQ(begin_bulk_run(*store_, context_, plan).error().code, ErrorCode::kForeign);
  std::filesystem::remove(lock);
  std::filesystem::create_hard_link(victim, lock);
  EXPECT_EQ(begin_bulk_run(*store_, context_, plan).error().code, ErrorCode::kForeign);
  std::filesystem::remove(lock);
  std::filesystem::create_directory(lock);
  EXPECT_EQ(begin_bulk_run(*store_, context_, plan).error().code, ErrorCode::kForeign);
  std::filesystem::remove(lock);
  EXPECT_FALSE(*interrupted_bulk_run(*store_, "rotate"));
  const auto run = begin_bulk_run(*store_, context_, plan);
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(std::filesystem::status(lock).permissions(), std::filesystem::perms(0600));
}

TEST_F(BulkRuns, AMoveOfSigningIsUndoneOnlyIfItIsThatRuns) {
  for (const char* each : {"mosa", "louvre", "tate"}) {
    add(each);
  }
  clock_.advance(std::chrono::hours(1));
  std::int64_t first = 0;
  {
    const BulkRun run = begin({"mosa", "louvre"});
    first = run.id;
    ASSERT_TRUE(rotate(*store_, with(run.items[0].ticket), code("mosa")));
    ASSERT_TRUE(rotate(*store_, with(run.items[1].ticket), code("louvre")));
  }
  ASSERT_TRUE(rotate(*store_, context_, code("tate")));
  ASSERT_TRUE(undo(*store_, context_, code("louvre")));
  ASSERT_TRUE(rotate(*store_, context_, code("louvre")));  // forward again, by hand
  EXPECT_THAT(rotations_of_run(*store_, first).value(), ElementsAre(code("mosa"), code("louvre")));
  SwapOptions options;
  options.undoes.run = first;
  EXPECT_TRUE(undo(*store_, context_, code("mosa"), options));
  for (const char* each : {"louvre", "tate"}) {
    const auto refused = undo(*store_, context_, code(each), options);
    EXPECT_EQ(refusal_of(refused), Guard::kNothingToUndo) << each;
    EXPECT_THAT(refused.error().message, HasSubstr("not the rotation of bulk run 1"));
    EXPECT_EQ(show(each).active, dkim::SlotId::kSel2);
  }
  EXPECT_EQ(rotations_of_run(*store_, first + 7).error().code, ErrorCode::kNotFound);
}

TEST_F(BulkRuns, ACodeThatComesTwiceIsRefused) {
  const auto run = begin_bulk_run(*store_, context_, {"rotate", "{}", {{code("mosa")}, {code("mosa")}}});
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kInvalid);
}

TEST_F(BulkRuns, InADryRunNothingIsWritten) {
  ChangeContext dry = context_;
  dry.dry_run = true;
  ASSERT_TRUE(begin_bulk_run(*store_, dry, {"rotate", "{}", {{code("mosa")}}}));
  EXPECT_FALSE(*interrupted_bulk_run(*store_, "rotate"));
}

class Stock : public tests::StoreFixture {
 protected:
  std::size_t keys_in_vault() {
    Vault& vault = store_->impl().vault();
    return vault.list()->size();
  }
  void add_from_stock(const std::string& text) {
    ChangeContext context = overriding(Guard::kKeyType);
    AddOptions options;
    options.algorithm = crypto::Algorithm::kEd25519;
    const auto added = add_institution(*store_, context, code(text), options);
    ASSERT_TRUE(added) << added.error().message;
  }
};

TEST_F(Stock, KeysAreInTheVaultBeforeTheyArePublishedAndLeaveItIfNobodyTookThem) {
  {
    KeyStock stock(*store_, std::vector(10, crypto::Algorithm::kEd25519), context_);
    add_from_stock("mosa");
    EXPECT_GE(keys_in_vault(), 2U);
    EXPECT_TRUE(prove_signing_key(*store_, code("mosa"), dkim::SlotId::kSel1));
  }
  EXPECT_EQ(keys_in_vault(), 2U);
  clock_.advance(std::chrono::hours(1));
  ASSERT_TRUE(rotate(*store_, context_, code("mosa")));
  EXPECT_TRUE(prove_signing_key(*store_, code("mosa"), dkim::SlotId::kSel2));
  EXPECT_EQ(refusal_of(prove_signing_key(*store_, code("mosa"), dkim::SlotId::kSel1)), Guard::kExpect);
}

TEST_F(Stock, WhatARefusedChangeTookLeavesTheVaultToo) {
  add("mosa");
  KeyStock stock(*store_, std::vector(2, crypto::Algorithm::kEd25519), context_);
  EXPECT_EQ(refusal_of(add_institution(*store_, overriding(Guard::kKeyType), code("mosa"), {})), Guard::kExists);
  EXPECT_EQ(keys_in_vault(), 2U);
}

TEST_F(Stock, InADryRunNothingGoesIntoTheVault) {
  ChangeContext dry = overriding(Guard::kKeyType);
  dry.dry_run = true;
  KeyStock stock(*store_, std::vector(2, crypto::Algorithm::kEd25519), dry);
  AddOptions options;
  options.algorithm = crypto::Algorithm::kEd25519;
  ASSERT_TRUE(add_institution(*store_, dry, code("mosa"), options));
  EXPECT_EQ(keys_in_vault(), 0U);
}

}  // namespace
}  // namespace zonestore
