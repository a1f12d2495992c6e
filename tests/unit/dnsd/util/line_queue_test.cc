#include "dnsd/util/line_queue.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <future>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dnsd/util/log.h"
#include "zonestore/base/file_descriptor.h"

namespace dnsd::util {
namespace {

using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr milliseconds kLong{60'000};

// A pipe that holds one page, and its reader.
class Pipe {
 public:
  Pipe() {
    (void)std::signal(SIGPIPE, SIG_IGN);  // as dnsd does
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    reading_.reset(ends[0]);
    writing_.reset(ends[1]);
    EXPECT_GE(::fcntl(writing(), F_SETPIPE_SZ, 4096), 0);
  }
  [[nodiscard]] int writing() const { return writing_.get(); }
  void close_reader() { reading_.reset(); }
  // From here on whoever writes waits.
  void fill() const {
    const std::string page(4095, '#');
    EXPECT_EQ(::write(writing(), (page + "\n").data(), 4096), 4096);
  }
  // Reads until the text so far ends with this.
  [[nodiscard]] std::string read_until(const std::string& end) const {
    return read_until([&end](const std::string& text) { return text.ends_with(end); });
  }
  [[nodiscard]] std::string read_until(const std::function<bool(const std::string&)>& is_all) const {
    std::string text;
    std::array<char, 4096> buffer{};
    while (!is_all(text)) {
      const ssize_t count = ::read(reading_.get(), buffer.data(), buffer.size());
      if (count <= 0) {
        return text + "(end)";
      }
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

 private:
  zonestore::FileDescriptor reading_;
  zonestore::FileDescriptor writing_;
};

std::string tell(std::uint64_t dropped) {
  return "missing " + std::to_string(dropped) + "!\n";
}

// The sum of the numbers that stand between the two words, whole lines alone.
std::uint64_t sum_of(const std::string& text, const std::string& before, const std::string& behind) {
  std::uint64_t sum = 0;
  for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at + 1)) {
    const std::size_t end = text.find(behind, at);
    sum += end == std::string::npos ? 0 : std::stoull(text.substr(at + before.size()));
  }
  return sum;
}

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

std::string line(int number) {
  return "line " + std::to_string(number) + "\n";
}

TEST(LineQueue, WritesAllInOrder) {
  const Pipe pipe;
  LineQueue lines(pipe.writing(), {}, tell);
  lines.append("before\n");
  lines.start();
  std::string expected = "before\n";
  std::future<std::string> read = std::async(std::launch::async, [&] { return pipe.read_until(line(199)); });
  for (int number = 0; number < 200; ++number) {
    lines.append(line(number));
    expected += line(number);
  }
  EXPECT_EQ(read.get(), expected);
  EXPECT_TRUE(lines.finish(kLong));
  EXPECT_EQ(lines.dropped(), 0U);
}

TEST(LineQueue, NobodyWaitsForAReaderThatStandsStillAndTheMissingAreToldOfWhereTheyAreMissing) {
  const Pipe pipe;
  pipe.fill();
  LineQueue lines(pipe.writing(), {100, 1U << 20U}, tell);
  lines.start();
  for (int number = 0; number < 10'000; ++number) {  // returns: else this test is a time-out
    lines.append(line(number));
  }
  EXPECT_GT(lines.dropped(), 0U);
  const std::string text = pipe.read_until(
      [&lines](const std::string& so_far) { return sum_of(so_far, "missing ", "!\n") == lines.dropped(); });
  EXPECT_THAT(text, HasSubstr(line(0)));
  EXPECT_EQ(count_of(text, "line ") + lines.dropped(), 10'000U) << "those that came and those that did not";
  lines.append("again\n");
  EXPECT_EQ(pipe.read_until("again\n"), "again\n");
}

TEST(LineQueue, BoundsItsBytesToo) {
  const Pipe pipe;
  LineQueue lines(pipe.writing(), {1000, 10'000}, tell);
  lines.start();
  for (int number = 0; number < 100; ++number) {
    lines.append(std::string(4999, '.') + "\n");
  }
  EXPECT_GE(lines.dropped(), 90U);
}

TEST(LineQueue, TheEndIsNotHeldUp) {
  const Pipe pipe;
  LineQueue lines(pipe.writing(), {}, tell);
  lines.start();
  for (int number = 0; number < 2000; ++number) {
    lines.append(line(number));
  }
  EXPECT_FALSE(lines.finish(milliseconds{50}));
  lines.append("too late\n");  // not written, and nobody waits
  EXPECT_GE(lines.dropped(), 1U);
}

TEST(LineQueue, TheLastLinesAreWrittenWhileTheReaderReads) {
  const Pipe pipe;
  LineQueue lines(pipe.writing(), {}, tell);
  lines.start();
  for (int number = 0; number < 200; ++number) {
    lines.append(line(number));
  }
  std::future<std::string> read = std::async(std::launch::async, [&] { return pipe.read_until(line(199)); });
  EXPECT_TRUE(lines.finish(kLong));
  EXPECT_THAT(read.get(), EndsWith(line(199)));
}

TEST(LineQueue, AReaderThatHasGoneIsNoFault) {
  Pipe pipe;
  LineQueue lines(pipe.writing(), {}, tell);
  lines.start();
  pipe.close_reader();
  for (int number = 0; number < 10; ++number) {
    lines.append(line(number));
  }
  EXPECT_TRUE(lines.finish(kLong));
  EXPECT_EQ(lines.dropped(), 10U);
}

TEST(LineQueue, NoDescriptorIsNoFault) {
  LineQueue lines(-1, {}, tell);
  lines.append("nowhere\n");
  lines.start();
  lines.append("nowhere\n");
  EXPECT_TRUE(lines.finish(kLong));
  EXPECT_EQ(lines.dropped(), 2U);
}

TEST(LineQueue, BeforeItsThreadIsThereAReaderThatStandsStillIsWaitedForOnce) {
  const Pipe pipe;
  LineQueue lines(pipe.writing(), {}, tell);
  const auto began = std::chrono::steady_clock::now();
  for (int number = 0; number < 10'000; ++number) {
    lines.append(line(number));
  }
  EXPECT_GT(lines.dropped(), 0U);
  EXPECT_LT(std::chrono::steady_clock::now() - began, kLong);
}

TEST(LineQueue, WritesToASocketToo) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const zonestore::FileDescriptor reading(ends[0]);
  const zonestore::FileDescriptor writing(ends[1]);
  LineQueue lines(writing.get(), {}, tell);
  lines.start();
  lines.append("one\n");
  EXPECT_TRUE(lines.finish(kLong));
  std::array<char, 16> buffer{};
  EXPECT_EQ(::read(reading.get(), buffer.data(), buffer.size()), 4);
}

TEST(Log, TellsHowManyLinesAreMissing) {
  const Pipe pipe;
  pipe.fill();
  Log log(LogLevel::kInfo, pipe.writing());
  log.start();
  for (int number = 0; number < 10'000; ++number) {
    log.info("one_of_many", {{"number", number}});
  }
  EXPECT_GT(log.dropped(), 0U);
  const std::string before = "level=warning event=log_lines_dropped lines=";
  EXPECT_THAT(pipe.read_until([&](const std::string& text) { return sum_of(text, before, "\n") == log.dropped(); }),
              HasSubstr("event=one_of_many number=0\n"));
}

}  // namespace
}  // namespace dnsd::util
