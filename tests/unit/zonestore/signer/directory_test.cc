#include "zonestore/signer/directory.h"

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <optional>
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
  [[nodiscard]] Directory open(Unmarked unmarked = Unmarked::kIsForeign) const {
    return {path(), kOurs, unmarked, Milliseconds(0), kClock};
  }
  // In one go, as a test wants it.
  void put(const std::string& file, std::string_view text) const {
    Directory directory = open();
    directory.put(file, bytes(text));
    directory.commit();
  }
  void write_as_a_stranger(const std::string& file, std::string_view text) const {
    std::filesystem::create_directories(std::filesystem::path(path() + "/" + file).parent_path());
    std::ofstream(path() + "/" + file) << text;
  }
  template <class Body>
  static std::optional<Error> error_of(Body&& body) {
    try {
      body();
    } catch (const db::Failure& failure) {
      return failure.error();
    }
    return std::nullopt;
  }
  template <class Body>
  static void expect_foreign(Body&& body, const std::string& named) {
    const std::optional<Error> error = error_of(body);
    ASSERT_TRUE(error && error->refusal) << (error ? error->message : "nothing was refused");
    EXPECT_EQ(error->refusal->guard, Guard::kForeign);
    EXPECT_THAT(error->message, ::testing::HasSubstr(named));
  }

  inline static const SystemClock kClock;
  inline static const Identity kOurs{"0123456789abcdef0123456789abcdef", "opendkim-1"};

  tests::TempDirectory temp_;
};

TEST_F(SignerDirectory, IsMadeForItsGroupAndNobodyElse) {
  Directory::make(path());
  EXPECT_EQ(mode(""), 0750U);
  put("keys/mosa/1.pem", "key");
  EXPECT_EQ(mode("keys/mosa"), 0750U);
  EXPECT_EQ(mode("keys/mosa/1.pem"), 0640U);
  EXPECT_EQ(content("keys/mosa/1.pem"), "key");
}

TEST_F(SignerDirectory, GivesNothingToAGroupThatMayNotReadIt) {
  Directory::make(path());
  ASSERT_EQ(::chmod(path().c_str(), 0700), 0);
  put("keys/mosa/1.pem", "key");
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
  put("keys/mosa/1.pem", "key");
  for (const char* const file : {"keys", "keys/mosa", "keys/mosa/1.pem"}) {
    struct stat facts {};
    ASSERT_EQ(::stat((path() + "/" + file).c_str(), &facts), 0);
    EXPECT_EQ(facts.st_gid, kSomeGroup) << file;
  }
}

TEST_F(SignerDirectory, IsLockedAgainstAnotherSync) {
  Directory::make(path());
  const Directory directory = open();
  const auto error =
      error_of([&] { const Directory other(path(), kOurs, Unmarked::kIsForeign, Milliseconds(30), kClock); });
  ASSERT_TRUE(error) << "two at once";
  EXPECT_EQ(error->code, ErrorCode::kBusy);
}

// What works in slices does not keep others waiting for its end: who came while a slice was at work is next.
TEST_F(SignerDirectory, LetsWhoWaitsHaveItsTurnBetweenTwoSlices) {
  Directory::make(path());
  std::atomic<bool> had_it{false};
  std::atomic<int> slices_before{0};
  std::atomic<int> slices{0};
  std::optional<Directory> slice(open());
  std::thread waiting([&] {
    const Directory mine(path(), kOurs, Unmarked::kIsForeign, std::chrono::minutes(1), kClock);
    slices_before = slices.load();
    had_it = true;
  });
  std::this_thread::sleep_for(Milliseconds(100));  // it waits by now, or has all the more slices to get in between
  while (!had_it && slices < 1'000'000) {
    slice.reset();
    slice.emplace(path(), kOurs, Unmarked::kIsForeign, std::chrono::minutes(1), kClock);
    ++slices;
  }
  slice.reset();
  waiting.join();
  EXPECT_LE(slices_before, 2);
}

