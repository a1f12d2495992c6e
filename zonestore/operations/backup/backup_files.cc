#include "zonestore/operations/backup/backup_files.h"

#include <cerrno>
#include <type_traits>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "zonestore/db/backup.h"
#include "zonestore/db/file_check.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kDirectoryMode = 0700;

[[noreturn]] void throw_file_error(std::string_view verb, const fs::path& path, int reason) {
  if (reason == EEXIST || reason == ENOTEMPTY) {
    throw db::Failure(Error{ErrorCode::kRefused,
                            path.string() + " is there already, and a backup is never overwritten",
                            "choose another name", Refusal{Guard::kExists, std::nullopt}});
  }
  throw db::Failure(db::file_error(verb, path, reason));
}

// Without slashes at its end, which would make its name empty. A ".." behind a link is the kernel's to follow.
fs::path named(const fs::path& directory) {
  fs::path whole = fs::absolute(directory);
  while (!whole.has_filename() && whole.has_relative_path()) {
    whole = whole.parent_path();
  }
  return whole;
}

template <class T>
T done_with(SystemResult<T> result, const fs::path& directory) {
  if (!result) {
    throw_file_error("make", directory, result.error().value());
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*result);
  }
}

DraftDirectory draft_in(FilePlace place) {
  const fs::path directory = place.path();
  struct stat status {};
  if (::fstatat(place.directory(), place.name().c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
    throw_file_error("make", directory, EEXIST);
  }
  return done_with(DraftDirectory::create(std::move(place), kDirectoryMode), directory);
}

}  // namespace

fs::path zone_file_of_backup(const fs::path& backup) {
  return backup / "zone.db";
}
fs::path vault_file_of_backup(const fs::path& backup) {
  return backup / "vault.db";
}

void copy_store(db::Connection& zone, Vault* vault, const fs::path& directory) {
  // The first read takes the lock: from here on no change of zone.db is committed.
  const db::Transaction reading(zone, db::Transaction::Kind::kRead);
  (void)zone.integer("SELECT count(*) FROM store");
  db::copy_to_new_file(zone, zone_file_of_backup(directory), kBackupFileMode);
  if (vault != nullptr) {
    db::unwrap(vault->copy_to(vault_file_of_backup(directory)));
  }
}

FilePlace open_backup_place(const fs::path& directory) {
  return done_with(FilePlace::open(named(directory)), directory);
}

NewDirectory::NewDirectory(FilePlace place) : draft_(draft_in(std::move(place))) {}

void NewDirectory::put_in_place() {
  const auto placed = draft_.put_beside_nothing();
  if (!placed && placed.error().value() == ESTALE) {
    const fs::path& directory = draft_.place().path();
    throw db::Failure(Error{ErrorCode::kIo,
                            "the directory that " + directory.string() +
                                " was to lie in was moved while it was written: nothing was kept",
                            "name a place whose directories nobody else can rename", std::nullopt});
  }
  done_with(placed, draft_.place().path());
}

}  // namespace zonestore
