// What a sync writes, and what it makes whole.
#include <fstream>
#include <functional>
#include <map>

#include <sys/stat.h>

#include "tests/unit/zonestore/operations/signers/signers_fixture.h"
#include "tests/unit/zonestore/operations/words.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/signer/directory.h"

namespace zonestore {
namespace {

using namespace tests::words;  // NOLINT(google-build-using-namespace)
using signer::Format;

using Signers = tests::SignersFixture;

TEST_F(Signers, AreMadeWholeByASync) {
  enrol("a", Format::kOpendkim);
  std::filesystem::remove_all(temp_ / "a/keys/mosa");
  std::filesystem::remove(temp_ / "a/SigningTable");
  std::filesystem::create_directories(temp_ / "a/keys/stranger");
  std::ofstream(temp_ / "a/keys/stranger/0123456789abcdef.private") << "old";
  std::ofstream(temp_ / "a/notes") << "an operator's own";
  const auto synced = sync_signers(*store_, context_, "a", false);
  ASSERT_TRUE(synced) << synced.error().message;
  EXPECT_EQ(synced->results.front().keys_written, 2U);
  EXPECT_EQ(synced->results.front().keys_removed, 0U);
  EXPECT_THAT(content("a/SigningTable"), HasSubstr("mosamuseum.com"));
  EXPECT_TRUE(is_there("a/keys/stranger/0123456789abcdef.private")) << "nobody knows whose it is";
  EXPECT_TRUE(is_there("a/notes"));
}

// The files below a directory, each with the number that it got when it was last written.
std::map<std::string, ino_t> files_below(const std::filesystem::path& directory) {
  std::map<std::string, ino_t> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    struct stat facts {};
    if (::lstat(entry.path().c_str(), &facts) == 0 && !S_ISDIR(facts.st_mode)) {
      files.emplace(entry.path().lexically_relative(directory).string(), facts.st_ino);
    }
  }
  return files;
}

TEST_F(Signers, InFoldersWriteTheFilesOfWhatChangesAlone) {
  add("louvre");
  ASSERT_TRUE(add_domain(*store_, context_, code("louvre"), *Name::parse("louvre.fr")));
  for (const Format format : {Format::kRspamdFolders, Format::kEximFolders}) {
    enrol(std::string(signer::to_text(format)), format);
  }
  clock_.advance(hours(24 * 30));
  ASSERT_TRUE(maintain(*store_, context_));
  const auto written_by = [&](const std::function<void()>& change) {
    const std::map<std::string, ino_t> before = files_below(temp_ / "exim-folders");
    change();
    std::vector<std::string> written;
    for (const auto& [file, number] : files_below(temp_ / "exim-folders")) {
      const auto found = before.find(file);
      if (found == before.end() || found->second != number) {
        written.push_back(file);
      }
    }
    return written;
  };
  EXPECT_THAT(written_by([&] { ASSERT_TRUE(rotate(*store_, context_, code("mosa"))); }),
              ElementsAre("keys/mosa/active"));
  EXPECT_EQ(content("exim-folders/domains/mosamuseum.com/institution/active"), "stxsel2\n");
  EXPECT_EQ(content("rspamd-folders/domains/mosamuseum.com/institution/active"), "stxsel2\n");
  EXPECT_EQ(content("exim-folders/domains/louvre.fr/institution/active"), "stxsel1\n");
  EXPECT_THAT(written_by([&] { ASSERT_TRUE(add_domain(*store_, context_, code("mosa"), *Name::parse("mosa.org"))); }),
              ElementsAre("domains/mosa.org/.zonectl", "domains/mosa.org/institution", "keys/mosa/domains"));
}

TEST_F(Signers, InFoldersLeadADomainToWhomItBelongs) {
  add("louvre");
  enrol("a", Format::kEximFolders);
  const Name domain = *Name::parse("mosamuseum.com");
  ASSERT_TRUE(remove_domain(*store_, context_, code("mosa"), domain));
  EXPECT_FALSE(is_there("a/domains/mosamuseum.com"));
  EXPECT_FALSE(is_there("a/keys/mosa/domains"));
  ASSERT_TRUE(add_domain(*store_, context_, code("mosa"), domain));
  EXPECT_EQ(content("a/domains/mosamuseum.com/institution/domains"), "mosamuseum.com\n");
  // The sync of the first, by itself, leaves the link to that of the second.
  set_obedient(false);
  ASSERT_TRUE(remove_domain(*store_, context_, code("mosa"), domain));
  ASSERT_TRUE(add_domain(*store_, context_, code("louvre"), domain));
  set_obedient(true);
  ASSERT_TRUE(sync_signers(*store_, context_, "a", false));
  EXPECT_EQ(std::filesystem::read_symlink(temp_ / "a/domains/mosamuseum.com/institution"), "../../keys/louvre");
}

// A sync that died between the links and the list, and a folder that was left behind.
TEST_F(Signers, InFoldersLoseWhatNoDomainOfTheStoreIsCalled) {
  enrol("a", Format::kRspamdFolders);
  std::filesystem::copy(temp_ / "a/domains/mosamuseum.com", temp_ / "a/domains/gone.org",
                        std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks);
  ASSERT_TRUE(sync_signers(*store_, context_, "a", false));
  EXPECT_FALSE(is_there("a/domains/gone.org"));
  std::ofstream(temp_ / "a/keys/mosa/domains") << "gone.org\nmosamuseum.com\n";
  std::filesystem::copy(temp_ / "a/domains/mosamuseum.com", temp_ / "a/domains/gone.org",
                        std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks);
  ASSERT_TRUE(add_domain(*store_, context_, code("mosa"), *Name::parse("mosa.org")));
  EXPECT_FALSE(is_there("a/domains/gone.org")) << "its own list names it";
  ASSERT_TRUE(remove_signer(*store_, context_, "a", true));
  EXPECT_FALSE(is_there("a/domains"));
  EXPECT_FALSE(is_there("a/keys"));
}

TEST_F(Signers, LoseTheDraftsOfASyncThatWasKilled) {
  for (const Format format : signer::kFormats) {
    const std::string name(signer::to_text(format));
    enrol(name, format);
    const std::string key = name + "/" + signer::key_file(format, "mosa", key_id(SlotId::kSel1));
    std::vector<std::string> drafts{signer::path_in(signer::folder_of(key), ".new-") +
                                    key.substr(key.rfind('/') + 1)};
    if (const signer::Tables tables = signer::tables(format, folder(name), {}); tables.names) {
      drafts.push_back(name + "/.new-" + tables.names->path);
    }
    for (const std::string& draft : drafts) {
      std::ofstream(temp_ / draft) << "half";
      ASSERT_TRUE(is_there(draft));
    }
    ASSERT_TRUE(sync_signers(*store_, context_, name, false));
    for (const std::string& draft : drafts) {
      EXPECT_FALSE(is_there(draft)) << draft;
    }
    EXPECT_TRUE(is_there(name + "/.lock"));
  }
}

}  // namespace
}  // namespace zonestore
