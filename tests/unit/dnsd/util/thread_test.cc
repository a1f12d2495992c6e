#include "dnsd/util/thread.h"

#include <array>
#include <new>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <pthread.h>

namespace dnsd::util {
namespace {

TEST(Thread, HasItsNameWhileItRuns) {
  std::array<char, 16> name{};
  start_thread(
      "watcher", [&name] { ::pthread_getname_np(::pthread_self(), name.data(), name.size()); },
      [](const char*, const char*) { FAIL(); })
      .join();
  EXPECT_STREQ(name.data(), "watcher");
}

TEST(Thread, TellsWhatCameOutOfItAndEnds) {
  std::string told;
  const OnFailure tell = [&told](const char* thread, const char* why) {
    told += std::string(thread) + ": " + why + "\n";
  };
  start_thread(
      "one", [] { throw std::runtime_error("no such disk"); }, tell)
      .join();
  start_thread(
      "two", [] { throw std::bad_alloc(); }, tell)
      .join();
  start_thread(
      "three", [] { throw 3; }, tell)
      .join();
  EXPECT_EQ(told, "one: no such disk\ntwo: out of memory\nthree: an exception of no known kind\n");
}

}  // namespace
}  // namespace dnsd::util
