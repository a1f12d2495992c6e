#include "zonestore/signer/command.h"

#include <chrono>
#include <csignal>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zonestore::signer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Milliseconds kLong{20'000};
constexpr RunsAs kSomebody{1000, 1000};  // whoever runs the tests

TEST(SignerCommand, IsSplitAtSpacesWithoutAShell) {
  EXPECT_THAT(*command_words(" /bin/systemctl  reload rspamd;x "),
              ElementsAre("/bin/systemctl", "reload", "rspamd;x"));
  for (const char* const command : {"", "  ", "systemctl reload rspamd"}) {
    EXPECT_EQ(command_words(command).error().code, ErrorCode::kInvalid) << command;
  }
}

TEST(SignerCommand, AcknowledgesByItsExitStatusAlone) {
  EXPECT_TRUE(run_command({"/bin/true"}, kLong, kSomebody));
  const auto failed = run_command({"/bin/sh", "-c", "echo first; echo no such unit >&2; exit 3"}, kLong, kSomebody);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "/bin/sh ended with 3: no such unit");
  EXPECT_THAT(run_command({"/bin/sh", "-c", "kill -9 $$"}, kLong, kSomebody).error().message, HasSubstr("signal 9"));
  EXPECT_THAT(run_command({"/nonexistent"}, kLong, kSomebody).error().message, HasSubstr("No such file"));
}

TEST(SignerCommand, IsKilledWithAllThatItStartedWhenItsTimeIsOver) {
  const auto began = std::chrono::steady_clock::now();
  const auto killed = run_command({"/bin/sh", "-c", "sleep 60 & sleep 60"}, Milliseconds(200), kSomebody);
  ASSERT_FALSE(killed);
  EXPECT_THAT(killed.error().message, HasSubstr("200 ms"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
}

TEST(SignerCommand, IsGivenNothingOfOurEnvironment) {
  ASSERT_EQ(::setenv("ZONECTL_TEST_SECRET", "hush", 1), 0);
  const auto said = run_command({"/bin/sh", "-c", "env | grep -c SECRET; exit 1"}, kLong, kSomebody);
  EXPECT_EQ(said.error().message, "/bin/sh ended with 1: 0");
  ::unsetenv("ZONECTL_TEST_SECRET");
}

// Signals that the caller ignores or blocks, as the kernel counts them for the command.
TEST(SignerCommand, BeginsWithEverySignalAsANewProcessHasIt) {
  const auto pipe_before = std::signal(SIGPIPE, SIG_IGN);
  const auto child_before = std::signal(SIGUSR2, SIG_IGN);
  sigset_t blocked{};
  sigset_t before{};
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &blocked, &before), 0);
  // `read` and `case` are the shell's own, so that nothing but its own start has set them.
  const auto said = run_command({"/bin/sh", "-c",
                                 "while read -r name value; do case $name in SigBlk:|SigIgn:) printf '%s ' $value;; "
                                 "esac; done </proc/self/status; exit 1"},
                                kLong, kSomebody);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  (void)std::signal(SIGPIPE, pipe_before);
  (void)std::signal(SIGUSR2, child_before);
  // 32 and 33 are the C library's own, ignored by each posix_spawn and taken over by the library that starts there.
  EXPECT_THAT(said.error().message, ::testing::MatchesRegex("/bin/sh ended with 1: 0{16} 0{7}[01]80{7}|"
                                                            "/bin/sh ended with 1: 0{16} 0{16}"));
}

TEST(SignerCommand, RunsInTheRootDirectoryWhereverWeAre) {
  EXPECT_EQ(run_command({"/bin/sh", "-c", "pwd; exit 1"}, kLong, kSomebody).error().message,
            "/bin/sh ended with 1: /");
}

// The terminal of whoever called is the one way to make that person's shell run something.
TEST(SignerCommand, HasASessionOfItsOwnAndSoNoTerminalOfOurs) {
  const auto said = run_command(
      {"/bin/sh", "-c",
       "read -r pid name state parent group session rest </proc/self/stat; echo $((session - $$)); exit 1"},
      kLong, kSomebody);
  EXPECT_EQ(said.error().message, "/bin/sh ended with 1: 0");
}

TEST(SignerCommand, IsNeverRunAsRoot) {
  for (const RunsAs& root : {RunsAs{0, 0}, RunsAs{0, 1000}, RunsAs{1000, 0}}) {
    const auto refused = run_command({"/bin/true"}, kLong, root);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kPermission);
    EXPECT_THAT(refused.error().message, HasSubstr("root runs no signer's command, and has not run /bin/true"));
  }
}

TEST(SignerCommand, MayPrintMuch) {
  const auto said = run_command({"/bin/sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' 'x'; echo; echo end; exit 1"},
                                kLong, kSomebody);
  EXPECT_EQ(said.error().message, "/bin/sh ended with 1: end");
}

}  // namespace
}  // namespace zonestore::signer
