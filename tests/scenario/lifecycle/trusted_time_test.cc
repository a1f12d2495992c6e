// Trusted time, by 1,000 histories of wrong clocks, reboots, machines and restores: nothing is early, nothing is
// blocked for good, and what is planted is found.
//
// DNSD_CLOCK_HISTORIES plays more of them.
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include "tests/scenario/lifecycle/clock_world.h"

namespace tests::lifecycle {
namespace {

constexpr int kEvents = 60;

std::uint64_t histories() {
  const char* text = std::getenv("DNSD_CLOCK_HISTORIES");
  return text == nullptr ? 1'000 : std::stoull(text);
}

// What is wrong with a history of that number; empty if nothing is.
std::string wrong_with(std::uint64_t number, Fault fault, std::map<std::string, int>& happened) {
  ClockWorld world(number, fault);
  std::string wrong = world.play(kEvents);
  if (wrong.empty()) {
    wrong = world.end_well();
  }
  for (const auto& [what, times] : world.happened()) {
    happened[what] += times;
  }
  return wrong;
}

TEST(TrustedTimeProperty, NothingIsEarlyAndNothingIsBlockedForGood) {
  std::map<std::string, int> happened;
  for (std::uint64_t number = 1; number <= histories(); ++number) {
    ASSERT_EQ(wrong_with(number, Fault::kNone, happened), "") << "history " << number;
  }
  for (const char* what :
       {"a month off for one command", "off for one command", "off until it is set right", "right again",
        "never synchronised", "synchronised a minute after the first command of a boot", "no boot id", "neither id",
        "a time namespace", "off for ten days", "machines take turns", "a backup on the other machine",
        "a backup over a live store", "two commands at once"}) {
    EXPECT_GT(happened[what], 50) << what << ": this run has shown nothing of it";
  }
}

// That the judge would notice: each fault makes something early.
void expect_found(Fault fault) {
  std::map<std::string, int> happened;
  for (std::uint64_t number = 1; number <= histories(); ++number) {
    const std::string wrong = wrong_with(number, fault, happened);
    if (wrong.starts_with("early")) {
      std::cout << "history " << number << ": " << wrong << '\n';
      return;
    }
  }
  ADD_FAILURE() << "nothing was early";
}

TEST(TrustedTimeProperty, AMomentThatIsReadBeforeTheWriteLockIsFound) {
  expect_found(Fault::kReadBeforeLock);
}

TEST(TrustedTimeProperty, AMomentThatIsStoredAndNotKeptIsFound) {
  expect_found(Fault::kStoredNotKept);
}

TEST(TrustedTimeProperty, ARestoreThatTakesTheBackupsLastMomentIsFound) {
  expect_found(Fault::kRestoreTakesBackupsLast);
}

TEST(TrustedTimeProperty, AnIdentityWithoutTheBootClocksShiftIsFound) {
  expect_found(Fault::kNoOffsetInIdentity);
}

}  // namespace
}  // namespace tests::lifecycle
