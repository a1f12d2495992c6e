#include "dnsd/util/unique_fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace dnsd::util {
namespace {

UniqueFd open_null() {
  return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}
bool is_open(int descriptor) {
  return ::fcntl(descriptor, F_GETFD) != -1;
}

TEST(UniqueFd, ClosesWhenItGoes) {
  int raw = -1;
  {
    const UniqueFd descriptor = open_null();
    raw = descriptor.get();
    ASSERT_TRUE(is_open(raw));
  }
  EXPECT_FALSE(is_open(raw));
}

TEST(UniqueFd, HasOneOwnerAfterAMove) {
  UniqueFd first = open_null();
  const int raw = first.get();
  UniqueFd second = std::move(first);
  EXPECT_FALSE(first.is_open());  // NOLINT(bugprone-use-after-move): that it is empty is the promise
  EXPECT_EQ(second.get(), raw);
  EXPECT_TRUE(is_open(raw));
}

TEST(UniqueFd, ClosesTheOldOneWhenAssigned) {
  UniqueFd target = open_null();
  const int old = target.get();
  UniqueFd source = open_null();
  const int fresh = source.get();
  target = std::move(source);
  EXPECT_FALSE(is_open(old));
  EXPECT_EQ(target.get(), fresh);
  EXPECT_TRUE(is_open(fresh));
}

TEST(UniqueFd, ReleasesWithoutClosing) {
  UniqueFd first = open_null();
  const UniqueFd second(first.release());
  EXPECT_FALSE(first.is_open());
  EXPECT_TRUE(is_open(second.get()));
}

}  // namespace
}  // namespace dnsd::util
