#include "zonestore/signer/directory.h"

#include <array>
#include <atomic>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temp_directory.h"
#include "zonestore/db/failure.h"

namespace zonestore::signer {
namespace {

using ::testing::ElementsAre;

class SignerDirectory : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return (temp_ / "keys").string(); }
  [[nodiscard]] std::string content(const std::string& file) const {
    std::ifstream stream(path() + "/" + file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  [[nodiscard]] mode_t mode(const std::string& file) const {
    struct stat facts {};
    EXPECT_EQ(::stat((path() + "/" + file).c_str(), &facts), 0) << file;
    return facts.st_mode & 07777U;
  }
  static Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

  tests::TempDirectory temp_;
};

TEST_F(SignerDirectory, IsMadeForItsGroupAndNobodyElse) {
  Directory::make(path());
  EXPECT_EQ(mode(""), 0750U);
  Directory directory(path(), Milliseconds(0));
  directory.write_new("keys/mosa/1.pem", bytes("key"));
  EXPECT_EQ(mode("keys/mosa"), 0750U);
  EXPECT_EQ(mode("keys/mosa/1.pem"), 0640U);
  EXPECT_EQ(content("keys/mosa/1.pem"), "key");
}

TEST_F(SignerDirectory, GivesNothingToAGroupThatMayNotReadIt) {
  Directory::make(path());
  ASSERT_EQ(::chmod(path().c_str(), 0700), 0);
  Directory directory(path(), Milliseconds(0));
  directory.write_new("keys/mosa/1.pem", bytes("key"));
  EXPECT_EQ(mode("keys/mosa"), 0700U);
  EXPECT_EQ(mode("keys/mosa/1.pem"), 0600U);
}

TEST_F(SignerDirectory, GivesFilesTheGroupOfTheDirectory) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "needs root, to give a directory away";
  }
  Directory::make(path());
  constexpr gid_t kSomeGroup = 65534;
  ASSERT_EQ(::chown(path().c_str(), static_cast<uid_t>(-1), kSomeGroup), 0);
  Directory directory(path(), Milliseconds(0));
  directory.write_new("keys/mosa/1.pem", bytes("key"));
  for (const char* const file : {"keys", "keys/mosa", "keys/mosa/1.pem"}) {
    struct stat facts {};
    ASSERT_EQ(::stat((path() + "/" + file).c_str(), &facts), 0);
    EXPECT_EQ(facts.st_gid, kSomeGroup) << file;
  }
}

TEST_F(SignerDirectory, IsLockedAgainstAnotherSync) {
  Directory::make(path());
  const Directory directory(path(), Milliseconds(0));
  try {
    const Directory other(path(), Milliseconds(30));
    ADD_FAILURE() << "two at once";
  } catch (const db::Failure& failure) {
    EXPECT_EQ(failure.error().code, ErrorCode::kBusy);
  }
}

TEST_F(SignerDirectory, LeavesAloneWhatIsTheSame) {
  Directory::make(path());
  Directory directory(path(), Milliseconds(0));
  directory.replace("table", "a\n");
  struct stat before {};
  ASSERT_EQ(::stat((path() + "/table").c_str(), &before), 0);
  directory.replace("table", "a\n");
  struct stat after {};
  ASSERT_EQ(::stat((path() + "/table").c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
}

TEST_F(SignerDirectory, LeavesNoDraftBehind) {
  Directory::make(path());
  Directory directory(path(), Milliseconds(0));
  directory.replace("table", "a\n");
  directory.replace_link("link", "table");
  EXPECT_THROW(directory.replace_link("table/link", "x"), db::Failure);
  directory.make_durable();
  EXPECT_THAT(directory.list("."), ElementsAre(".lock", "link", "table"));
  EXPECT_EQ(directory.read_link("link"), "table");
  EXPECT_EQ(directory.read_link("table"), "");
}

TEST_F(SignerDirectory, WhichIsMissingIsToldWithWhatToDo) {
  try {
    const Directory missing(path(), Milliseconds(0));
    ADD_FAILURE() << "opened";
  } catch (const db::Failure& failure) {
    EXPECT_EQ(failure.error().code, ErrorCode::kMissing);
    EXPECT_THAT(failure.error().hint, ::testing::HasSubstr("install -d"));
  }
}

// One that looks all the time sees a whole table, old or new, and never a link that leads nowhere.
TEST_F(SignerDirectory, IsNeverSeenHalfWritten) {
  Directory::make(path());
  Directory directory(path(), Milliseconds(0));
  const std::string large(100'000, 'x');
  const std::array<std::string, 2> states{"a" + large + "a", "b" + large + "b"};
  directory.write_new("0.pem", bytes("key 0"));
  directory.write_new("1.pem", bytes("key 1"));
  directory.replace("table", states[0]);
  directory.replace_link("sel1.pem", "0.pem");
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> looks{0};
  std::atomic<std::uint64_t> torn{0};
  std::thread reader([&] {
    while (!stop) {
      const std::string table = content("table");
      const std::string key = content("sel1.pem");
      torn += table == states[0] || table == states[1] ? 0 : 1;
      torn += key == "key 0" || key == "key 1" ? 0 : 1;
      ++looks;
    }
  });
  for (std::size_t i = 1; i <= 200 || looks < 20; ++i) {
    directory.replace("table", states.at(i % 2));
    directory.replace_link("sel1.pem", std::to_string(i % 2) + ".pem");
  }
  stop = true;
  reader.join();
  EXPECT_EQ(torn, 0U) << looks;
}

}  // namespace
}  // namespace zonestore::signer
