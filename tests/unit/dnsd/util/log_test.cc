#include "dnsd/util/log.h"

#include <array>
#include <cstdlib>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dnsd::util {
namespace {

TEST(LogLine, JoinsTheEventAndItsFields) {
  EXPECT_EQ(log_line("listening", {{"address", "127.0.0.1:5300"}, {"workers", 2}}),
            "event=listening address=127.0.0.1:5300 workers=2");
  EXPECT_EQ(log_line("ready", {}), "event=ready");
}

TEST(LogLine, QuotesAValueThatWouldNotStandAlone) {
  EXPECT_EQ(log_line("e", {{"k", "two words"}}), R"(event=e k="two words")");
  EXPECT_EQ(log_line("e", {{"k", ""}}), R"(event=e k="")");
  EXPECT_EQ(log_line("e", {{"k", "a=b"}}), R"(event=e k="a=b")");
}

TEST(LogLine, EscapesWhatWouldBreakTheLine) {
  EXPECT_EQ(log_line("e", {{"k", "say \"hi\" \\"}}), R"(event=e k="say \"hi\" \\")");
  EXPECT_EQ(log_line("e", {{"k", "one\nlevel=error"}}), R"(event=e k="one\nlevel=error")");
  EXPECT_EQ(log_line("e", {{"k", std::string("\0\x1b\x7f", 3)}}), R"(event=e k="\x00\x1b\x7f")");
}

TEST(LogLine, EscapesWhatIsNoCharacterToBeSeen) {
  EXPECT_EQ(log_line("e", {{"k",
                            "a\x9b"
                            "2J"}}),
            R"(event=e k="a\x9b2J")");
  EXPECT_EQ(log_line("e", {{"k",
                            "a\xc2\x9b"
                            "2J"}}),
            R"(event=e k="a\xc2\x9b2J")");
  EXPECT_EQ(log_line("e", {{"k", "caf\xe9"}}), R"(event=e k="caf\xe9")");
}

TEST(LogLine, LeavesUtf8AsItIs) {
  EXPECT_EQ(log_line("e", {{"k", "musée"}}), "event=e k=musée");
}

TEST(Log, WritesTimeLevelAndLineInUtc) {
  std::ostringstream out;
  const Log log(LogLevel::kInfo, std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
  log.warning("watch_failed", {{"directory", "/tmp"}});
  EXPECT_THAT(out.str(), ::testing::MatchesRegex("time=[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9]+Z "
                                                 "level=warning event=watch_failed directory=/tmp\n"));
}

// What a log writes to a pipe of which the environment says that the journal reads it, or reads another.
std::string written_beside_journal(bool is_ours) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  struct stat status {};
  EXPECT_EQ(::fstat(pipe[1], &status), 0);
  const std::string stream =
      std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino + (is_ours ? 0U : 1U));
  ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
  {
    const Log log(LogLevel::kInfo, pipe[1]);
    log.info("one");
    log.warning("two");
    log.error("three");
  }
  ::unsetenv("JOURNAL_STREAM");
  std::array<char, 4096> text{};
  const auto count = ::read(pipe[0], text.data(), text.size());
  ::close(pipe[0]);
  ::close(pipe[1]);
  return {text.data(), static_cast<std::size_t>(count)};
}

TEST(Log, TellsTheJournalPrioritiesAndLeavesItTheTime) {
  EXPECT_EQ(written_beside_journal(true),
            "<6>level=info event=one\n<4>level=warning event=two\n<3>level=error event=three\n");
  EXPECT_THAT(written_beside_journal(false), ::testing::StartsWith("time="));
}

TEST(Log, KeepsQuietBelowItsLevel) {
  std::ostringstream out;
  const Log log(LogLevel::kWarning, std::make_shared<spdlog::sinks::ostream_sink_mt>(out));
  log.info("quiet");
  log.debug("quiet");
  EXPECT_EQ(out.str(), "");
  log.error("loud");
  EXPECT_THAT(out.str(), ::testing::HasSubstr("level=error event=loud"));
}

TEST(LogLevel, ReadsItsOwnNamesOnly) {
  for (const char* const name : {"debug", "info", "warning", "error"}) {
    const auto level = parse_log_level(name);
    ASSERT_TRUE(level) << name;
    EXPECT_EQ(to_text(*level), name);
  }
  for (const char* const name : {"", "INFO", "warn", "trace"}) {
    const auto level = parse_log_level(name);
    ASSERT_FALSE(level) << name;
    EXPECT_THAT(level.error(), ::testing::HasSubstr("debug, info, warning or error"));
  }
}

}  // namespace
}  // namespace dnsd::util
