#include "zonestore/db/failure.h"

#include <filesystem>
#include <memory>
#include <new>

#include <gtest/gtest.h>

namespace zonestore::db {
namespace {

TEST(Border, LetsAValueThrough) {
  EXPECT_EQ(at_border<int>([] { return 4; }), 4);
  EXPECT_EQ(at_border<int>([]() -> Result<int> { return 5; }), 5);
  EXPECT_EQ(**at_border<std::unique_ptr<int>>([] { return std::make_unique<int>(6); }), 6);
}

TEST(Border, LetsABodyWithoutAValueThrough) {
  bool ran = false;
  EXPECT_TRUE(at_border<void>([&] { ran = true; }));
  EXPECT_TRUE(ran);
}

TEST(Border, LetsAnErrorThrough) {
  const Result<int> result = at_border<int>([]() -> Result<int> { return fail(ErrorCode::kNotFound, "none"); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
}

TEST(Border, TurnsAFailureIntoItsError) {
  const Result<void> result = at_border<void>([] { throw Failure(Error{ErrorCode::kFull, "full", "make room"}); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kFull);
  EXPECT_EQ(result.error().message, "full");
  EXPECT_EQ(result.error().hint, "make room");
}

TEST(Border, LetsNothingElseOut) {
  const Result<void> memory = at_border<void>([] { throw std::bad_alloc(); });
  ASSERT_FALSE(memory);
  EXPECT_EQ(memory.error().code, ErrorCode::kIo);
  const Result<std::uintmax_t> size =
      at_border<std::uintmax_t>([] { return std::filesystem::file_size("/no/such/file"); });
  ASSERT_FALSE(size);
  EXPECT_EQ(size.error().code, ErrorCode::kIo);
  EXPECT_NE(size.error().message.find("/no/such/file"), std::string::npos);
}

TEST(Unwrap, GivesTheValueOrThrowsTheError) {
  EXPECT_EQ(unwrap(Result<int>(3)), 3);
  unwrap(Result<void>());
  try {
    unwrap(Result<int>(refuse(Guard::kExists, "there is one")));
    FAIL() << "threw nothing";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.error().refusal->guard, Guard::kExists);
    EXPECT_STREQ(failure.what(), "there is one");
  }
}

}  // namespace
}  // namespace zonestore::db
