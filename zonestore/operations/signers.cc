#include "zonestore/operations/signers.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "zonestore/operations/signer_sync.h"
#include "zonestore/signer/command.h"
#include "zonestore/signer/directory.h"

namespace zonestore {
namespace {

// A whole directory of very many institutions takes a while to write.
constexpr Milliseconds kWholeSync = std::chrono::minutes(30);
constexpr Milliseconds kOneSync = std::chrono::minutes(2);

publish::SignerRow require_signer(db::Connection& connection, const std::string& name) {
  std::optional<publish::SignerRow> row = publish::find_signer(connection, name);
  if (!row) {
    throw db::Failure(Error{ErrorCode::kNotFound, "there is no signer " + name,
                            "zonectl signer list shows those that are there", std::nullopt});
  }
  return *std::move(row);
}

[[noreturn]] void throw_exists(const std::string& message) {
  throw db::Failure(
      Error{ErrorCode::kRefused, message, "zonectl signer list", Refusal{Guard::kExists, std::nullopt}});
}

void check_new(db::Connection& connection, const SignerOptions& options) {
  for (const publish::SignerRow& row : publish::read_signers(connection)) {
    if (row.name == options.name) {
      throw_exists("there is a signer " + row.name + " already");
    }
    if ((row.directory + "/").starts_with(options.directory + "/") ||
        (options.directory + "/").starts_with(row.directory + "/")) {
      throw_exists("signer " + row.name + " has the directory " + row.directory);
    }
  }
}

// The store is for its owner, and dnsd reads it: no private key in the clear may lie there.
void check_apart_from_store(const std::filesystem::path& store, const std::string& directory) {
  const std::filesystem::path own = std::filesystem::weakly_canonical(store);
  const std::filesystem::path other = std::filesystem::weakly_canonical(directory);
  if ((other.string() + "/").starts_with(own.string() + "/")) {
    throw db::Failure(Error{ErrorCode::kInvalid, directory + " lies in the store",
                            "choose a directory that the signer alone may read", std::nullopt});
  }
}

std::string signer_json(const publish::SignerRow& row) {
  nlohmann::json json;
  json["name"] = row.name;
  json["format"] = signer::to_text(row.format);
  json["directory"] = row.directory;
  json["command"] = nullptr;
  if (!row.command.empty()) {
    json["command"] = row.command;
  }
  json["enabled"] = row.enabled;
  return json.dump();
}

publish::SignerRow enrol(Store& store, const ChangeContext& context, const SignerOptions& options,
                         SignerAdded& outcome) {
  ChangeScope change(store, context, "signer add", "");
  check_new(change.connection(), options);
  publish::SignerRow row{{}, options.name, options.format, options.directory, options.command, true, change.wall()};
  row.id = publish::insert_signer(change.connection(), row);
  outcome.signer = signer_view(change.connection(), row);
  change.finish(
      {"signer " + row.name + " enrolled: " + std::string(signer::to_text(row.format)) + " in " + row.directory, "{}",
       signer_json(row)},
      outcome);
  return row;
}

void enable(Store& store, const ChangeContext& context, publish::SignerRow& row, Changed& outcome) {
  ChangeScope change(store, context, "signer sync", "");
  const std::string before = signer_json(row);
  publish::enable_signer(change.connection(), row.id);
  row.enabled = true;
  change.finish({"signer " + row.name + " switched on", before, signer_json(row)}, outcome);
}

// What a dry run can tell: how much there is to follow.
SyncResult expected(db::Connection& connection, const publish::SignerRow& row, SyncScope scope) {
  SyncResult result;
  result.name = row.name;
  result.institutions = scope == SyncScope::kWhole ? publish::read_signings(connection).size()
                                                   : publish::read_backlog(connection, row.id).tasks;
  return result;
}

SyncResult sync_or_tell(Store& store, const ChangeContext& context, const publish::SignerRow& row, SyncScope scope) {
  if (context.dry_run) {
    return expected(store.impl().connection, row, scope);
  }
  return sync_signer(store, context, row, scope, scope == SyncScope::kWhole ? kWholeSync : kOneSync);
}

publish::SignerRow signer_to_sync(Store& store, const ChangeContext& context, const std::string& name, bool switch_on,
                                  Changed& outcome) {
  publish::SignerRow row = require_signer(store.impl().connection, name);
  if (!row.enabled && !switch_on) {
    throw db::Failure(Error{ErrorCode::kRefused, "signer " + name + " is switched off since a restore",
                            "look at what it signs with, then: zonectl signer sync " + name + " --enable",
                            Refusal{Guard::kSignerStale, std::nullopt}});
  }
  if (!row.enabled) {
    enable(store, context, row, outcome);
  }
  return row;
}

}  // namespace

bool needs_attention(const SignerView& signer) {
  return !signer.enabled || (signer.open > 0 && !signer.failure.empty());
}

SignerView signer_view(db::Connection& connection, const publish::SignerRow& row) {
  const publish::SignerBacklog backlog = publish::read_backlog(connection, row.id);
  return {row.name,  row.format,    row.directory, row.command,      row.enabled,
          row.added, backlog.tasks, backlog.since, backlog.attempts, backlog.failure};
}

Result<std::vector<SignerView>> list_signers(Store& store) {
  return db::at_border<std::vector<SignerView>>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    std::vector<SignerView> views;
    for (const publish::SignerRow& row : publish::read_signers(connection)) {
      views.push_back(signer_view(connection, row));
    }
    return views;
  });
}

