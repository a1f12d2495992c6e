#include "zonestore/operations/backup/backup_files.h"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "zonestore/base/durable_file.h"
#include "zonestore/db/backup.h"
#include "zonestore/db/file_check.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kDirectoryMode = 0700;
constexpr unsigned kFileMode = 0600;

[[noreturn]] void throw_file_error(std::string_view verb, const fs::path& path, int reason) {
  if (reason == EEXIST || reason == ENOTEMPTY) {
    throw db::Failure(Error{ErrorCode::kRefused,
                            path.string() + " is there already, and a backup is never overwritten",
                            "choose another name", Refusal{Guard::kExists, std::nullopt}});
  }
  throw db::Failure(db::file_error(verb, path, reason));
}

// Without a slash at its end, which would make its name empty.
fs::path named(const fs::path& directory) {
  const fs::path whole = fs::absolute(directory).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

void make_durable(const fs::path& directory) {
  if (const auto synced = sync_directory(directory); !synced) {
    throw_file_error("write", directory, synced.error().value());
  }
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
  db::copy_to_new_file(zone, zone_file_of_backup(directory), kFileMode);
  if (vault != nullptr) {
    db::unwrap(vault->copy_to(vault_file_of_backup(directory)));
  }
}

NewDirectory::NewDirectory(fs::path directory) : directory_(named(directory)), draft_(draft_name(directory_)) {
  struct stat status {};
  if (::lstat(directory_.c_str(), &status) == 0) {
    throw_file_error("make", directory_, EEXIST);
  }
  if (const auto made = create_directory(draft_, kDirectoryMode); !made) {
    throw_file_error("make", directory_, made.error().value());
  }
}

NewDirectory::~NewDirectory() {
  if (!draft_.empty()) {
    std::error_code ignored;
    fs::remove_all(draft_, ignored);
  }
}

void NewDirectory::put_in_place() {
  make_durable(draft_);
  if (::renameat2(AT_FDCWD, draft_.c_str(), AT_FDCWD, directory_.c_str(), RENAME_NOREPLACE) != 0) {
    throw_file_error("make", directory_, errno);
  }
  draft_.clear();
  make_durable(directory_.parent_path());
}

}  // namespace zonestore
