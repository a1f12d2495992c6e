#include "zonestore/base/draft_directory.h"

#include <cerrno>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_directory.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;

class DraftDirectories : public ::testing::Test {
 protected:
  DraftDirectories() { fs::create_directory(parent()); }

  [[nodiscard]] fs::path parent() const { return directory_.path() / "parent"; }
  [[nodiscard]] fs::path wanted() const { return parent() / "backup"; }
  [[nodiscard]] DraftDirectory draft() const {
    auto made = DraftDirectory::create(FilePlace::open(wanted()).value(), 0700);
    EXPECT_TRUE(made);
    std::ofstream(made->path() / "file") << "content";
    return std::move(*made);
  }
  static std::ptrdiff_t entries(const fs::path& directory) {
    return std::distance(fs::directory_iterator(directory), fs::directory_iterator());
  }

  tests::TempDirectory directory_;
};

TEST_F(DraftDirectories, IsThereWithAllThatIsInItWhenItTakesItsPlace) {
  DraftDirectory made = draft();
  EXPECT_FALSE(fs::exists(wanted()));
  ASSERT_TRUE(made.put_beside_nothing());
  EXPECT_TRUE(fs::exists(wanted() / "file"));
  EXPECT_EQ(entries(parent()), 1);
  struct stat status {};
  ASSERT_EQ(::stat(wanted().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0700U);
}

TEST_F(DraftDirectories, GoesWithAllThatIsInItIfItDoesNot) {
  (void)draft();
  EXPECT_EQ(entries(parent()), 0);
}

TEST_F(DraftDirectories, LeavesWhatIsThereByNow) {
  {
    DraftDirectory made = draft();
    fs::create_directory(wanted());
    const auto placed = made.put_beside_nothing();
    ASSERT_FALSE(placed);
    EXPECT_EQ(placed.error().value(), EEXIST);
  }
  EXPECT_EQ(entries(parent()), 1);
  EXPECT_EQ(entries(wanted()), 0);
}

TEST_F(DraftDirectories, TakesNoPlaceIfItsPathLeadsElsewhereByThen) {
  const fs::path moved = directory_.path() / "moved";
  {
    DraftDirectory made = draft();
    fs::rename(parent(), moved);
    fs::create_directory(parent());
    const auto placed = made.put_beside_nothing();
    ASSERT_FALSE(placed);
    EXPECT_EQ(placed.error().value(), ESTALE);
    EXPECT_EQ(entries(moved), 1);
  }
  EXPECT_EQ(entries(moved), 0) << "it is cleaned up where it was made";
  EXPECT_EQ(entries(parent()), 0);
}

}  // namespace
}  // namespace zonestore
