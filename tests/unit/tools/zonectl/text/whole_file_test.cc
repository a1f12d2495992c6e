#include "tools/zonectl/text/whole_file.h"

#include <atomic>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "tests/support/temp_directory.h"

namespace zonectl {
namespace {

namespace fs = std::filesystem;
using zonestore::ErrorCode;

constexpr FileKind kKind{"zone file", "$ORIGIN ", "--out"};

class WholeFileTest : public ::testing::Test {
 protected:
  WholeFileTest() {
    fs::create_directory(path("out"));
    fs::create_directory(path("store"));
    std::ofstream(path("store") / "zone.db") << "$ORIGIN ";  // as if it were of the kind
    fs::create_directory_symlink("store", path("link"));
  }
  [[nodiscard]] fs::path path(std::string_view name) const { return directory_.path() / name; }
  [[nodiscard]] std::ptrdiff_t files_of_store() const {
    return std::distance(fs::directory_iterator(path("store")), fs::directory_iterator());
  }
  void swap() const { ::renameat2(AT_FDCWD, path("out").c_str(), AT_FDCWD, path("link").c_str(), RENAME_EXCHANGE); }

  tests::TempDirectory directory_;
};

TEST_F(WholeFileTest, IsRefusedInAStoreAlsoByALinkToIt) {
  EXPECT_EQ(WholeFile::create(path("store") / "file", kKind).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(WholeFile::create(path("link") / "file", kKind).error().code, ErrorCode::kInvalid);
  fs::create_directory(path("store") / "below");
  EXPECT_EQ(WholeFile::create(path("link") / "below" / "file", kKind).error().code, ErrorCode::kInvalid);
}

TEST_F(WholeFileTest, GoesWhereItWasLookedAtThoughTheDirectoryIsALinkByThen) {
  auto file = WholeFile::create(path("out") / "zone.db", kKind);
  ASSERT_TRUE(file);
  swap();
  file->stream() << "$ORIGIN new";
  const auto done = file->commit();
  ASSERT_FALSE(done) << "it is not where it was asked for";
  EXPECT_EQ(done.error().code, ErrorCode::kIo);
  EXPECT_NE(done.error().message.find("it lies in " + path("link").string()), std::string::npos);
  EXPECT_EQ(fs::file_size(path("store") / "zone.db"), 8U);
  EXPECT_EQ(fs::file_size(path("link") / "zone.db"), 11U);
  EXPECT_EQ(files_of_store(), 1);
}

TEST_F(WholeFileTest, NeverLandsInTheStoreHoweverOftenTheDirectoryIsSwapped) {
  std::atomic<bool> is_over = false;
  std::thread swapper([&] {
    while (!is_over) {
      swap();
    }
  });
  for (int i = 0; i < 2000; ++i) {
    auto file = WholeFile::create(path("out") / "zone.db", kKind);
    if (file) {
      file->stream() << "$ORIGIN new";
      (void)file->commit();
    }
  }
  is_over = true;
  swapper.join();
  EXPECT_EQ(fs::file_size(path("store") / "zone.db"), 8U);
  EXPECT_EQ(files_of_store(), 1);
}

}  // namespace
}  // namespace zonectl
