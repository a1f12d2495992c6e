// Who may read a store's files: the owner, and by their group one who serves them (dnsd).
//
//   DIR              0750    zone.db and its journal are the only files that the group may read
//   DIR/zone.db      0640
//   DIR/zone.db-journal      as zone.db: SQLite makes it so
//   DIR/vault        0700
//
// Whatever the umask. All belong to the group of DIR, as far as who makes them may give them to it.
// Errors: db::Failure is thrown, but by what returns a Result.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "zonestore/db/connection.h"

namespace zonestore {

// Makes it if it is missing: true. One that is empty and this user's gets the mode too; `group`: and any gets that.
bool make_store_directory(const std::filesystem::path& dir, std::optional<gid_t> group);

// Before init, of a place where there is no store: makes the directory, or takes the one that is there, for the
// readers of that group. Errors: kInvalid (no such group), kPermission.
[[nodiscard]] Result<void> make_directory_for_readers(const std::filesystem::path& dir, const std::string& group);

struct FileRights {
  mode_t mode = 0640;
  std::optional<gid_t> group = std::nullopt;  // the directory's, if not set
};
// Those of the zone.db that is there, so that who could read it can read what takes its place; else the usual ones.
[[nodiscard]] FileRights rights_for_zone_file(const std::filesystem::path& dir);
// Makes it if it is missing.
[[nodiscard]] db::Connection open_new_zone_db(const std::filesystem::path& dir, const FileRights& rights = {});
// Why the readers of before cannot read it, if it could not be given to their group.
[[nodiscard]] std::optional<std::string> lost_readers(const std::filesystem::path& dir, const FileRights& rights);
// The journal, once there is one, too.
void give_journal_to_group(const std::filesystem::path& dir);

// Stores made before were open to every local user (0755, 0644), because dnsd was in no group of theirs. They are
// closed where the user dnsd is in their group, and each dnsd that runs was started with it; else it is said what is
// missing, and they stay as they are: dnsd must not lose its store.
struct ModesReport {
  std::vector<std::string> mended;  // one line each; in a dry run, what would be
  std::vector<std::string> advice;
};
[[nodiscard]] Result<ModesReport> mend_modes(const std::filesystem::path& dir, bool dry_run);

}  // namespace zonestore
