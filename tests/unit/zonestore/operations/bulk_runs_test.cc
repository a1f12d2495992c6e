#include "zonestore/operations/bulk_runs.h"

#include "tests/support/store_fixture.h"
#include "zonestore/operations/key_stock.h"
#include "zonestore/operations/store_impl.h"
#include "zonestore/vault/vault.h"

namespace zonestore {
namespace {

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
  begin({"one"});
  const BulkRun second = begin({"two"});
  EXPECT_EQ((*interrupted_bulk_run(*store_, "rotate"))->items.at(0).code, code("two"));
  EXPECT_FALSE(*interrupted_bulk_run(*store_, "add"));
  ASSERT_TRUE(end_bulk_run(*store_, context_, second.id));
  EXPECT_FALSE(*interrupted_bulk_run(*store_, "rotate"));
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
    options.algorithm = dkim::Algorithm::kEd25519;
    const auto added = add_institution(*store_, context, code(text), options);
    ASSERT_TRUE(added) << added.error().message;
  }
};

TEST_F(Stock, KeysAreInTheVaultBeforeTheyArePublishedAndLeaveItIfNobodyTookThem) {
  {
    KeyStock stock(*store_, std::vector(10, dkim::Algorithm::kEd25519), context_);
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
  KeyStock stock(*store_, std::vector(2, dkim::Algorithm::kEd25519), context_);
  EXPECT_EQ(refusal_of(add_institution(*store_, overriding(Guard::kKeyType), code("mosa"), {})), Guard::kExists);
  EXPECT_EQ(keys_in_vault(), 2U);
}

TEST_F(Stock, InADryRunNothingGoesIntoTheVault) {
  ChangeContext dry = overriding(Guard::kKeyType);
  dry.dry_run = true;
  KeyStock stock(*store_, std::vector(2, dkim::Algorithm::kEd25519), dry);
  AddOptions options;
  options.algorithm = dkim::Algorithm::kEd25519;
  ASSERT_TRUE(add_institution(*store_, dry, code("mosa"), options));
  EXPECT_EQ(keys_in_vault(), 0U);
}

}  // namespace
}  // namespace zonestore
