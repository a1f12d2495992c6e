#include "zonestore/operations/signers/signer_sync.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "zonestore/operations/signers/signer_files.h"
#include "zonestore/rows/slot_rows.h"
#include "zonestore/signer/command.h"

namespace zonestore {
namespace {

constexpr std::size_t kTasksATransaction = 1000;

using Codes = std::vector<std::string>;

template <class Body>
void in_slices(const Codes& codes, std::size_t slice, Body&& body) {
  for (std::size_t begin = 0; begin < codes.size(); begin += slice) {
    const std::size_t end = std::min(begin + slice, codes.size());
    body(Codes(codes.begin() + static_cast<std::ptrdiff_t>(begin), codes.begin() + static_cast<std::ptrdiff_t>(end)));
  }
}

// One attempt at one signer. What is many is given and cleared in slices, each under the directory's lock; the tables
// and the command are for all at once, under one lock.
class Sync {
 public:
  Sync(Store& store, const ChangeContext& context, const rows::SignerRow& signer, const SyncRequest& request,
       Milliseconds time_limit, SyncResult& result)
      : store_(store),
        impl_(store.impl()),
        context_(context),
        signer_(signer),
        request_(request),
        time_limit_(time_limit),
        result_(result) {}

  void run() {
    const Codes codes = codes_to_serve();
    if (!is_whole() && codes.empty()) {
      return;
    }
    if (codes.size() > request_.slice) {
      in_slices(codes, request_.slice, [&](const Codes& slice) { give_slice(slice); });
    }
    follow();
    acknowledge();
    if (cleared_later_) {
      in_slices(codes_of(touched_), request_.slice, [&](const Codes& slice) { clear_slice(slice); });
    }
    if (!broken_.empty()) {
      result_.failure = broken_.begin()->first + ": " + broken_.begin()->second;
    }
  }

 private:
  [[nodiscard]] bool is_whole() const { return request_.scope == SyncScope::kWhole; }
  [[nodiscard]] SignerFiles open() { return {impl_, signer_, time_limit_, broken_, result_}; }

  static Codes codes_of(const std::vector<signer::Signing>& signings) {
    Codes codes;
    for (const signer::Signing& signing : signings) {
      codes.push_back(signing.code);
    }
    return codes;
  }

  std::vector<rows::SignerTask> wanted_tasks() {
    std::vector<rows::SignerTask> tasks = rows::read_tasks(impl_.connection, signer_.id);
    open_.clear();
    for (const rows::SignerTask& task : tasks) {
      open_.insert(task.code);
    }
    if (!is_whole() && request_.only) {
      std::erase_if(tasks, [&](const rows::SignerTask& task) { return !request_.only->contains(task.code); });
    }
    return tasks;
  }

  Codes codes_to_serve() {
    const db::Transaction reading(impl_.connection, db::Transaction::Kind::kRead);
    tasks_ = wanted_tasks();
    Codes codes;
    for (const rows::SignerTask& task : tasks_) {
      codes.push_back(task.code);
    }
    if (is_whole()) {
      for (std::string& code : rows::codes_of_signings(impl_.connection)) {
        codes.push_back(std::move(code));
      }
      std::sort(codes.begin(), codes.end());
      codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    }
    return codes;
  }

  std::vector<signer::Signing> read(const Codes& codes) {
    const db::Transaction reading(impl_.connection, db::Transaction::Kind::kRead);
    (void)wanted_tasks();
    return rows::read_signings(impl_.connection, codes);
  }

  // Of these nothing had to change: what differs was altered by others.
  [[nodiscard]] std::set<std::string> settled(const std::vector<signer::Signing>& signings) const {
    std::set<std::string> codes;
    for (const signer::Signing& signing : signings) {
      if (!open_.contains(signing.code)) {
        codes.insert(signing.code);
      }
    }
    return codes;
  }

  void give_slice(const Codes& codes) {
    SignerFiles files = open();
    const std::vector<signer::Signing> signings = read(codes);
    files.give(signings, settled(signings));
    for (const signer::Signing& signing : signings) {
      given_.insert_or_assign(signing.code, signing);
    }
  }

