#include "zonestore/db/lock_holders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zonestore::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr LockedFile kFile{8, 2, 1234};

constexpr std::string_view kLocks =
    "1: POSIX  ADVISORY  READ  812 08:02:1234 1073741826 1073742335\n"
    "1: -> POSIX  ADVISORY  WRITE 900 08:02:1234 1073741825 1073741825\n"
    "2: POSIX  ADVISORY  WRITE 815 08:02:1234 1073741825 1073741825\n"
    "3: POSIX  ADVISORY  READ  815 08:02:1234 1073741826 1073742335\n"
    "4: POSIX  ADVISORY  WRITE 816 08:02:99 1073741825 1073741825\n"
    "5: FLOCK  ADVISORY  WRITE 817 08:02:1234 0 EOF\n"
    "6: POSIX  ADVISORY  WRITE 818 08:02:1234 0 EOF\n";

TEST(LockHolders, AreThoseOfTheFileWritersFirst) {
  EXPECT_THAT(holders_in(kLocks, kFile, LockKind::kDatabase),
              ElementsAre(LockHolder{815, true}, LockHolder{812, false}));
}

TEST(LockHolders, OfAWholeFileAreThoseOfFlock) {
  EXPECT_THAT(holders_in(kLocks, kFile, LockKind::kWhole), ElementsAre(LockHolder{817, true}));
}

TEST(LockHolders, AreNamedByInodeWhereTheFileSystemShowsAnotherDevice) {
  EXPECT_THAT(holders_in(kLocks, {0, 41, 1234}, LockKind::kDatabase),
              ElementsAre(LockHolder{815, true}, LockHolder{812, false}));
  EXPECT_THAT(holders_in(kLocks, {0, 41, 1234}, LockKind::kWhole), IsEmpty());
}

TEST(LockHolders, OfAnotherPidNamespaceHaveNoNumber) {
  EXPECT_THAT(
      holders_in("1: OFDLCK ADVISORY  READ -1 08:02:1234 1073741826 1073742335\n", kFile, LockKind::kDatabase),
      ElementsAre(LockHolder{-1, false}));
}

TEST(LockHolders, LinesOfAnotherFormAreLeftOut) {
  for (const std::string_view text :
       {"", "\n", "1:\n", "1: POSIX ADVISORY WRITE x 08:02:1234 0 EOF\n", "1: POSIX ADVISORY WRITE 1 1234 0 EOF\n",
        "1: LEASE ACTIVE READ 1 8:2:1234 0 EOF\n"}) {
    EXPECT_THAT(holders_in(text, kFile, LockKind::kDatabase), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace zonestore::db
