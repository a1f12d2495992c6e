// Another wrapping key for a vault, and what the vault says of the one that it has.
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "zonestore/vault/vault_impl.h"

namespace zonestore {
namespace {

namespace fs = std::filesystem;
using db::at_border;
using db::Connection;
using db::Transaction;

struct NextKey {
  std::optional<WrappingKey> key;  // nullopt in a dry run that would make it
  fs::path file;
  bool is_draft = false;  // it must take its file's place after the commit
};

// The key that the operator names; made there if there is none.
NextKey named_key(const fs::path& file, bool dry_run) {
  NextKey next{read_key_file({KeySource::kNamedFile, file}), file};
  if (next.key || dry_run) {
    return next;
  }
  next.key = db::unwrap(WrappingKey::generate());
  write_new_key_file(file, *next.key);
  return next;
}

// A new one in the place of the old one's file.
NextKey replacement(const KeyPlace& old, bool dry_run) {
  if (old.source == KeySource::kCredential) {
    fail_with(
        ErrorCode::kInvalid,
        "the wrapping key is the systemd credential " + old.file().string() + ", which is not zonectl's to replace",
        "give the file of the new one: zonectl vault rekey --key-file FILE; then make that the credential");
  }
  NextKey next{std::nullopt, old.key_file, true};
  if (dry_run) {
    return next;
  }
  if (old.is_draft) {  // an earlier rekey was killed after its commit
    put_draft_in_place(old.key_file);
  }
  next.key = db::unwrap(WrappingKey::generate());
  write_draft(old.key_file, *next.key);
  return next;
}

bool is_same_file(const fs::path& left, const fs::path& right) {
  std::error_code error;
  return left == right || fs::equivalent(left, right, error);
}

void tell_what_is_left(const KeyPlace& old, const std::optional<fs::path>& key_file, const VaultKeySources& sources,
                       VaultRekeyed& outcome) {
  outcome.warnings.push_back("backups made until now open with the old key alone (" + outcome.old_id +
                             "), and restore asks for --override E_FOREIGN_BACKUP: make a new backup");
  if (!key_file) {
    return;
  }
  if (old.source != KeySource::kOwnFile) {
    outcome.warnings.push_back("the old key in " + old.file().string() +
                               " is not used any more: destroy it once no backup needs it");
  }
  if (!sources.key_file || !is_same_file(*sources.key_file, *key_file)) {
    outcome.warnings.push_back("from now on zonectl needs ZONESTORE_VAULT_KEY=" + key_file->string() +
                               ", or that key as the systemd credential zonestore-vault-key");
  }
}

void keep_note(Connection& connection, const RekeyNote& note, const VaultRekeyed& outcome, WallTime now) {
  const std::string text = nlohmann::json{{"actor", note.actor},
                                          {"login", note.login},
                                          {"reason", note.reason},
                                          {"old_id", outcome.old_id},
                                          {"new_id", outcome.new_id},
                                          {"keys", outcome.keys},
                                          {"at_ms", now.time_since_epoch().count()}}
                               .dump();
  connection.cached("UPDATE vault SET rekey_note = ?1").bind(1, std::string_view(text)).run();
}

// A text that nobody understands is no note: it must not keep anybody from the vault.
std::optional<RekeyNote> note_from(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return std::nullopt;
  }
  try {
    RekeyNote note;
    note.actor = json.value("actor", "");
    note.login = json.value("login", "");
    note.reason = json.value("reason", "");
    note.old_id = json.value("old_id", "");
    note.new_id = json.value("new_id", "");
    note.keys = json.value("keys", std::size_t{0});
    note.at = WallTime(Milliseconds(json.value("at_ms", std::int64_t{0})));
    return note;
  } catch (const nlohmann::json::exception&) {  // a value of another type
    return std::nullopt;
  }
}

void replace_files(const KeyPlace& old, const NextKey& next) {
  if (next.is_draft) {
    put_draft_in_place(next.file);
  } else if (old.source == KeySource::kOwnFile && !is_same_file(next.file, old.key_file)) {
    destroy_key_file(old.key_file);
  }
}

// After the commit: whatever fails here, the vault is sealed with the new key, which is in `next.file` or still in
// the draft beside it.
void put_new_in_charge(const KeyPlace& old, const NextKey& next, VaultRekeyed& outcome) {
  const Result<void> done = at_border<void>([&] { replace_files(old, next); });
  if (!done) {
    outcome.warnings.push_back(
        "the vault is sealed with the new key, but its files are not as they should be: " + done.error().message +
        (next.is_draft
             ? "; keep " + draft_of(next.file).string() + ": the new key is in it, or in " + next.file.string()
             : "; the old key may still be there"));
  }
}

std::string describe(const KeyPlace& place) {
  switch (place.source) {
    case KeySource::kCredential:
      return "the systemd credential " + place.file().string();
    case KeySource::kNamedFile:
      return "the file " + place.file().string() + ", named by ZONESTORE_VAULT_KEY";
    case KeySource::kOwnFile:
      return "the store's own file " + place.file().string();
  }
  return {};
}

void read_status(Connection& connection, VaultStatus& status) {
  status.keys = static_cast<std::size_t>(connection.integer("SELECT count(*) FROM private_key"));
  db::Statement row = connection.prepare("SELECT coalesce(wrapping_key_id, ''), sealed_ms FROM vault");
  if (row.step()) {
    status.wrapping_key_id = row.text(0);
    if (!row.is_null(1)) {
      status.sealed = WallTime(Milliseconds(row.integer(1)));
    }
  }
}

}  // namespace

