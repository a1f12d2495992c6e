#include "zonestore/operations/signers/signers.h"

#include <algorithm>
#include <utility>

#include "zonestore/base/joined.h"
#include "zonestore/db/file_check.h"
#include "zonestore/operations/signers/signer_sync.h"
#include "zonestore/rows/revocation_rows.h"
#include "zonestore/rows/slot_rows.h"
#include "zonestore/signer/command.h"
#include "zonestore/signer/directory.h"
#include "zonestore/signer/key_form.h"

namespace zonestore {
namespace {

// A whole directory of very many institutions takes a while to write.
constexpr Milliseconds kWholeSync = std::chrono::minutes(30);
constexpr Milliseconds kOneSync = std::chrono::minutes(2);
constexpr Milliseconds kPurgeWait{30'000};
constexpr std::size_t kNamedCodes = 3;

rows::SignerRow require_signer(db::Connection& connection, const std::string& name) {
  std::optional<rows::SignerRow> row = rows::find_signer(connection, name);
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
  for (const rows::SignerRow& row : rows::read_signers(connection)) {
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

// "mosa, nova and 3 more": institutions with keys that such a signer cannot sign with; empty: none.
std::string unsignable(db::Connection& connection, signer::Format format) {
  if (signer::can_sign_with(format, crypto::Algorithm::kEd25519)) {
    return "";
  }
  return joined_first(rows::codes_with_keys_of(connection, crypto::Algorithm::kEd25519), kNamedCodes);
}

// Their mail would be held up from the first sync on.
void check_kind(db::Connection& connection, const ChangeContext& context, const SignerOptions& options) {
  const std::string named = unsignable(connection, options.format);
  if (named.empty() || overridden(context) == Guard::kSignerKind) {
    return;
  }
  throw db::Failure(Error{ErrorCode::kRefused,
                          std::string(signer::to_text(options.format)) +
                              " cannot sign with Ed25519 and defers such mail: the keys of " + named,
                          "give them RSA keys first: zonectl remove CODE, then zonectl add CODE --key rsa2048",
                          Refusal{Guard::kSignerKind, std::nullopt}});
}

// Nothing in it but what a sync of this signer put there, or nothing at all; the marker is there afterwards.
void take_directory(Store& store, const ChangeContext& context, const SignerOptions& options) {
  const signer::Identity identity{store.impl().store_id, options.name};
  if (std::optional<Error> inside = db::find_store_around(std::filesystem::path(options.directory) / ".zonectl")) {
    throw db::Failure(std::move(*inside));
  }
  if (context.dry_run) {
    std::error_code ignored;
    if (std::filesystem::exists(options.directory, ignored)) {
      signer::Directory::check_ours(signer::DirectoryView(options.directory), identity);
    }
    return;
  }
  signer::Directory::make(options.directory);
  const signer::Directory marked(options.directory, identity, signer::Unmarked::kIsForeign, kOneSync,
                                 *store.impl().clock);
}

AuditValue audited_signer(const rows::SignerRow& row) {
  return {{"name", row.name},
          {"format", signer::to_text(row.format)},
          {"directory", row.directory},
          {"command", row.command.empty() ? AuditValue(nullptr) : AuditValue(row.command)},
          {"enabled", row.enabled}};
}

rows::SignerRow enrol(Store& store, const ChangeContext& context, const SignerOptions& options,
                      SignerAdded& outcome) {
  ChangeScope change(store, context, "signer add", "");
  check_new(change.connection(), options);
  check_kind(change.connection(), context, options);
  rows::SignerRow row{{},  options.name, options.format, options.directory, options.command, true, change.wall(),
                      true};
  row.id = rows::insert_signer(change.connection(), row);
  outcome.signer = signer_view(change.connection(), row);
  change.finish(
      {"signer " + row.name + " enrolled: " + std::string(signer::to_text(row.format)) + " in " + row.directory,
       {},
       audited_signer(row)},
      outcome);
  return row;
}

void enable(Store& store, const ChangeContext& context, rows::SignerRow& row, Changed& outcome) {
  ChangeScope change(store, context, "signer sync", "");
  const AuditValue before = audited_signer(row);
  rows::enable_signer(change.connection(), row.id);
  row.enabled = true;
  change.finish({"signer " + row.name + " switched on", before, audited_signer(row)}, outcome);
}

// What a dry run can tell: how much there is to follow.
SyncResult expected(db::Connection& connection, const rows::SignerRow& row, SyncScope scope) {
  SyncResult result;
  result.name = row.name;
  result.institutions = scope == SyncScope::kWhole ? rows::read_signings(connection).size()
                                                   : rows::read_backlog(connection, row.id).tasks;
  return result;
}

SyncResult sync_or_tell(Store& store, const ChangeContext& context, const rows::SignerRow& row, SyncScope scope) {
  if (context.dry_run) {
    return expected(store.impl().connection, row, scope);
  }
  return sync_signer(store, context, row, {scope}, scope == SyncScope::kWhole ? kWholeSync : kOneSync);
}

rows::SignerRow signer_to_sync(Store& store, const ChangeContext& context, const std::string& name, bool switch_on,
                               Changed& outcome) {
  rows::SignerRow row = require_signer(store.impl().connection, name);
  if (const auto taken = rows::signer_taken(store.impl().connection, name)) {
    throw db::Failure(Error{
        ErrorCode::kRefused,
        "signer " + name + " was taken at " + to_rfc3339(*taken) + " (revoke --signer): it is given no key again",
        "zonectl signer remove " + name + ", and zonectl signer add for the machine that takes its place",
        Refusal{Guard::kSignerStale, std::nullopt}});
  }
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

// The signer is forgotten by now: whatever happens here is told beside that.
void purge_files(PurgedDirectory& directory, const rows::SignerRow& row, SignerRemoved& outcome) {
  const Result<SyncResult> purged = db::at_border<SyncResult>([&] { return directory.purge(); });
  if (!purged) {
    outcome.warnings.push_back("private keys may be left in " + row.directory + " (" + purged.error().message +
                               "): remove them by hand");
    return;
  }
  outcome.files_removed = purged->keys_removed;
  if (purged->strangers_count > 0) {
    outcome.warnings.push_back(
        "what is not ours stays in " + row.directory + ": " + purged->strangers.front() +
        (purged->strangers_count == 1 ? "" : " and " + std::to_string(purged->strangers_count - 1) + " more"));
  }
}

}  // namespace

bool needs_attention(const SignerView& signer) {
  return !signer.enabled || (signer.open > 0 && !signer.failure.empty()) ||
         std::any_of(signer.findings.begin(), signer.findings.end(),
                     [](const rows::SignerFinding& finding) { return finding.needs_attention; });
}

SignerView signer_view(db::Connection& connection, const rows::SignerRow& row) {
  const rows::SignerBacklog backlog = rows::read_backlog(connection, row.id);
  SignerView view{row.name,  row.format,    row.directory, row.command,      row.enabled,
                  row.added, backlog.tasks, backlog.since, backlog.attempts, backlog.failure};
  view.findings = rows::read_findings(connection, row.id);
  view.taken = rows::signer_taken(connection, row.name);
  return view;
}

Result<std::vector<SignerView>> list_signers(Store& store) {
  return db::at_border<std::vector<SignerView>>([&] {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    std::vector<SignerView> views;
    for (const rows::SignerRow& row : rows::read_signers(connection)) {
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
    check_kind(store.impl().connection, context, options);
    take_directory(store, context, options);
    const rows::SignerRow row = enrol(store, context, options, outcome);
    if (context.dry_run) {
      outcome.sync = expected(store.impl().connection, row, SyncScope::kWhole);
      return outcome;
    }
    outcome.sync = sync_signer(store, context, row, {SyncScope::kWhole}, kWholeSync);
    const Result<SignerView> view =
        db::at_border<SignerView>([&] { return signer_view(store.impl().connection, row); });
    if (view) {  // else as it was when it was enrolled: that was committed
      outcome.signer = *view;
    }
    return outcome;
  });
}

Result<SignersSynced> sync_signers(Store& store, const ChangeContext& context, const std::optional<std::string>& name,
                                   bool enable) {
  return db::at_border<SignersSynced>([&] {
    SignersSynced outcome;
    outcome.dry_run = context.dry_run;
    outcome.changed = false;
    std::vector<rows::SignerRow> signers;
    if (name) {
      signers.push_back(signer_to_sync(store, context, *name, enable, outcome));
    } else {
      signers = rows::read_signers(store.impl().connection);
      std::erase_if(signers, [](const rows::SignerRow& row) { return !row.enabled; });
    }
    for (const rows::SignerRow& row : signers) {
      if (const std::string named = unsignable(store.impl().connection, row.format); !named.empty()) {
        outcome.warnings.push_back("signer " + row.name + " cannot sign with the Ed25519 keys of " + named +
                                   " and defers such mail: give them RSA keys");
      }
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
    for (const rows::SignerRow& row : rows::read_signers(connection)) {
      if (row.enabled && rows::read_backlog(connection, row.id).tasks > 0) {
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
    rows::SignerRow row = require_signer(store.impl().connection, name);
    std::optional<PurgedDirectory> directory;
    if (purge && !context.dry_run) {
      directory.emplace(store, row, kPurgeWait);
    }
    {
      ChangeScope change(store, context, "signer remove", "");
      row = require_signer(change.connection(), name);
      rows::delete_signer(change.connection(), row.id);
      rows::begin_waiting_drains(change.connection(), change.moment());
      change.finish(
          {"signer " + name + " removed" + (purge ? ", its files too" : "; its files stay"), audited_signer(row), {}},
          outcome);
    }
    if (!purge) {
      outcome.warnings.push_back("the private keys in " + row.directory + " stay: remove them, or keep them safe");
    } else if (directory) {
      purge_files(*directory, row, outcome);
    }
    return outcome;
  });
}

}  // namespace zonestore
