#include "zonestore/operations/backup/restore.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zonestore/base/durable_file.h"
#include "zonestore/db/backup.h"
#include "zonestore/db/file_check.h"
#include "zonestore/db/lock_holders.h"
#include "zonestore/operations/backup/backup_files.h"
#include "zonestore/operations/backup/backup_seal.h"
#include "zonestore/operations/backup/restore_merge.h"
#include "zonestore/operations/backup/restore_serials.h"
#include "zonestore/operations/change/store_files.h"
#include "zonestore/operations/change/store_impl.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPrivateDirMode = 0700;
constexpr unsigned kPrivateMode = 0600;

[[noreturn]] void throw_error(ErrorCode code, std::string message, std::string hint) {
  throw db::Failure(Error{code, std::move(message), std::move(hint), std::nullopt});
}

void make_directory(const fs::path& directory) {
  if (const auto made = create_directory(directory, kPrivateDirMode); !made) {
    throw db::Failure(db::file_error("make", directory, made.error().value()));
  }
}

void move(const fs::path& from, const fs::path& to) {
  if (const auto moved = rename_durably(from, to); !moved) {
    throw db::Failure(db::file_error("move", from, moved.error().value()));
  }
}

// A directory for what is being made, gone when this is.
class Workshop {
 public:
  // In the store's directory, where there is room for a store; elsewhere for a dry run, which leaves no trace there.
  Workshop(const fs::path& dir, bool dry_run) {
    if (dry_run) {
      std::string name = (fs::temp_directory_path() / "zonestore-restore-XXXXXX").string();
      if (::mkdtemp(name.data()) == nullptr) {
        throw db::Failure(db::file_error("make", name, errno));
      }
      path_ = name;
      return;
    }
    std::error_code ignored;
    fs::remove_all(dir / ".restoring", ignored);  // of a restore that was killed
    path_ = dir / ".restoring";
    make_directory(path_);
  }
  ~Workshop() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  Workshop(Workshop&&) = delete;
  Workshop& operator=(Workshop&&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void check_is_there(const fs::path& backup) {
  std::error_code error;
  if (!fs::is_directory(backup, error)) {
    throw_error(ErrorCode::kMissing, "there is no backup " + backup.string(),
                "a backup is a directory that zonectl backup has made");
  }
}

// The store's directory; one that was made for nothing is taken away again.
class NewStoreDirectory {
 public:
  NewStoreDirectory(fs::path dir, bool dry_run)
      : dir_(std::move(dir)), made_(!dry_run && make_store_directory(dir_, std::nullopt)) {}
  ~NewStoreDirectory() {
    if (made_) {
      ::rmdir(dir_.c_str());  // fails if there is something in it
    }
  }
  NewStoreDirectory(const NewStoreDirectory&) = delete;
  NewStoreDirectory& operator=(const NewStoreDirectory&) = delete;
  NewStoreDirectory(NewStoreDirectory&&) = delete;
  NewStoreDirectory& operator=(NewStoreDirectory&&) = delete;

 private:
  fs::path dir_;
  bool made_;
};

// One restore at a time: the lock goes with the descriptor.
FileDescriptor lock_directory(const fs::path& dir) {
  FileDescriptor descriptor(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) {
    throw db::Failure(db::file_error("open", dir, errno));
  }
  if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    throw_error(ErrorCode::kBusy,
                "another restore into " + dir.string() + " is at work: " + db::who_holds(dir, db::LockKind::kWhole),
                "try again in a moment");
  }
  return descriptor;
}

class Restoration {
 public:
  Restoration(const fs::path& dir, const RestoreOptions& options, const ChangeContext& context, const Clock& clock,
              const VaultKeySources& key_sources)
      : dir_(dir), options_(options), context_(context), clock_(clock), key_sources_(key_sources) {}

