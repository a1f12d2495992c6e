// The files of backups. For the sources of this folder only. Errors: db::Failure is thrown.
#pragma once

#include <filesystem>

#include <sys/types.h>

#include "zonestore/base/draft_directory.h"
#include "zonestore/base/file_place.h"
#include "zonestore/db/connection.h"
#include "zonestore/vault/vault.h"

namespace zonestore {

inline constexpr mode_t kBackupFileMode = 0600;

[[nodiscard]] std::filesystem::path zone_file_of_backup(const std::filesystem::path& backup);
[[nodiscard]] std::filesystem::path vault_file_of_backup(const std::filesystem::path& backup);

// Copies both into a directory that is there. `vault` may be missing.
void copy_store(db::Connection& zone, Vault* vault, const std::filesystem::path& directory);

// Where a backup is to lie, opened.
[[nodiscard]] FilePlace open_backup_place(const std::filesystem::path& directory);

// A directory (0700) that is filled under another name beside its own, and goes with all that is in it unless it is
// put in place.
class NewDirectory {
 public:
  explicit NewDirectory(FilePlace place);  // throws kRefused/kExists if the name is taken

  [[nodiscard]] const std::filesystem::path& draft() const { return draft_.path(); }
  void put_in_place();  // durable when it returns; throws kRefused/kExists if the name is taken by now

 private:
  DraftDirectory draft_;
};

}  // namespace zonestore