  // Read under the directory's lock, so that nobody puts an older state over this one.
  void read_all() {
    const db::Transaction reading(impl_.connection, db::Transaction::Kind::kRead);
    tasks_ = wanted_tasks();
    Codes codes;
    for (const rows::SignerTask& task : tasks_) {
      codes.push_back(task.code);
    }
    all_ = signer::has_tables(signer_.format) || is_whole() ? rows::read_signings(impl_.connection)
                                                            : std::vector<signer::Signing>{};
    touched_ = rows::read_signings(impl_.connection, codes);
    if (is_whole()) {
      std::erase_if(touched_, [](const signer::Signing& signing) { return !signing.keys.empty(); });  // departed
      touched_.insert(touched_.end(), all_.begin(), all_.end());
    }
    waiting_ = open_;
    for (const signer::Signing& signing : touched_) {
      waiting_.erase(signing.code);
    }
  }

  void follow() {
    SignerFiles files = open();
    read_all();
    std::vector<signer::Signing> changed;
    std::copy_if(touched_.begin(), touched_.end(), std::back_inserter(changed), [&](const signer::Signing& signing) {
      const auto given = given_.find(signing.code);
      return given == given_.end() || !(given->second == signing);
    });
    files.give(changed, settled(changed));
    for (const auto& [code, why] : broken_) {
      waiting_.insert(code);
    }
    files.point(all_, waiting_, is_whole() && open_.empty());
    if (!signer_.command.empty()) {
      db::unwrap(signer::run_command(db::unwrap(signer::command_words(signer_.command)), time_limit_, impl_.runs_as));
    }
    has_followed_ = true;
    files.settle_tables();
    cleared_later_ = touched_.size() > request_.slice;
    if (!cleared_later_) {
      files.clear(touched_);
    }
    if (is_whole()) {
      clear_the_rest(files);
    }
    result_.institutions = touched_.size();
  }

  void clear_the_rest(SignerFiles& files) {
    const Codes codes = codes_of(all_);
    files.clear_all_but({codes.begin(), codes.end()});
    files.name_strangers_at_the_top();
    if (!cleared_later_) {
      files.name_strangers(touched_);
    }
  }

  // What has changed since is left alone: its own sync, after which the signer knows of it, does the rest.
  void clear_slice(const Codes& codes) {
    SignerFiles files = open();
    std::vector<signer::Signing> signings = read(codes);
    std::erase_if(signings, [&](const signer::Signing& signing) { return open_.contains(signing.code); });
    files.clear(signings);
    if (is_whole()) {
      files.name_strangers(signings);
    }
  }

  [[nodiscard]] std::vector<rows::SignerTask> fulfilled() const {
    std::vector<rows::SignerTask> done;
    std::copy_if(tasks_.begin(), tasks_.end(), std::back_inserter(done),
                 [&](const rows::SignerTask& task) { return !broken_.contains(task.code); });
    return done;
  }

  // The tasks that this attempt has fulfilled go, and drains begin: a part of them a transaction.
  void acknowledge() {
    std::vector<rows::SignerTask> tasks = fulfilled();
    const bool marks = is_whole() && !signer_.marked;
    const bool keeps = is_whole() || !result_.found.empty();
    if (tasks.empty() && result_.keys_written == 0 && result_.keys_removed == 0 && !marks && !keeps) {
      return;
    }
    do {
      const std::size_t count = std::min(tasks.size(), kTasksATransaction);
      acknowledge_part({tasks.end() - static_cast<std::ptrdiff_t>(count), tasks.end()}, tasks.size() == count);
      tasks.resize(tasks.size() - count);
    } while (!tasks.empty());
  }

  // For `status`: what lies there and is not ours; and what was mended, where nobody reads the result.
  [[nodiscard]] std::vector<rows::SignerFinding> findings() const {
    std::vector<rows::SignerFinding> findings;
    for (const std::string& stranger : result_.strangers) {
      findings.push_back({stranger, "is not ours", false, {}});
    }
    for (const std::string& found : request_.keeps_found ? result_.found : std::vector<std::string>{}) {
      const std::size_t space = std::min(found.find(' '), found.size());
      findings.push_back({found.substr(0, space), found.substr(std::min(space + 1, found.size())), true, {}});
    }
    return findings;
  }