  Restored run() {
    outcome_.dry_run = context_.dry_run;
    check_is_there(options_.backup);
    const NewStoreDirectory directory(dir_, context_.dry_run);
    if (!context_.dry_run) {
      lock_ = lock_directory(dir_);
    }
    open_live();
    const Workshop workshop(dir_, context_.dry_run);
    take_backup(workshop.path() / "backup");
    stage(workshop.path());
    ask_servers();
    if (context_.dry_run) {
      rehearse(workshop.path());
    } else {
      replace(workshop.path());
    }
    return std::move(outcome_);
  }

 private:
  // A store that can be read, or why there is none.
  void open_live() {
    Result<Store> opened =
        Store::open(dir_, context_.dry_run ? Store::Access::kDryRun : Store::Access::kWrite, clock_, key_sources_);
    if (opened) {
      const Result<void> sound = db::at_border<void>([&] { db::check_integrity(opened->impl().connection); });
      if (sound) {
        live_.emplace(std::move(*opened));
        outcome_.knew_live_store = true;
        return;
      }
      opened = tl::unexpected(sound.error());
    }
    switch (opened.error().code) {
      case ErrorCode::kMissing:
      case ErrorCode::kEmpty:
        break;
      case ErrorCode::kForeign:
      case ErrorCode::kDamaged:
        damage_ = opened.error().message;
        break;
      default:
        throw db::Failure(opened.error());
    }
    outcome_.warnings.push_back(
        (damage_ ? "the store that is there cannot be read (" + *damage_ + ")"
                 : "there is no store in " + dir_.string()) +
        ": which keys were revoked after the backup, and what was served, cannot be known; revoke again what was");
  }

  void check_same_store(const std::string& store_id) {
    if (live_ && live_->impl().store_id != store_id) {
      throw_error(ErrorCode::kForeign,
                  options_.backup.string() + " is a backup of another store than the one in " + dir_.string(),
                  "restore it into an empty directory: zonectl --store NEW restore " + options_.backup.string());
    }
  }

  // What is copied is what is looked at and what is restored: who may write the backup changes nothing any more.
  // Nothing of it is opened before it is known whose it is.
  void take_backup(const fs::path& copy) {
    copy_ = copy;
    make_directory(copy_);
    const std::optional<Seal> seal = read_seal(options_.backup);
    const std::vector<SealedFile> files = copy_backup(options_.backup, copy_);
    if (seal && !seal->store_id.empty()) {
      check_same_store(seal->store_id);
    }
    check_seal(judge_seal(seal, files, live_ ? &*live_ : nullptr, dir_, key_sources_));
    try {
      outcome_.backup = db::unwrap(read_backup(copy_));
      db::unwrap(check_vault_copy(vault_file_of_backup(copy_), options_.key_file, dir_, key_sources_));
    } catch (const db::Failure& failure) {
      throw db::Failure(of_the_original(failure.error()));
    }
    outcome_.backup.directory = options_.backup;
    check_same_store(outcome_.backup.store_id);
  }

  // Messages name the backup and not the copy, which is gone when they are read.
  Error of_the_original(Error error) const {
    const std::string copy = copy_.string();
    for (std::size_t at = error.message.find(copy); at != std::string::npos; at = error.message.find(copy, at + 1)) {
      error.message.replace(at, copy.size(), options_.backup.string());
    }
    return error;
  }

  void check_seal(const SealJudgement& judged) {
    outcome_.seal = judged.state;
    if (judged.state == SealState::kOurs) {
      return;
    }
    const std::string command = "zonectl restore " + options_.backup.string();
    if (judged.has_no_key && !options_.key_file) {
      throw_error(ErrorCode::kCrypto, options_.backup.string() + " cannot be opened: " + judged.why,
                  "put that key in its place (ZONESTORE_VAULT_KEY=FILE " + command +
                      "); one that came with the backup: " + command +
                      " --key-file FILE --override E_FOREIGN_BACKUP --reason TEXT");
    }
    if (!context_.override_guard || context_.override_guard->guard != Guard::kForeignBackup) {
      throw db::Failure(Error{
          ErrorCode::kRefused, options_.backup.string() + " is not known to be a backup of this store: " + judged.why,
          "if you know where it was all the time: " + command + " --override E_FOREIGN_BACKUP --reason TEXT",
          Refusal{Guard::kForeignBackup, std::nullopt}});
    }
    outcome_.warnings.push_back("this is not known to be a backup of this store: " + judged.why);
  }

