#include "zonestore/base/durable_file.h"

#include <cerrno>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temp_directory.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;

Bytes bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

class DurableFile : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path path(std::string_view name) const { return directory_.path() / name; }
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(fs::directory_iterator(directory_.path()), fs::directory_iterator());
  }

  tests::TempDirectory directory_;
};

TEST_F(DurableFile, IsThereWhenItTakesItsPlaceAndNotBefore) {
  auto draft = DraftFile::create(path("file"), 0640);
  ASSERT_TRUE(draft && draft->write(bytes("one")) && draft->write(bytes("two")));
  EXPECT_FALSE(fs::exists(path("file")));
  ASSERT_TRUE(draft->replace());
  EXPECT_EQ(content(path("file")), "onetwo");
  EXPECT_EQ(files(), 1);
}

TEST_F(DurableFile, LeavesNothingIfItDoesNotTakeItsPlace) {
  {
    auto draft = DraftFile::create(path("file"), 0640);
    ASSERT_TRUE(draft && draft->write(bytes("half")));
  }
  EXPECT_EQ(files(), 0);
}

TEST_F(DurableFile, HasTheModeThatWasAskedForWhateverTheUmask) {
  const mode_t before = ::umask(0777);
  auto draft = DraftFile::create(path("file"), 0640);
  const bool placed = draft && draft->replace();
  const bool made = create_directory(path("directory"), 0750).has_value();
  ::umask(before);
  ASSERT_TRUE(placed && made);
  EXPECT_EQ(mode_of(path("file")), 0640U);
  EXPECT_EQ(mode_of(path("directory")), 0750U);
}

TEST_F(DurableFile, ReplacesALinkAndLeavesWhatItLeadsTo) {
  std::ofstream(path("vault")) << "precious";
  fs::create_symlink("vault", path("file"));
  auto draft = DraftFile::create(path("file"), 0600);
  ASSERT_TRUE(draft && draft->write(bytes("new")) && draft->replace());
  EXPECT_EQ(content(path("vault")), "precious");
  EXPECT_FALSE(fs::is_symlink(path("file")));
}

TEST_F(DurableFile, IsNotMadeThroughALinkOrOverAnything) {
  fs::create_symlink("nowhere", path("link"));
  std::ofstream(path("there")) << "precious";
  EXPECT_EQ(create_file(path("link"), 0600).error().value(), EEXIST);
  EXPECT_EQ(create_file(path("there"), 0600).error().value(), EEXIST);
  EXPECT_EQ(create_directory(path("there"), 0700).error().value(), EEXIST);
  EXPECT_FALSE(fs::exists(path("nowhere")));
  auto draft = DraftFile::create(path("there"), 0600);
  ASSERT_TRUE(draft);
  EXPECT_EQ(draft->put_beside_nothing().error().value(), EEXIST);
  EXPECT_EQ(content(path("there")), "precious");
}

TEST_F(DurableFile, StaysInTheDirectoryThatWasOpenedWhateverThePathLeadsToByThen) {
  fs::create_directory(path("ours"));
  fs::create_directory(path("store"));
  auto place = FilePlace::open(path("ours") / "file");
  ASSERT_TRUE(place && place->is_where_its_path_leads());
  fs::rename(path("ours"), path("moved"));
  fs::create_directory_symlink("store", path("ours"));
  auto draft = DraftFile::create(std::move(*place), 0600);
  ASSERT_TRUE(draft && draft->write(bytes("new")) && draft->replace());
  EXPECT_TRUE(fs::is_empty(path("store")));
  EXPECT_EQ(content(path("moved") / "file"), "new");
  EXPECT_FALSE(draft->place().is_where_its_path_leads());
  EXPECT_EQ(draft->place().real_directory(), fs::canonical(path("moved")));
}

TEST_F(DurableFile, APlaceHasANameInADirectoryThatIsThere) {
  EXPECT_EQ(FilePlace::open(path("nowhere") / "file").error().value(), ENOENT);
  EXPECT_EQ(FilePlace::open(directory_.path() / "").error().value(), EISDIR);
  EXPECT_EQ(FilePlace::open("..").error().value(), EISDIR);
  EXPECT_EQ(FilePlace::open("file")->name(), "file");
}

TEST_F(DurableFile, DraftsHaveNamesThatNobodyCanGuess) {
  EXPECT_NE(draft_name(path("file")), draft_name(path("file")));
  EXPECT_EQ(draft_name("file").string().size(), std::string_view("file.new-0123456789abcdef").size());
}

TEST_F(DurableFile, AFileWithoutANameIsSeenByNobody) {
  const auto file = unnamed_file(directory_.path());
  ASSERT_TRUE(file && write_all(*file, bytes("spooled")));
  EXPECT_EQ(files(), 0);
}

TEST_F(DurableFile, IsRenamedOverWhatIsThere) {
  std::ofstream(path("old")) << "old";
  std::ofstream(path("new")) << "new";
  ASSERT_TRUE(rename_durably(path("new"), path("old")));
  EXPECT_EQ(content(path("old")), "new");
  EXPECT_EQ(files(), 1);
  const auto again = rename_durably(path("new"), path("old"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().value(), ENOENT);
}

TEST_F(DurableFile, IsSyncedByNameButNotThroughALink) {
  const FileDescriptor opened(::open(directory_.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  ASSERT_TRUE(create_file_at(opened.get(), "file", 0600));
  EXPECT_TRUE(sync_file_at(opened.get(), "file"));
  fs::create_symlink("file", path("link"));
  EXPECT_EQ(sync_file_at(opened.get(), "link").error().value(), ELOOP);
}

}  // namespace
}  // namespace zonestore