Result<SignerAdded> add_signer(Store& store, const ChangeContext& context, const SignerOptions& options) {
  return db::at_border<SignerAdded>([&] {
    SignerAdded outcome;
    if (!options.command.empty()) {
      (void)db::unwrap(signer::command_words(options.command));
    }
    check_apart_from_store(store.dir(), options.directory);
    check_new(store.impl().connection, options);
    if (!context.dry_run) {
      signer::Directory::make(options.directory);
      const signer::Directory writable(options.directory, kOneSync);
    }
    const publish::SignerRow row = enrol(store, context, options, outcome);
    if (context.dry_run) {
      outcome.sync = expected(store.impl().connection, row, SyncScope::kWhole);
      return outcome;
    }
    outcome.sync = sync_signer(store, context, row, SyncScope::kWhole, kWholeSync);
    outcome.signer = signer_view(store.impl().connection, row);
    return outcome;
  });
}

Result<SignersSynced> sync_signers(Store& store, const ChangeContext& context, const std::optional<std::string>& name,
                                   bool enable) {
  return db::at_border<SignersSynced>([&] {
    SignersSynced outcome;
    outcome.dry_run = context.dry_run;
    outcome.changed = false;
    std::vector<publish::SignerRow> signers;
    if (name) {
      signers.push_back(signer_to_sync(store, context, *name, enable, outcome));
    } else {
      signers = publish::read_signers(store.impl().connection);
      std::erase_if(signers, [](const publish::SignerRow& row) { return !row.enabled; });
    }
    for (const publish::SignerRow& row : signers) {
      outcome.results.push_back(sync_or_tell(store, context, row, SyncScope::kWhole));
      outcome.changed = true;
    }
    return outcome;
  });
}

Result<SignersSynced> sync_open_tasks(Store& store, const ChangeContext& context) {
  return db::at_border<SignersSynced>([&] {
    SignersSynced outcome;
    outcome.dry_run = context.dry_run;
    outcome.changed = false;
    db::Connection& connection = store.impl().connection;
    for (const publish::SignerRow& row : publish::read_signers(connection)) {
      if (row.enabled && publish::read_backlog(connection, row.id).tasks > 0) {
        outcome.results.push_back(sync_or_tell(store, context, row, SyncScope::kTasks));
        outcome.changed = true;
      }
    }
    return outcome;
  });
}

Result<SignerRemoved> remove_signer(Store& store, const ChangeContext& context, const std::string& name, bool purge) {
  return db::at_border<SignerRemoved>([&] {
    SignerRemoved outcome;
    publish::SignerRow row;
    {
      ChangeScope change(store, context, "signer remove", "");
      row = require_signer(change.connection(), name);
      publish::delete_signer(change.connection(), row.id);
      publish::begin_waiting_drains(change.connection(), change.moment());
      change.finish(
          {"signer " + name + " removed" + (purge ? ", its files too" : "; its files stay"), signer_json(row), "{}"},
          outcome);
    }
    if (!purge) {
      outcome.warnings.push_back("the private keys in " + row.directory + " stay: remove them, or keep them safe");
    } else if (!context.dry_run) {
      outcome.files_removed = purge_directory(store, row);
    }
    return outcome;
  });
}

}  // namespace zonestore