TEST_F(SignerDirectory, LeavesAloneWhatIsTheSame) {
  Directory::make(path());
  put("table", "a\n");
  struct stat before {};
  ASSERT_EQ(::stat((path() + "/table").c_str(), &before), 0);
  put("table", "a\n");
  struct stat after {};
  ASSERT_EQ(::stat((path() + "/table").c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
}

TEST_F(SignerDirectory, LeavesNoDraftBehind) {
  Directory::make(path());
  Directory directory = open();
  directory.put("table", bytes("a\n"));
  directory.put_link("link", "table");
  directory.commit();
  expect_foreign([&] { directory.put_link("table/link", "x"); }, "table");
  EXPECT_THAT(directory.list("."), ElementsAre(".lock", ".zonectl", "link", "table"));
  EXPECT_EQ(directory.read_link("link"), "table");
  EXPECT_EQ(directory.read_link("table"), "");
}

TEST_F(SignerDirectory, WhichIsMissingIsToldWithWhatToDo) {
  const auto error = error_of([&] { const Directory missing = open(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::kMissing);
  EXPECT_THAT(error->hint, ::testing::HasSubstr("install -d"));
}

TEST_F(SignerDirectory, ThatHoldsAnythingOfOthersIsForeignAndIsLeftAsItWas) {
  Directory::make(path());
  write_as_a_stranger("KeyTable", "theirs");
  expect_foreign([&] { const Directory directory = open(); }, "KeyTable");
  EXPECT_FALSE(std::filesystem::exists(path() + "/.lock"));
  EXPECT_FALSE(std::filesystem::exists(path() + "/.zonectl"));
  EXPECT_EQ(content("KeyTable"), "theirs");
}

TEST_F(SignerDirectory, OfAnotherSignerOrAnotherStoreIsForeign) {
  Directory::make(path());
  put("table", "a\n");
  expect_foreign(
      [&] {
        const Directory other(path(), {kOurs.store_id, "b"}, Unmarked::kIsOurs, Milliseconds(0), kClock);
      },
      "the files of signer opendkim-1");
  expect_foreign(
      [&] {
        const Directory other(path(), {"f", kOurs.signer}, Unmarked::kIsOurs, Milliseconds(0), kClock);
      },
      "of another store");
}

TEST_F(SignerDirectory, OverwritesNothingThatItDidNotWrite) {
  Directory::make(path());
  put("keys/mosa/1.pem", "key");
  write_as_a_stranger("SigningTable", "theirs");
  write_as_a_stranger("keys/mosa/stxsel1.pem", "theirs");
  write_as_a_stranger("keys/other/notes", "theirs");
  Directory directory = open();
  expect_foreign([&] { directory.put("SigningTable", bytes("ours")); }, "SigningTable");
  expect_foreign([&] { directory.put_link("keys/mosa/stxsel1.pem", "1.pem"); }, "keys/mosa/stxsel1.pem");
  expect_foreign([&] { directory.put("keys/other/1.pem", bytes("ours")); }, "notes");
  directory.remove("SigningTable");
  directory.remove("keys/mosa/stxsel1.pem");
  directory.remove_folder_if_empty("keys/other");
  directory.commit();
  EXPECT_EQ(content("SigningTable"), "theirs");
  EXPECT_EQ(content("keys/mosa/stxsel1.pem"), "theirs");
  EXPECT_EQ(content("keys/other/notes"), "theirs");
  EXPECT_THAT(directory.strangers("."), ElementsAre("SigningTable"));
  EXPECT_THAT(directory.strangers("keys"), ElementsAre("other"));
  EXPECT_THAT(directory.strangers("keys/mosa"), ElementsAre("stxsel1.pem"));
}

TEST_F(SignerDirectory, RemovesWhatItWroteAndEmptyFoldersWithIt) {
  Directory::make(path());
  put("keys/mosa/1.pem", "key");
  Directory directory = open();
  directory.remove("keys/mosa/1.pem");
  directory.remove_folder_if_empty("keys/mosa");
  directory.commit();
  EXPECT_THAT(directory.list("keys"), ElementsAre(".zonectl"));
}

// The manifest is there before the file: whatever the kill left, the next sync may write and remove what is ours.
TEST_F(SignerDirectory, ThatWasLeftHalfWrittenIsStillOurs) {
  Directory::make(path());
  put("keys/mosa/1.pem", "key");
  std::filesystem::remove(path() + "/keys/mosa/1.pem");
  write_as_a_stranger("keys/mosa/.new-1.pem", "ha");
  write_as_a_stranger("keys/mosa/.new-2.pem", "theirs");  // of no name of ours
  write_as_a_stranger("keys/mosa/.new-.zonectl", "# What");
  std::filesystem::create_directory(path() + "/keys/half");
  write_as_a_stranger("keys/half/.new-.zonectl", "# What");
  {
    Directory directory = open();
    directory.remove_drafts("keys/mosa");
    directory.put("keys/mosa/1.pem", bytes("key"));
    directory.put("keys/half/1.pem", bytes("key"));
    directory.commit();
  }
  EXPECT_EQ(content("keys/mosa/1.pem"), "key");
  EXPECT_EQ(content("keys/half/1.pem"), "key");
  EXPECT_EQ(content("keys/mosa/.new-2.pem"), "theirs");
  EXPECT_FALSE(std::filesystem::exists(path() + "/keys/mosa/.new-1.pem"));
  EXPECT_FALSE(std::filesystem::exists(path() + "/keys/mosa/.new-.zonectl"));
}

TEST_F(SignerDirectory, OfBeforeThereWereManifestsIsTakenOverByName) {
  Directory::make(path());
  write_as_a_stranger("KeyTable", "ours");
  write_as_a_stranger("notes", "theirs");
  write_as_a_stranger("keys/mosa/1.pem", "ours");
  write_as_a_stranger("keys/mosa/.new-0123abcd", "ours");
  write_as_a_stranger("keys/mosa/notes", "theirs");
  write_as_a_stranger("keys/strange/1.pem", "theirs");
  {
    Directory directory = open(Unmarked::kIsOurs);
    directory.adopt(".", {"KeyTable", "SigningTable"});
    directory.adopt("keys", {});
    directory.adopt("keys/mosa", {"1.pem", "2.pem"});
    directory.adopt("keys/strange", {"3.pem"});
    directory.commit();
  }
  Directory directory = open();  // it has its manifests now
  EXPECT_TRUE(directory.owns("KeyTable"));
  EXPECT_THAT(directory.owned("keys/mosa"), ElementsAre(".new-0123abcd", "1.pem"));
  EXPECT_THAT(directory.owned("keys/strange"), ::testing::IsEmpty());
  EXPECT_THAT(directory.strangers("."), ElementsAre("notes"));
  EXPECT_THAT(directory.strangers("keys"), ElementsAre("strange"));
  directory.remove_drafts("keys/mosa");
  EXPECT_FALSE(std::filesystem::exists(path() + "/keys/mosa/.new-0123abcd"));
}

TEST_F(SignerDirectory, TellsHowAFileDiffersByContentModeAndKind) {
  Directory::make(path());
  put("1.pem", "key");
  const std::string file = path() + "/1.pem";
  const DirectoryView view(path());
  const auto what = [&] { return view.difference("1.pem", bytes("key")).value_or(Difference{"nothing", false}); };
  EXPECT_EQ(what().what, "nothing");
  std::ofstream(file) << "";
  EXPECT_EQ(what().what, "has another content than it should");
  std::ofstream(file) << "kex";
  EXPECT_EQ(what().what, "has another content than it should");
  std::ofstream(file) << "key";
  ASSERT_EQ(::chmod(file.c_str(), 0666), 0);
  EXPECT_THAT(what().what, ::testing::HasSubstr("mode 0666: everybody may read it"));
  EXPECT_TRUE(what().exposed);
  ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
  EXPECT_EQ(what().what, "has mode 0600, not 0640");
  std::filesystem::remove(file);
  EXPECT_EQ(what().what, "is missing");
  std::filesystem::create_symlink("/etc/passwd", file);
  EXPECT_EQ(what().what, "is no file");
}

TEST_F(SignerDirectory, MakesGoodAFileThatDiffers) {
  Directory::make(path());
  put("1.pem", "key");
  for (const bool by_mode : {true, false}) {
    if (by_mode) {
      ASSERT_EQ(::chmod((path() + "/1.pem").c_str(), 0666), 0);
    } else {
      std::filesystem::remove(path() + "/1.pem");
      std::filesystem::create_symlink("/etc/passwd", path() + "/1.pem");
    }
    put("1.pem", "key");
    EXPECT_FALSE(DirectoryView(path()).difference("1.pem", bytes("key"))) << by_mode;
  }
}

// Whoever may write there could else have us write and remove where we, and not they, may.
TEST_F(SignerDirectory, FollowsNoSymbolicLink) {
  Directory::make(path());
  put("keys/mosa/1.pem", "key");
  const std::filesystem::path elsewhere = temp_ / "elsewhere";
  std::filesystem::rename(path() + "/keys/mosa", elsewhere);
  std::filesystem::create_symlink(elsewhere, path() + "/keys/mosa");
  Directory directory = open();
  expect_foreign([&] { directory.put("keys/mosa/2.pem", bytes("key")); }, "keys/mosa");
  expect_foreign([&] { directory.remove("keys/mosa/1.pem"); }, "keys/mosa");
  expect_foreign([&] { (void)directory.list("keys/mosa"); }, "keys/mosa");
  directory.commit();
  EXPECT_FALSE(std::filesystem::exists(elsewhere / "2.pem"));
  EXPECT_TRUE(std::filesystem::exists(elsewhere / "1.pem"));
}

// One that looks all the time sees a whole table, old or new, and never a link that leads nowhere.
TEST_F(SignerDirectory, IsNeverSeenHalfWritten) {
  Directory::make(path());
  Directory directory = open();
  const std::string large(100'000, 'x');
  const std::array<std::string, 2> states{"a" + large + "a", "b" + large + "b"};
  directory.put("0.pem", bytes("key 0"));
  directory.put("1.pem", bytes("key 1"));
  directory.put("table", bytes(states[0]));
  directory.commit();
  directory.put_link("sel1.pem", "0.pem");
  directory.commit();
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
    directory.put("table", bytes(states.at(i % 2)));
    directory.put_link("sel1.pem", std::to_string(i % 2) + ".pem");
    directory.commit();
  }
  stop = true;
  reader.join();
  EXPECT_EQ(torn, 0U) << looks;
}

}  // namespace
}  // namespace zonestore::signer
