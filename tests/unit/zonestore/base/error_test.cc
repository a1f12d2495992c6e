#include "zonestore/base/error.h"

#include <set>

#include <gtest/gtest.h>

namespace zonestore {
namespace {

constexpr Guard kAllGuards[] = {Guard::kNoStandby, Guard::kNotRipe, Guard::kDraining,   Guard::kNothingToUndo,
                                Guard::kFrozen,    Guard::kExpect,  Guard::kExists,     Guard::kKeyMismatch,
                                Guard::kWeakKey,   Guard::kKeyType, Guard::kPolicyFloor};

TEST(Guard, HasAStableCode) {
  EXPECT_EQ(guard_code(Guard::kNoStandby), "E_NO_STANDBY");
  EXPECT_EQ(guard_code(Guard::kNotRipe), "E_NOT_RIPE");
  EXPECT_EQ(guard_code(Guard::kDraining), "E_DRAINING");
  EXPECT_EQ(guard_code(Guard::kNothingToUndo), "E_NOTHING_TO_UNDO");
  EXPECT_EQ(guard_code(Guard::kFrozen), "E_FROZEN");
  EXPECT_EQ(guard_code(Guard::kExpect), "E_EXPECT");
  EXPECT_EQ(guard_code(Guard::kExists), "E_EXISTS");
  EXPECT_EQ(guard_code(Guard::kKeyMismatch), "E_KEY_MISMATCH");
  EXPECT_EQ(guard_code(Guard::kWeakKey), "E_WEAK_KEY");
  EXPECT_EQ(guard_code(Guard::kKeyType), "E_KEY_TYPE");
  EXPECT_EQ(guard_code(Guard::kPolicyFloor), "E_POLICY_FLOOR");
}

TEST(Guard, IsFoundByItsCode) {
  for (const Guard guard : kAllGuards) {
    EXPECT_EQ(guard_from_code(guard_code(guard)), guard) << guard_code(guard);
  }
}

TEST(ErrorCode, HasTheWordThatScriptsKnow) {
  EXPECT_EQ(to_text(ErrorCode::kInvalid), "invalid");
  EXPECT_EQ(to_text(ErrorCode::kNotFound), "not-found");
  EXPECT_EQ(to_text(ErrorCode::kRefused), "refused");
  EXPECT_EQ(to_text(ErrorCode::kBusy), "busy");
  EXPECT_EQ(to_text(ErrorCode::kMissing), "store-missing");
  EXPECT_EQ(to_text(ErrorCode::kEmpty), "store-empty");
  EXPECT_EQ(to_text(ErrorCode::kForeign), "store-foreign");
  EXPECT_EQ(to_text(ErrorCode::kFuture), "store-from-the-future");
  EXPECT_EQ(to_text(ErrorCode::kDamaged), "damaged");
  EXPECT_EQ(to_text(ErrorCode::kHotJournal), "hot-journal");
  EXPECT_EQ(to_text(ErrorCode::kReadOnly), "read-only");
  EXPECT_EQ(to_text(ErrorCode::kFull), "disk-full");
  EXPECT_EQ(to_text(ErrorCode::kPermission), "permission");
  EXPECT_EQ(to_text(ErrorCode::kIo), "io");
  EXPECT_EQ(to_text(ErrorCode::kCrypto), "crypto");
  EXPECT_EQ(to_text(ErrorCode::kUnknown), "outcome-unknown");
}

TEST(Guard, IsNotFoundByAnythingElse) {
  for (const char* code : {"", "E_", "e_not_ripe", "E_NOT_RIPE ", "NOT_RIPE", "E_NOT_RIP", "kNotRipe"}) {
    EXPECT_EQ(guard_from_code(code), std::nullopt) << code;
  }
}

TEST(Guard, CannotBeOverriddenWhereMailOrHistoryWouldBreak) {
  const std::set<Guard> absolute{Guard::kKeyMismatch, Guard::kNoStandby,     Guard::kDraining,
                                 Guard::kExists,      Guard::kNothingToUndo, Guard::kExpect};
  for (const Guard guard : kAllGuards) {
    EXPECT_EQ(can_override(guard), absolute.count(guard) == 0) << guard_code(guard);
  }
}

TEST(Error, OfAFailureHasNoRefusal) {
  const Result<int> result = fail(ErrorCode::kBusy, "locked", "try again");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kBusy);
  EXPECT_EQ(result.error().message, "locked");
  EXPECT_EQ(result.error().hint, "try again");
  EXPECT_FALSE(result.error().refusal);
}

TEST(Error, OfARefusalNamesTheGuardAndWhenItClears) {
  const WallTime clears{Milliseconds{1234}};
  const Result<void> result = refuse(Guard::kNotRipe, "not yet", "wait", clears);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kRefused);
  ASSERT_TRUE(result.error().refusal);
  EXPECT_EQ(result.error().refusal->guard, Guard::kNotRipe);
  EXPECT_EQ(result.error().refusal->clears_at, clears);
}

TEST(Error, OfARefusalMayNeverClearByTime) {
  const Result<void> result = refuse(Guard::kExpect, "another slot is active");
  ASSERT_TRUE(result.error().refusal);
  EXPECT_EQ(result.error().refusal->clears_at, std::nullopt);
}

}  // namespace
}  // namespace zonestore
