#include "zonestore/base/file_descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>

namespace zonestore {
namespace {

FileDescriptor open_null() {
  return FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}
bool is_open(int descriptor) {
  return ::fcntl(descriptor, F_GETFD) != -1;
}

TEST(FileDescriptor, IsClosedAtTheEndOfItsScope) {
  int number = -1;
  {
    const FileDescriptor descriptor = open_null();
    number = descriptor.get();
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(FileDescriptor, MovesWithoutBeingClosed) {
  FileDescriptor first = open_null();
  const int number = first.get();
  const FileDescriptor second(std::move(first));
  EXPECT_FALSE(first.is_open());  // NOLINT(bugprone-use-after-move): that it is empty is the promise
  EXPECT_EQ(second.get(), number);
  EXPECT_TRUE(is_open(number));
}

TEST(FileDescriptor, ClosesTheOldOneWhenAssigned) {
  FileDescriptor target = open_null();
  const int old = target.get();
  FileDescriptor source = open_null();
  const int fresh = source.get();
  target = std::move(source);
  EXPECT_FALSE(is_open(old));
  EXPECT_EQ(target.get(), fresh);
  EXPECT_TRUE(is_open(fresh));
}

TEST(FileDescriptor, ReleasesWithoutClosing) {
  FileDescriptor first = open_null();
  const FileDescriptor second(first.release());
  EXPECT_FALSE(first.is_open());
  EXPECT_TRUE(is_open(second.get()));
}

TEST(FileDescriptor, MayBeNone) {
  const FileDescriptor none;
  EXPECT_FALSE(none.is_open());
  EXPECT_FALSE(FileDescriptor(-1).is_open());
  EXPECT_TRUE(open_null().is_open());
}

}  // namespace
}  // namespace zonestore
