#include "zonestore/operations/signer_sync.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "zonestore/signer/command.h"
#include "zonestore/signer/directory.h"

namespace zonestore {
namespace {

constexpr Milliseconds kPurgeWait{30'000};

std::string path_of(const std::string& folder, const std::string& name) {
  std::string path = folder;
  return path.append("/").append(name);
}

// One attempt at one signer, from the lock on its directory to the acknowledgement.
class Sync {
 public:
  // Takes the directory's lock.
  Sync(Store& store, const publish::SignerRow& signer, SyncScope scope, Milliseconds time_limit, SyncResult& result)
      : store_(store.impl()),
        signer_(signer),
        scope_(scope),
        time_limit_(time_limit),
        result_(result),
        directory_(signer.directory, time_limit) {
    read();
  }

  // New files, then the pointer, then the command; only then what is old goes.
  void run() {
    if (scope_ == SyncScope::kTasks && tasks_.empty()) {
      return;
    }
    write_keys();
    point();
    if (!signer_.command.empty()) {
      db::unwrap(signer::run_command(db::unwrap(signer::command_words(signer_.command)), time_limit_));
    }
    clear();
    result_.institutions = touched_.size();
  }

  // As if there were no institution.
  void purge() {
    all_.clear();
    touched_.clear();
    clear_strangers();
    const signer::Tables tables = signer::tables(signer_.format, signer_.directory, all_);
    for (const std::optional<signer::TextFile>& table : {tables.names, tables.pointer}) {
      if (table) {
        directory_.remove(table->path);
      }
    }
    directory_.remove_folder_if_empty("keys");
    directory_.remove(".lock");
    directory_.make_durable();
  }

  // The tasks that this attempt has fulfilled.
  [[nodiscard]] std::vector<publish::SignerTask> fulfilled() const {
    std::vector<publish::SignerTask> done;
    std::copy_if(tasks_.begin(), tasks_.end(), std::back_inserter(done),
                 [&](const publish::SignerTask& task) { return !broken_.contains(task.code); });
    return done;
  }
  [[nodiscard]] const std::map<std::string, std::string>& broken() const { return broken_; }

 private:
  // Under the directory's lock, so that nobody puts an older state over this one.
  void read() {
    const db::Transaction reading(store_.connection, db::Transaction::Kind::kRead);
    tasks_ = publish::read_tasks(store_.connection, signer_.id);
    if (scope_ == SyncScope::kTasks && tasks_.empty()) {
      return;
    }
    all_ = publish::read_signings(store_.connection);
    if (scope_ == SyncScope::kWhole) {
      touched_ = all_;
      return;
    }
    auto at = all_.begin();
    for (const publish::SignerTask& task : tasks_) {  // both by code
      at = std::lower_bound(at, all_.end(), task.code, [](const signer::Signing& signing, const std::string& code) {
        return signing.code < code;
      });
      if (at != all_.end() && at->code == task.code) {
        touched_.push_back(*at);
      } else {
        signer::Signing departed;
        departed.code = task.code;
        touched_.push_back(std::move(departed));
      }
    }
  }

  void write_keys() {
    for (const signer::Signing& signing : touched_) {
      for (const signer::HeldKey& key : signing.keys) {
        const std::string file = signer::key_file(signer_.format, signing.code, key.key_id);
        if (directory_.has_file(file)) {
          continue;
        }
        const Result<dkim::PrivateKey> stored = store_.vault().get(key.key_id);
        if (!stored) {
          broken_.emplace(signing.code, stored.error().message);
          continue;
        }
        directory_.write_new(file, db::unwrap(stored->pem()).view());
        ++result_.keys_written;
      }
    }
    directory_.make_durable();
  }

  void point() {
    const signer::Tables tables = signer::tables(signer_.format, signer_.directory, all_);
    for (const signer::Signing& signing : touched_) {
      link_slots(signing, [&](const signer::HeldKey& key, const signer::Link& link) {
        return key.slot == signing.active || directory_.read_link(link.path).empty();
      });
    }
    if (tables.names) {
      directory_.replace(tables.names->path,
                         signer::merged_lines(directory_.read(tables.names->path), tables.names->text));
    }
    directory_.make_durable();
    if (tables.pointer) {
      directory_.replace(tables.pointer->path, tables.pointer->text);
    }
    for (const signer::Signing& signing : touched_) {
      point_own(signing);
    }
    directory_.make_durable();
  }

  void point_own(const signer::Signing& signing) {
    const std::optional<signer::OwnPointer> pointer = signer::own_pointer(signer_.format, signing);
    if (!pointer) {
      return;
    }
    if (pointer->text.empty()) {
      directory_.remove(pointer->path);
    } else {
      directory_.replace(pointer->path, pointer->text);
    }
  }

  template <class Wanted>
  void link_slots(const signer::Signing& signing, Wanted&& wanted) {
    for (const signer::HeldKey& key : signing.keys) {
      const std::optional<signer::Link> link = signer::slot_link(signer_.format, signing.code, key);
      if (link && directory_.has_file(signer::key_file(signer_.format, signing.code, key.key_id)) &&
          wanted(key, *link)) {
        directory_.replace_link(link->path, link->target);
      }
    }
  }

  void clear() {
    if (const signer::Tables tables = signer::tables(signer_.format, signer_.directory, all_); tables.names) {
      directory_.replace(tables.names->path, tables.names->text);
    }
    for (const signer::Signing& signing : touched_) {
      link_slots(signing, [](const signer::HeldKey&, const signer::Link&) { return true; });
      clear_folder(signing);
    }
    if (scope_ == SyncScope::kWhole) {
      clear_strangers();
    }
    directory_.make_durable();
  }

  // Key files and links that no slot has any more, and drafts of an attempt that was killed.
  void clear_folder(const signer::Signing& signing) {
    const std::string folder = signer::key_directory(signer_.format, signing.code);
    std::set<std::string> kept{"active"};
    for (const signer::HeldKey& key : signing.keys) {
      const std::string file = signer::key_file(signer_.format, signing.code, key.key_id);
      kept.insert(file.substr(folder.size() + 1));
      if (const auto link = signer::slot_link(signer_.format, signing.code, key)) {
        kept.insert(link->path.substr(folder.size() + 1));
      }
    }
    directory_.remove_drafts(folder);
    for (const std::string& name : directory_.list(folder)) {
      const bool is_key = signer::key_id_of(signer_.format, name).has_value();
      const bool is_ours = is_key || !directory_.read_link(path_of(folder, name)).empty();
      if (is_ours && !kept.contains(name)) {
        directory_.remove(path_of(folder, name));
        result_.keys_removed += is_key ? 1 : 0;
      }
    }
    if (signing.keys.empty()) {
      directory_.remove_folder_if_empty(folder);
    }
  }

  void clear_strangers() {
    std::set<std::string> known;
    for (const signer::Signing& signing : all_) {
      known.insert(signing.code);
    }
    const std::string folder = signer_.format == signer::Format::kFiles ? "." : "keys";
    directory_.remove_drafts(".");  // of the tables
    for (const std::string& name : directory_.list(folder)) {
      if (!known.contains(name) && dkim::Code::parse(name)) {
        signer::Signing departed;
        departed.code = name;
        point_own(departed);
        clear_folder(departed);
      }
    }
  }

  Store::Impl& store_;
  const publish::SignerRow& signer_;
  SyncScope scope_;
  Milliseconds time_limit_;
  SyncResult& result_;
  signer::Directory directory_;
  std::vector<publish::SignerTask> tasks_;
  std::vector<signer::Signing> all_;
  std::vector<signer::Signing> touched_;
  std::map<std::string, std::string> broken_;  // code -> why its key cannot be had
};

std::string described(const SyncResult& result, const publish::SignerRow& signer, std::int64_t drains) {
  std::string text = "signer " + signer.name + " has followed: " + std::to_string(result.institutions) +
                     (result.institutions == 1 ? " institution" : " institutions");
  if (result.keys_written > 0) {
    text += ", " + std::to_string(result.keys_written) + " private keys written to " + signer.directory;
  }
  if (result.keys_removed > 0) {
    text += ", " + std::to_string(result.keys_removed) + " removed from there";
  }
  return drains > 0 ? text + "; a drain begins" : text;
}

ChangeContext plain(const ChangeContext& context) {
  ChangeContext own = context;
  own.override_guard.reset();
  own.bulk_ticket.reset();
  own.dry_run = false;
  return own;
}

void acknowledge(Store& store, const ChangeContext& context, const publish::SignerRow& signer, const Sync& sync,
                 SyncResult& result) {
  const std::vector<publish::SignerTask> tasks = sync.fulfilled();
  if (tasks.empty() && result.keys_written == 0 && result.keys_removed == 0) {
    return;
  }
  const ChangeContext own = plain(context);
  ChangeScope change(store, own, "signer sync", tasks.size() == 1 ? tasks.front().code : "");
  for (const publish::SignerTask& task : tasks) {
    publish::finish_task(change.connection(), signer.id, task);
  }
  const std::int64_t drains = publish::begin_waiting_drains(change.connection(), change.moment());
  Changed changed;
  change.finish({described(result, signer, drains)}, changed);
}

void remember_failure(Store& store, const publish::SignerRow& signer, const std::string& failure) {
  db::Connection& connection = store.impl().connection;
  const Result<void> ignored = db::at_border<void>([&] {
    db::Transaction transaction(connection, db::Transaction::Kind::kWrite);
    publish::note_failure(connection, signer.id, failure);
    transaction.commit();
  });
  (void)ignored;  // the failure itself is what is reported
}

}  // namespace

std::uint64_t purge_directory(Store& store, const publish::SignerRow& signer) {
  SyncResult result;
  Sync(store, signer, SyncScope::kTasks, kPurgeWait, result).purge();
  return result.keys_removed;
}

SyncResult sync_signer(Store& store, const ChangeContext& context, const publish::SignerRow& signer, SyncScope scope,
                       Milliseconds time_limit) {
  SyncResult result;
  result.name = signer.name;
  const Result<void> done = db::at_border<void>([&] {
    Sync sync(store, signer, scope, time_limit, result);
    sync.run();
    acknowledge(store, context, signer, sync, result);
    if (!sync.broken().empty()) {
      result.failure = sync.broken().begin()->first + ": " + sync.broken().begin()->second;
    }
  });
  if (!done) {
    result.failure = done.error().message;
  }
  if (!result.failure.empty()) {
    remember_failure(store, signer, result.failure);
  }
  return result;
}

}  // namespace zonestore