Result<VaultStatus> Vault::status() {
  return at_border<VaultStatus>([&] {
    const Transaction reading(impl_->connection, Transaction::Kind::kRead);
    VaultStatus status;
    read_status(impl_->connection, status);
    const Result<void> found = at_border<void>([&] { status.source = describe(impl_->wrapping_key().place); });
    if (!found) {
      status.problem = found.error().message;
      return status;
    }
    const fs::path own = own_key_file(impl_->store_dir);
    std::error_code error;
    if (impl_->found->place.source != KeySource::kOwnFile && fs::exists(own, error)) {
      status.warnings.push_back(own.string() + " holds a key that is not used: destroy it");
    } else if (impl_->found->place.source == KeySource::kOwnFile) {
      status.warnings.emplace_back(
          "the wrapping key lies beside the vault: whoever copies the whole directory has both; "
          "zonectl vault rekey --key-file FILE moves it");
    }
    return status;
  });
}

Result<std::optional<RekeyNote>> Vault::rekey_note() {
  return at_border<std::optional<RekeyNote>>([&]() -> std::optional<RekeyNote> {
    db::Statement row = impl_->connection.prepare("SELECT rekey_note FROM vault WHERE rekey_note IS NOT NULL");
    return row.step() ? note_from(row.text(0)) : std::nullopt;
  });
}

Result<void> Vault::settle_note() {
  return at_border<void>([&] {
    Transaction transaction(impl_->connection, Transaction::Kind::kWrite);
    impl_->connection.execute("UPDATE vault SET rekey_note = NULL");
    transaction.commit();
  });
}

Result<VaultRekeyed> Vault::rekey(const std::optional<fs::path>& key_file, WallTime now, bool dry_run,
                                  const RekeyNote& note) {
  return at_border<VaultRekeyed>([&] {
    VaultRekeyed outcome;
    Transaction transaction(impl_->connection, Transaction::Kind::kWrite);
    const FoundKey& old = impl_->wrapping_key();
    NextKey next = key_file ? named_key(*key_file, dry_run) : replacement(old.place, dry_run);
    outcome.old_id = old.key.id();
    outcome.new_id = next.key ? next.key->id() : "";
    outcome.key_file = next.file;
    outcome.changed = outcome.new_id != outcome.old_id;
    outcome.keys = static_cast<std::size_t>(impl_->connection.integer("SELECT count(*) FROM private_key"));
    if (!outcome.changed) {
      return outcome;
    }
    tell_what_is_left(old.place, key_file, impl_->sources, outcome);
    if (dry_run) {
      return outcome;
    }
    (void)seal_all(impl_->connection, impl_->store_id, &old.key, *next.key, now);
    keep_note(impl_->connection, note, outcome, now);
    transaction.commit();
    put_new_in_charge(old.place, next, outcome);
    sweep_if_due(impl_->connection);
    impl_->found.emplace(FoundKey{std::move(*next.key), {KeySource::kNamedFile, next.file}});
    return outcome;
  });
}

}  // namespace zonestore
