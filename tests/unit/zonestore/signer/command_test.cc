#include "zonestore/signer/command.h"

#include <chrono>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zonestore::signer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Milliseconds kLong{20'000};

TEST(SignerCommand, IsSplitAtSpacesWithoutAShell) {
  EXPECT_THAT(*command_words(" /bin/systemctl  reload rspamd;x "),
              ElementsAre("/bin/systemctl", "reload", "rspamd;x"));
  for (const char* const command : {"", "  ", "systemctl reload rspamd"}) {
    EXPECT_EQ(command_words(command).error().code, ErrorCode::kInvalid) << command;
  }
}

TEST(SignerCommand, AcknowledgesByItsExitStatusAlone) {
  EXPECT_TRUE(run_command({"/bin/true"}, kLong));
  const auto failed = run_command({"/bin/sh", "-c", "echo first; echo no such unit >&2; exit 3"}, kLong);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "/bin/sh ended with 3: no such unit");
  EXPECT_THAT(run_command({"/bin/sh", "-c", "kill -9 $$"}, kLong).error().message, HasSubstr("signal 9"));
  EXPECT_THAT(run_command({"/nonexistent"}, kLong).error().message, HasSubstr("No such file"));
}

TEST(SignerCommand, IsKilledWithAllThatItStartedWhenItsTimeIsOver) {
  const auto began = std::chrono::steady_clock::now();
  const auto killed = run_command({"/bin/sh", "-c", "sleep 60 & sleep 60"}, Milliseconds(200));
  ASSERT_FALSE(killed);
  EXPECT_THAT(killed.error().message, HasSubstr("200 ms"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
}

TEST(SignerCommand, IsGivenNothingOfOurEnvironment) {
  ASSERT_EQ(::setenv("ZONECTL_TEST_SECRET", "hush", 1), 0);
  const auto said = run_command({"/bin/sh", "-c", "env | grep -c SECRET; exit 1"}, kLong);
  EXPECT_EQ(said.error().message, "/bin/sh ended with 1: 0");
  ::unsetenv("ZONECTL_TEST_SECRET");
}

TEST(SignerCommand, MayPrintMuch) {
  const auto said =
      run_command({"/bin/sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' 'x'; echo; echo end; exit 1"}, kLong);
  EXPECT_EQ(said.error().message, "/bin/sh ended with 1: end");
}

}  // namespace
}  // namespace zonestore::signer