  // The backup's zone.db, to be made into the one that will be.
  void stage(const fs::path& workshop) {
    move(zone_file_of_backup(copy_), zone_file_of(workshop));
    staged_.emplace(db::unwrap(Store::open(workshop, Store::Access::kWrite, clock_)));
    staged_->impl().connection.execute("PRAGMA synchronous=OFF");
    staged_->impl().has_vault = false;  // its private keys are still in the backup
  }

  // The dnsd that still serves what was there among them. Without an answer the restore goes on, and says so.
  void ask_servers() {
    if (context_.dry_run || !options_.ask) {
      return;
    }
    auto asked =
        options_.ask(servers_to_ask(staged_->impl().connection, live_ ? &live_->impl().connection : nullptr));
    if (asked) {
      outcome_.served = *std::move(asked);
    } else {
      outcome_.warnings.push_back("no server could be asked for its serials (" + asked.error().message +
                                  "): if one has a serial of lost history, `zonectl status` will show it as ahead");
    }
  }

  static HasPrivateHalf halves_in(Vault& vault) {
    return [&vault](const std::string& key_id, ByteView public_spki) {
      const Result<crypto::PrivateKey> key = vault.get(key_id);
      const Result<Bytes> spki = key ? key->public_spki() : tl::unexpected(key.error());
      return spki && std::equal(spki->begin(), spki->end(), public_spki.begin(), public_spki.end());
    };
  }

  // `vault`: the live store's.
  Merged merge_with_copy_in(const fs::path& workshop, Vault* vault) {
    if (!live_ || vault == nullptr) {
      return merge_live_store(*staged_, context_, std::nullopt, {}, outcome_);
    }
    const fs::path copy = workshop / "live.db";
    db::copy_to_new_file(live_->impl().connection, copy, kPrivateMode);
    return merge_live_store(*staged_, context_, copy, halves_in(*vault), outcome_);
  }

  // The safety copy is what is merged with, so that nobody waits for a second one.
  Merged merge_with_safety_copy(Vault& vault) {
    NewDirectory safety(open_backup_place(*outcome_.kept));
    copy_store(live_->impl().connection, &vault, safety.draft());
    seal_backup(*live_, safety.draft());
    Merged merged =
        merge_live_store(*staged_, context_, zone_file_of_backup(safety.draft()), halves_in(vault), outcome_);
    safety.put_in_place();
    return merged;
  }

  void rehearse(const fs::path& workshop) {
    name_safety_copy();
    const Merged merged = merge_with_copy_in(workshop, live_ ? &live_->impl().vault() : nullptr);
    const Result<VaultCopy> copy = read_vault_copy(vault_file_of_backup(copy_));
    std::set<std::string> present;
    if (live_) {
      for (const VaultEntry& entry : db::unwrap(live_->impl().vault().list())) {
        present.insert(entry.key_id);
      }
    }
    for (const std::string& id : db::unwrap(copy).key_ids) {
      outcome_.keys_added += !present.contains(id) && merged.used_keys.contains(id) ? 1U : 0U;
    }
  }

  void name_safety_copy() {
    if (damage_ || (live_ && options_.safety_copy)) {
      std::string time = to_rfc3339(clock_.now().wall);
      time.erase(std::remove(time.begin(), time.end(), ':'), time.end());
      const fs::path wanted = dir_ / ("before-restore-" + time);
      outcome_.kept = wanted;
      for (int number = 2; fs::exists(*outcome_.kept); ++number) {
        outcome_.kept = wanted.string() + "-" + std::to_string(number);
      }
    }
  }

