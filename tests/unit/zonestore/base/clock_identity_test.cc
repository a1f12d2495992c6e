#include "zonestore/base/clock_identity.h"

#include <gtest/gtest.h>

namespace zonestore {
namespace {

constexpr const char* kBootId = "6b2c1f0a-1111-2222-3333-444455556666\n";
constexpr const char* kMachineId = "0123456789abcdef0123456789abcdef\n";
constexpr const char* kNoOffsets = "monotonic           0         0\nboottime            0         0\n";

TEST(ClockIdentity, IsTheBootId) {
  const std::string identity = clock_identity({kBootId, kNoOffsets, kMachineId});
  EXPECT_EQ(identity, "6b2c1f0a-1111-2222-3333-444455556666");
  EXPECT_EQ(kind_of(identity), ClockIdentity::kBoot);
  EXPECT_EQ(clock_identity({kBootId, "", kMachineId}), identity) << "a kernel without time namespaces";
}

TEST(ClockIdentity, TellsTheBootClocksOfTimeNamespacesApart) {
  const std::string none = clock_identity({kBootId, kNoOffsets, kMachineId});
  const std::string ahead = clock_identity({kBootId, "monotonic 5 0\nboottime 864000 0\n", kMachineId});
  const std::string behind = clock_identity({kBootId, "monotonic 5 0\nboottime -864000 0\n", kMachineId});
  const std::string by_less = clock_identity({kBootId, "monotonic 5 0\nboottime 0 1000000\n", kMachineId});
  EXPECT_NE(ahead, none);
  EXPECT_NE(behind, none);
  EXPECT_NE(behind, ahead);
  EXPECT_NE(by_less, none);
  EXPECT_EQ(kind_of(ahead), ClockIdentity::kBoot);
  EXPECT_EQ(clock_identity({kBootId, "monotonic 77 0\nboottime 0 0\n", kMachineId}), none)
      << "the monotonic clock is not read";
}

TEST(ClockIdentity, IsTheMachinesWithoutABootId) {
  const std::string identity = clock_identity({std::nullopt, kNoOffsets, kMachineId});
  EXPECT_EQ(kind_of(identity), ClockIdentity::kMachine);
  EXPECT_NE(clock_identity({std::nullopt, "boottime 60 0\n", kMachineId}), identity);
}

TEST(ClockIdentity, IsUnknownWhereNothingCanBeRead) {
  EXPECT_EQ(clock_identity({std::nullopt, kNoOffsets, std::nullopt}), "");
  EXPECT_EQ(clock_identity({std::nullopt, kNoOffsets, "uninitialized\n"}), "");
  EXPECT_EQ(clock_identity({"\n", kNoOffsets, ""}), "");
  EXPECT_EQ(clock_identity({kBootId, std::nullopt, kMachineId}), "") << "a boot clock that may be shifted";
  EXPECT_EQ(clock_identity({kBootId, "nonsense", kMachineId}), "");
  EXPECT_EQ(kind_of(""), ClockIdentity::kUnknown);
}

TEST(ClockIdentity, IsTheSameOnThisMachineEachTime) {
  EXPECT_EQ(clock_identity(read_clock_files()), clock_identity(read_clock_files()));
}

}  // namespace
}  // namespace zonestore
