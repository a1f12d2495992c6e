#include "zonestore/operations/backup/schema_backup.h"

#include <algorithm>
#include <utility>

#include "zonestore/db/backup.h"
#include "zonestore/db/schema.h"
#include "zonestore/operations/backup/backup_files.h"
#include "zonestore/operations/backup/backup_seal.h"
#include "zonestore/operations/change/store_impl.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kOldestVersion = 1;

// Not there yet.
fs::path free_name(const fs::path& dir, std::int64_t schema, WallTime now) {
  std::string time = to_rfc3339(now);
  std::erase(time, ':');
  const std::string wanted = (dir / ("before-schema-" + std::to_string(schema) + "-" + time)).string();
  fs::path name = wanted;
  for (int number = 2; fs::exists(name); ++number) {
    name = wanted + "-" + std::to_string(number);
  }
  return name;
}

// As it is, whatever its own schema: a newer one, older programs could not read. A vault that is missing is no reason
// to leave the public half as it is.
void copy_vault(const fs::path& dir, const fs::path& draft, std::int64_t newest) {
  const Result<void> copied = db::at_border<void>([&] {
    db::Connection vault = db::Connection::open(dir / "vault" / "vault.db", db::Access::kReadOnly);
    db::copy_to_new_file(vault, vault_file_of_backup(draft), kBackupFileMode);
  });
  if (!copied && copied.error().code == ErrorCode::kPermission) {
    throw db::Failure(Error{ErrorCode::kBusy,
                            dir.string() + " is to be brought to schema " + std::to_string(newest) +
                                ", before which a backup of it is kept, and its vault may not be read here",
                            "run as the store's owner, or wait for its timer: zonectl maintain", std::nullopt});
  }
  if (!copied && copied.error().code != ErrorCode::kMissing) {
    throw db::Failure(copied.error());
  }
}

// The key is asked of the store in memory, brought up there alone.
std::string seal(const fs::path& dir, const fs::path& draft, const Clock& clock, const VaultKeySources& key_sources) {
  const Result<void> sealed = db::at_border<void>([&] {
    Store store = db::unwrap(Store::open(dir, Store::Access::kDryRun, clock, key_sources));
    seal_backup(store, draft);
  });
  return sealed ? std::string() : sealed.error().message;
}

// The version of the store, with its zone.db and vault.db in the draft, both of one moment.
std::optional<SchemaBackup> copy_if_older(const fs::path& dir, const Clock& clock,
                                          std::optional<NewDirectory>& draft) {
  const fs::path file = zone_file_of(dir);
  db::check_file(file, db::zone_schema());
  db::Connection zone = db::Connection::open(file, db::Access::kReadOnly);
  db::check_version(zone, db::zone_schema(), kOldestVersion);
  const std::optional<std::int64_t> older = db::older_version(zone, db::zone_schema());
  if (!older) {
    return std::nullopt;
  }
  const std::int64_t newest = db::zone_schema().steps.back().version;
  const fs::path directory = free_name(dir, *older, clock.now().wall);
  draft.emplace(open_backup_place(directory));
  const db::Transaction reading(zone, db::Transaction::Kind::kRead);
  (void)zone.integer("SELECT count(*) FROM sqlite_schema");  // the first read takes the lock
  db::copy_to_new_file(zone, zone_file_of_backup(draft->draft()), kBackupFileMode);
  copy_vault(dir, draft->draft(), newest);
  return SchemaBackup{directory, *older, newest, {}};
}

}  // namespace

Result<std::optional<SchemaBackup>> back_up_older_schema(const fs::path& dir, const Clock& clock,
                                                         const VaultKeySources& key_sources) {
  return db::at_border<std::optional<SchemaBackup>>([&]() -> std::optional<SchemaBackup> {
    std::optional<NewDirectory> draft;
    std::optional<SchemaBackup> kept = copy_if_older(dir, clock, draft);
    if (kept) {
      kept->trouble = seal(dir, draft->draft(), clock, key_sources);
      draft->put_in_place();
    }
    return kept;
  });
}

}  // namespace zonestore