  void replace(const fs::path& workshop) {
    name_safety_copy();
    const FileRights rights = rights_for_zone_file(dir_);
    if (damage_) {
      move_with_journal(zone_file_of(dir_), *outcome_.kept);
    }
    db::Connection& zone = live_ ? live_->impl().connection : open_new_zone_file(rights);
    const db::ExclusiveHold hold(zone);
    Vault& vault = open_vault();
    const Merged merged =
        live_ && options_.safety_copy ? merge_with_safety_copy(vault) : merge_with_copy_in(workshop, &vault);
    // First the private keys, of either store; then the public ones; then what nothing uses any more goes.
    outcome_.keys_added =
        db::unwrap(vault.add_from(vault_file_of_backup(copy_), options_.key_file, merged.used_keys)).added;
    db::copy_database(staged_->impl().connection, zone);
    destroy_unused(vault, merged.unused_keys);
  }

  void destroy_unused(Vault& vault, const std::set<std::string>& unused) {
    const Result<void> destroyed = vault.destroy({unused.begin(), unused.end()});
    if (!destroyed) {
      outcome_.warnings.push_back("private keys that nothing uses any more stay in the vault until maintain runs: " +
                                  destroyed.error().message);
    }
  }

  db::Connection& open_new_zone_file(const FileRights& rights) {
    new_zone_.emplace(open_new_zone_db(dir_, rights));
    if (std::optional<std::string> lost = lost_readers(dir_, rights)) {
      outcome_.warnings.push_back(std::move(*lost));
    }
    return *new_zone_;
  }

  // A vault that is missing or cannot be read is made anew; what was there is kept.
  Vault& open_vault() {
    if (live_) {
      const Result<void> opened = db::at_border<void>([&] { (void)live_->impl().vault(); });
      if (opened) {
        return *live_->impl().opened_vault;
      }
      keep_bad_vault(opened.error());
    } else {
      Result<Vault> opened = Vault::open(dir_, outcome_.backup.store_id, key_sources_);
      if (opened) {
        vault_.emplace(std::move(*opened));
        return *vault_;
      }
      keep_bad_vault(opened.error());
    }
    vault_.emplace(db::unwrap(Vault::create(dir_, outcome_.backup.store_id, clock_.now().wall, key_sources_)));
    return *vault_;
  }

  void keep_bad_vault(const Error& error) {
    if (error.code == ErrorCode::kMissing || error.code == ErrorCode::kEmpty) {
      return;
    }
    if (error.code != ErrorCode::kDamaged && error.code != ErrorCode::kForeign) {
      throw db::Failure(error);
    }
    const fs::path bad =
        dir_ / ("vault-before-restore-" + std::to_string(clock_.now().wall.time_since_epoch().count()));
    move_with_journal(dir_ / "vault" / "vault.db", bad);  // not the wrapping key, which may be the backup's too
    outcome_.warnings.push_back("the vault that was there cannot be used (" + error.message + "): it is now in " +
                                bad.string());
  }

  // Into a directory of that name, which only its owner may enter.
  static void move_with_journal(const fs::path& file, const fs::path& into) {
    make_directory(into);
    move(file, into / file.filename());
    std::error_code none;
    const fs::path journal = into / (file.filename().string() + "-journal");
    if (fs::exists(fs::symlink_status(file.string() + "-journal", none))) {
      move(file.string() + "-journal", journal);
    }
    for (const fs::path& moved : {into / file.filename(), journal}) {
      if (fs::is_regular_file(fs::symlink_status(moved, none))) {
        fs::permissions(moved, fs::perms::owner_read | fs::perms::owner_write, none);
      }
    }
  }

  const fs::path dir_;
  const RestoreOptions& options_;
  const ChangeContext& context_;
  const Clock& clock_;
  const VaultKeySources& key_sources_;
  Restored outcome_;
  FileDescriptor lock_;
  fs::path copy_;  // of the backup
  std::optional<Store> live_;
  std::optional<std::string> damage_;  // why the store that is there cannot be read
  std::optional<db::Connection> new_zone_;
  std::optional<Vault> vault_;
  std::optional<Store> staged_;
};

}  // namespace

Result<Restored> restore(const fs::path& dir, const RestoreOptions& options, const ChangeContext& context,
                         const Clock& clock, const VaultKeySources& key_sources) {
  return db::at_border<Restored>([&] { return Restoration(dir, options, context, clock, key_sources).run(); });
}

}  // namespace zonestore