  void acknowledge_part(const std::vector<rows::SignerTask>& tasks, bool is_last);
  [[nodiscard]] std::string described(std::int64_t drains) const;

 public:
  [[nodiscard]] bool has_followed() const { return has_followed_; }

 private:
  Store& store_;
  Store::Impl& impl_;
  const ChangeContext& context_;
  const rows::SignerRow& signer_;
  const SyncRequest& request_;
  Milliseconds time_limit_;
  SyncResult& result_;
  std::vector<rows::SignerTask> tasks_;
  std::set<std::string> open_;     // institutions with a task of this signer, as last read
  std::set<std::string> waiting_;  // those of them that this sync does not serve
  std::vector<signer::Signing> all_;
  std::vector<signer::Signing> touched_;
  std::map<std::string, signer::Signing> given_;  // in slices, by code
  BrokenInstitutions broken_;
  bool cleared_later_ = false;
  bool has_followed_ = false;
};

std::string Sync::described(std::int64_t drains) const {
  std::string text = "signer " + signer_.name + " has followed: " + std::to_string(result_.institutions) +
                     (result_.institutions == 1 ? " institution" : " institutions");
  if (result_.keys_written > 0) {
    text += ", " + std::to_string(result_.keys_written) + " private keys written to " + signer_.directory;
  }
  if (result_.keys_removed > 0) {
    text += ", " + std::to_string(result_.keys_removed) + " removed from there";
  }
  if (result_.found_count > 0) {
    text += ", " + std::to_string(result_.found_count) + " files were not as they should be";
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

void Sync::acknowledge_part(const std::vector<rows::SignerTask>& tasks, bool is_last) {
  const ChangeContext own = plain(context_);
  ChangeScope change(store_, own, "signer sync", tasks.size() == 1 ? tasks.front().code : "");
  for (const rows::SignerTask& task : tasks) {
    rows::finish_task(change.connection(), signer_.id, task);
  }
  if (is_whole() && is_last) {
    rows::mark_signer(change.connection(), signer_.id);
    rows::clear_findings(change.connection(), signer_.id);
    rows::add_findings(change.connection(), signer_.id, findings(), change.wall());
  }
  const std::int64_t drains = rows::begin_waiting_drains(change.connection(), change.moment());
  Changed changed;
  change.finish({described(drains)}, changed);
}

void remember_failure(Store& store, const rows::SignerRow& signer, const std::string& failure) {
  db::Connection& connection = store.impl().connection;
  const Result<void> ignored = db::at_border<void>([&] {
    db::Transaction transaction(connection, db::Transaction::Kind::kWrite);
    rows::note_failure(connection, signer.id, failure);
    transaction.commit();
  });
  (void)ignored;  // the failure itself is what is reported
}

}  // namespace

PurgedDirectory::PurgedDirectory(Store& store, const rows::SignerRow& signer, Milliseconds lock_wait)
    : files_(std::make_unique<SignerFiles>(store.impl(), signer, lock_wait, broken_, result_)) {}

PurgedDirectory::~PurgedDirectory() = default;

SyncResult PurgedDirectory::purge() {
  files_->purge();
  return result_;
}

SyncResult sync_signer(Store& store, const ChangeContext& context, const rows::SignerRow& signer,
                       const SyncRequest& request, Milliseconds time_limit) {
  SyncResult result;
  result.name = signer.name;
  Sync sync(store, context, signer, request, time_limit, result);
  const Result<void> done = db::at_border<void>([&] { sync.run(); });
  if (!done) {
    result.failure =
        (sync.has_followed() ? "it has followed, but that could not be noted: " : "") + done.error().message;
  }
  if (!result.failure.empty()) {
    remember_failure(store, signer, result.failure);
  }
  return result;
}

}  // namespace zonestore
