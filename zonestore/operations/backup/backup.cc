#include "zonestore/operations/backup/backup.h"

#include <system_error>

#include "zonestore/db/backup.h"
#include "zonestore/db/file_check.h"
#include "zonestore/db/schema.h"
#include "zonestore/operations/backup/backup_files.h"
#include "zonestore/operations/backup/backup_seal.h"
#include "zonestore/operations/change/store_impl.h"
#include "zonestore/rows/last_done_rows.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/zone/content_check.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kOldestVersion = 1;
constexpr std::string_view kTakeAnother = "take another backup";

[[noreturn]] void throw_no_backup(ErrorCode code, const fs::path& directory, const std::string& why) {
  throw db::Failure(Error{code, directory.string() + " is no backup that can be restored: " + why,
                          std::string(kTakeAnother), std::nullopt});
}

void check_there(const fs::path& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    throw db::Failure(Error{ErrorCode::kMissing, "there is no backup " + directory.string(),
                            "a backup is a directory that zonectl backup has made", std::nullopt});
  }
}

void read_zone_part(const fs::path& directory, const std::set<std::string>& private_keys, Backup& backup) {
  const fs::path file = zone_file_of_backup(directory);
  db::check_file(file, db::zone_schema());
  db::Connection zone = db::Connection::open(file, db::Access::kReadOnly);
  db::check_version(zone, db::zone_schema(), kOldestVersion);
  db::check_integrity(zone);
  db::Statement store = zone.prepare(
      "SELECT store_id, coalesce((SELECT at_ms FROM audit ORDER BY audit_id DESC LIMIT 1), made_ms) FROM store");
  if (!store.step()) {
    throw_no_backup(ErrorCode::kDamaged, directory, "zone.db has no store");
  }
  if (store.text(0) != backup.store_id) {
    throw_no_backup(ErrorCode::kForeign, directory, "zone.db and vault.db are of different stores");
  }
  backup.newest_change = rows::wall_column(store, 1);
  for (const PublishedZone& each : list_zones(zone)) {
    backup.zones.push_back({each.apex, each.serial, false});
  }
  if (const std::vector<std::string> faults = find_content_faults(zone); !faults.empty()) {
    throw_no_backup(ErrorCode::kDamaged, directory, faults.front());
  }
  db::Statement keys = zone.prepare("SELECT key_id FROM slot WHERE key_id IS NOT NULL");
  while (keys.step()) {
    if (!private_keys.contains(keys.text(0))) {
      throw_no_backup(ErrorCode::kDamaged, directory, "the private half of key " + keys.text(0) + " is not in it");
    }
  }
  backup.institutions =
      static_cast<std::size_t>(zone.integer("SELECT count(*) FROM institution WHERE phase <> 'departed'"));
}

Backup read_files(const fs::path& directory) {
  check_there(directory);
  const VaultCopy vault = db::unwrap(read_vault_copy(vault_file_of_backup(directory)));
  Backup backup;
  backup.directory = directory;
  backup.store_id = vault.store_id;
  backup.keys = vault.key_ids.size();
  backup.wrapping_key_id = vault.wrapping_key_id;
  read_zone_part(directory, vault.key_ids, backup);
  for (const fs::path& file : {zone_file_of_backup(directory), vault_file_of_backup(directory)}) {
    backup.size_bytes += fs::file_size(file);
  }
  return backup;
}

}  // namespace

std::string_view to_text(SealState state) {
  switch (state) {
    case SealState::kOurs:
      return "ours";
    case SealState::kNone:
      return "none";
    case SealState::kOtherKey:
      return "other-key";
    case SealState::kEarlierKey:
      return "earlier-key";
    case SealState::kBroken:
      return "broken";
  }
  return {};
}

namespace {

// For `status`. That it cannot be written does not matter here.
void keep_look(Store& store, const std::string& what, const std::string& fault) {
  const Result<void> ignored = db::at_border<void>([&] {
    db::Transaction writing(store.impl().connection, db::Transaction::Kind::kWrite);
    rows::write_last_done(store.impl().connection, {what, store.impl().clock->now().wall, "backup", fault});
    writing.commit();
  });
  (void)ignored;
}

// Before anything is copied, so that it is the store that is told of; the copy is looked at in its turn.
void check_content(Store& store) {
  std::vector<std::string> faults;
  {
    const db::Transaction reading(store.impl().connection, db::Transaction::Kind::kRead);
    faults = find_content_faults(store.impl().connection);
  }
  keep_look(store, "zones", faults.empty() ? "" : faults.front());
  if (!faults.empty()) {
    throw db::Failure(
        Error{ErrorCode::kDamaged, "no backup was made, because the store is not whole: " + faults.front(),
              "zonectl store verify tells all; an earlier backup puts it right: zonectl restore", std::nullopt});
  }
}

}  // namespace

Result<Backup> back_up(Store& store, const fs::path& directory) {
  return db::at_border<Backup>([&] {
    FilePlace place = open_backup_place(directory);
    if (std::optional<Error> inside = db::find_store_around(place)) {
      throw db::Failure(std::move(*inside));
    }
    check_content(store);
    NewDirectory draft(std::move(place));
    copy_store(store.impl().connection, &store.impl().vault(), draft.draft());
    seal_backup(store, draft.draft());
    Backup backup = read_files(draft.draft());
    keep_look(store, "file", "");
    draft.put_in_place();
    backup.directory = directory;
    return backup;
  });
}

Result<Backup> read_backup(const fs::path& directory) {
  return db::at_border<Backup>([&] { return read_files(directory); });
}

}  // namespace zonestore
