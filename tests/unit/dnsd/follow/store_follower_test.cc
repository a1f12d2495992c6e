#include "dnsd/follow/store_follower.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/dnsd/follow/two_zone_store.h"
#include "zonestore/zone/peer_rows.h"

namespace dnsd::follow {
namespace {

using Outcome = StoreFollower::Outcome;
using zonestore::ErrorCode;

class StoreFollowerTest : public TwoZoneStore {
 protected:
  [[nodiscard]] bool serves(const std::string& text) const {
    return TwoZoneStore::serves(*follower_.loaded().image, text);
  }
  // Looks, and expects the store to be unusable for this reason.
  void expect_unusable(ErrorCode code) {
    const auto seen = follower_.look();
    ASSERT_EQ(seen.outcome, Outcome::kUnusable);
    EXPECT_EQ(to_text(seen.error->code), to_text(code));
    EXPECT_FALSE(seen.error->message.empty());
  }

  StoreFollower follower_{directory_.path()};
};

TEST_F(StoreFollowerTest, LoadsAtTheFirstLook) {
  EXPECT_EQ(follower_.look().outcome, Outcome::kNew);
  EXPECT_EQ(follower_.loaded().head.zones.size(), 2U);
  EXPECT_TRUE(serves("first"));
  EXPECT_EQ(follower_.look().outcome, Outcome::kUnchanged);
}

TEST_F(StoreFollowerTest, FollowsACommitThroughTheJournal) {
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  commit("second");
  EXPECT_EQ(follower_.look().outcome, Outcome::kNew);
  EXPECT_FALSE(follower_.loaded().whole);
  EXPECT_TRUE(serves("second"));
  EXPECT_EQ(follower_.look().outcome, Outcome::kUnchanged);
}

TEST_F(StoreFollowerTest, TellsWhenTheWholeStoreIsReadAndOnlyThen) {
  std::vector<bool> told;
  follower_.tell_of_loading([&told](bool begins) { told.push_back(begins); });
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  EXPECT_THAT(told, testing::ElementsAre(true, false));
  told.clear();
  commit("second");
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  EXPECT_THAT(told, testing::IsEmpty()) << "the journal was enough";
  commit("third");
  forget_journal();
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  EXPECT_TRUE(follower_.loaded().whole);
  EXPECT_THAT(told, testing::ElementsAre(true, false));
}

TEST_F(StoreFollowerTest, SeesNothingNewInACommitThatPublishesNothing) {
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  commit_unpublished();
  EXPECT_EQ(follower_.look().outcome, Outcome::kUnchanged);
}

TEST_F(StoreFollowerTest, PeersAloneAreNewAndNoReasonToReadTheZones) {
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  EXPECT_TRUE(follower_.loaded().head.peers.empty());
  const auto image = follower_.loaded().image;
  commit_secondary("ns2");
  EXPECT_EQ(follower_.look().outcome, Outcome::kNew);
  ASSERT_EQ(follower_.loaded().head.peers.size(), 1U);
  EXPECT_EQ(follower_.loaded().head.peers.front().name, "ns2");
  EXPECT_EQ(follower_.loaded().image, image);
  EXPECT_EQ(follower_.loaded().record_sets_read, 0U);
  connection_.execute("UPDATE secondary SET ixfr = 0");
  EXPECT_EQ(follower_.look().outcome, Outcome::kNew);
  EXPECT_FALSE(follower_.loaded().head.peers.front().ixfr);
  EXPECT_EQ(follower_.look().outcome, Outcome::kUnchanged);
}

TEST_F(StoreFollowerTest, WhatASecondaryIsShownWithIsNoneOfItsBusiness) {
  commit_secondary("ns2");
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  connection_.execute("UPDATE secondary SET added_wall_ms = added_wall_ms + 1, anycast = 1");
  EXPECT_EQ(follower_.look().outcome, Outcome::kUnchanged);
}

TEST_F(StoreFollowerTest, FindsTheFirstPeersOfAStoreThatIsBroughtUpToDateMeanwhile) {
  const ::tests::TempDirectory elsewhere;
  zonestore::db::Schema before = zonestore::db::zone_schema();
  before.steps = before.steps.first(zonestore::kPeersSince - 1);
  connection_ = make_store(elsewhere.path(), before);
  put(dkim_, {zonestore::soa("dkim.example"), zonestore::ns("dkim.example")});
  put(spf_, {zonestore::soa("spf.example"), zonestore::ns("spf.example")});
  StoreFollower follower(elsewhere.path());
  ASSERT_EQ(follower.look().outcome, Outcome::kNew);
  EXPECT_TRUE(follower.loaded().head.peers.empty());
  zonestore::db::migrate(connection_, zonestore::db::zone_schema());
  EXPECT_EQ(follower.look().outcome, Outcome::kUnchanged);
  commit_secondary("ns2");
  EXPECT_EQ(follower.look().outcome, Outcome::kNew);
  EXPECT_EQ(follower.loaded().head.peers.size(), 1U);
}

TEST_F(StoreFollowerTest, IsBusyDuringACommitAndMissesNothingAfterwards) {
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  commit("second");
  connection_.execute("BEGIN EXCLUSIVE");
  EXPECT_EQ(follower_.look().outcome, Outcome::kBusy);
  EXPECT_TRUE(serves("first"));
  connection_.execute("ROLLBACK");
  EXPECT_EQ(follower_.look().outcome, Outcome::kNew);
  EXPECT_TRUE(serves("second"));
}

TEST_F(StoreFollowerTest, IsBusyAtTheFirstLookToo) {
  connection_.execute("BEGIN EXCLUSIVE");
  EXPECT_EQ(follower_.look().outcome, Outcome::kBusy);
  connection_.execute("ROLLBACK");
  EXPECT_EQ(follower_.look().outcome, Outcome::kNew);
}

TEST_F(StoreFollowerTest, KeepsItsImageWhileTheStoreIsMissing) {
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  move_away();
  expect_unusable(ErrorCode::kMissing);
  expect_unusable(ErrorCode::kMissing);
  EXPECT_TRUE(serves("first"));
  move_back();
  EXPECT_EQ(follower_.look().outcome, Outcome::kNew);
  EXPECT_TRUE(follower_.loaded().whole) << "after trouble everything is read";
}

TEST_F(StoreFollowerTest, SeesWhatWasCommittedWhileTheStoreWasMissing) {
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  move_away();
  expect_unusable(ErrorCode::kMissing);
  commit_while_away("second");
  move_back();
  EXPECT_EQ(follower_.look().outcome, Outcome::kNew);
  EXPECT_TRUE(serves("second"));
}

TEST_F(StoreFollowerTest, NoticesAnotherFileInTheStoresPlace) {
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  const auto copy = directory_.path() / "copy";
  std::filesystem::copy_file(file(), copy);
  commit("only in the old file");
  std::filesystem::rename(copy, file());
  EXPECT_EQ(follower_.look().outcome, Outcome::kNew);
  EXPECT_TRUE(serves("first"));
}

TEST_F(StoreFollowerTest, TellsEmptyFromForeignAndKeepsItsImage) {
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  move_away();
  std::ofstream(file()).flush();
  expect_unusable(ErrorCode::kEmpty);
  std::ofstream(file()) << std::string(8192, 'x');
  expect_unusable(ErrorCode::kForeign);
  EXPECT_TRUE(serves("first"));
  move_back();
  EXPECT_EQ(follower_.look().outcome, Outcome::kNew);
}

TEST_F(StoreFollowerTest, RefusesAStoreFromTheFuture) {
  connection_.execute("PRAGMA user_version = 4711");
  expect_unusable(ErrorCode::kFuture);
}

TEST_F(StoreFollowerTest, RefusesContentThatContradictsItselfAndTakesItWhenMended) {
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  connection_.execute("UPDATE zone SET record_set_count = record_set_count + 1, serial = serial + 1");
  expect_unusable(ErrorCode::kDamaged);
  EXPECT_TRUE(serves("first"));
  connection_.execute("UPDATE zone SET record_set_count = record_set_count - 1, serial = serial - 1");
  EXPECT_EQ(follower_.look().outcome, Outcome::kNew);
}

TEST_F(StoreFollowerTest, KeepsItsImageWhenAllZonesHaveGone) {
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  connection_.execute("PRAGMA foreign_keys=OFF; BEGIN; DELETE FROM record_set; DELETE FROM zone; COMMIT");
  expect_unusable(ErrorCode::kEmpty);
  expect_unusable(ErrorCode::kEmpty);
  EXPECT_TRUE(serves("first"));
  EXPECT_EQ(follower_.loaded().head.zones.size(), 2U);
}

TEST_F(StoreFollowerTest, APipeInThePlaceOfAJournalDoesNotHangIt) {
  ASSERT_EQ(follower_.look().outcome, Outcome::kNew);
  for (const char* const suffix : {"-journal", "-wal", "-shm"}) {
    const std::string pipe = file().string() + suffix;
    std::filesystem::remove(pipe);
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    expect_unusable(ErrorCode::kForeign);  // held, and then anew
    expect_unusable(ErrorCode::kForeign);
    EXPECT_TRUE(serves("first"));
    std::filesystem::remove(pipe);
    EXPECT_EQ(follower_.look().outcome, Outcome::kNew);
  }
}

}  // namespace
}  // namespace dnsd::follow
