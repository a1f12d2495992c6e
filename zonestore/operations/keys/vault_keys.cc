#include "zonestore/operations/keys/vault_keys.h"

#include "zonestore/operations/change/audit_json.h"
#include "zonestore/operations/change/change_scope.h"
#include "zonestore/rows/audit_rows.h"

namespace zonestore {
namespace {

AuditValue audited_key(const std::string& wrapping_key_id) {
  return {{"wrapping_key_id", wrapping_key_id}};
}

AuditNote note_of(const RekeyNote& note, const std::string& how) {
  return {std::to_string(note.keys) + " private keys sealed with another wrapping key" + how,
          audited_key(note.old_id), audited_key(note.new_id)};
}

bool is_in_the_log(db::Connection& connection, const RekeyNote& note) {
  return rows::has_audit(connection, "vault rekey", to_json(audited_key(note.new_id)));
}

// Whoever sealed it was killed before the log said so.
void log_what_was_done(Store& store, const RekeyNote& note) {
  ChangeContext context{{note.actor, note.login}, std::nullopt, false};
  if (!note.reason.empty()) {
    context.reason = note.reason;
  }
  ChangeScope change(store, context, "vault rekey", "");
  if (is_in_the_log(change.connection(), note)) {
    return;
  }
  Changed outcome;
  change.finish(note_of(note, ", at " + to_rfc3339(note.at) + "; written down later: it was interrupted"), outcome);
}

RekeyNote note_for(const ChangeContext& context) {
  RekeyNote note;
  note.actor = context.actor.name;
  note.login = context.actor.login;
  note.reason = context.reason.value_or("");
  return note;
}

// The vault has been sealed: whatever happens to the log now, that is what is told.
void log_or_warn(ChangeScope& change, const AuditNote& note, Rekeyed& outcome) {
  const Result<void> logged = db::at_border<void>([&] { change.finish(note, outcome); });
  if (!logged) {
    outcome.changed = true;
    outcome.dry_run = false;
    outcome.logged = false;
    outcome.warnings.push_back("the vault was sealed, and the log will say so later: " + logged.error().message);
  }
}

// Only once the log has it.
void forget_note(Vault& vault, const ChangeContext& context, const Rekeyed& outcome) {
  if (!context.dry_run && outcome.logged) {
    const Result<void> ignored = vault.settle_note();  // else whoever comes next finds it in the log
    (void)ignored;
  }
}

[[noreturn]] void throw_rekey_failed(Error error) {
  if (error.code == ErrorCode::kUnknown) {
    error.hint = "look before you run it again: zonectl vault status; keep every file of a wrapping key until then";
  }
  throw db::Failure(std::move(error));
}

}  // namespace

void settle_rekey(Store& store) {
  Vault& vault = store.impl().vault();
  if (const std::optional<RekeyNote> note = db::unwrap(vault.rekey_note())) {
    log_what_was_done(store, *note);
    db::unwrap(vault.settle_note());
  }
}

Result<VaultStatus> vault_status(Store& store) {
  return db::at_border<VaultStatus>([&] {
    const Result<void> ignored = db::at_border<void>([&] { settle_rekey(store); });
    (void)ignored;  // maintain tries again
    return store.impl().vault().status();
  });
}

Result<Rekeyed> rekey_vault(Store& store, const ChangeContext& context,
                            const std::optional<std::filesystem::path>& key_file) {
  return db::at_border<Rekeyed>([&] {
    Vault& vault = store.impl().vault();
    if (!context.dry_run) {
      settle_rekey(store);
    }
    Rekeyed outcome;
    {
      ChangeScope change(store, context, "vault rekey", "");
      Result<VaultRekeyed> rekeyed = vault.rekey(key_file, change.wall(), context.dry_run, note_for(context));
      if (!rekeyed) {
        throw_rekey_failed(std::move(rekeyed.error()));
      }
      outcome.vault = *std::move(rekeyed);
      outcome.warnings = outcome.vault.warnings;
      if (!outcome.vault.changed) {
        outcome.dry_run = context.dry_run;
        outcome.changed = false;
        return outcome;
      }
      RekeyNote note;
      note.keys = outcome.vault.keys;
      note.old_id = outcome.vault.old_id;
      note.new_id = outcome.vault.new_id;
      log_or_warn(change, note_of(note, ""), outcome);
    }
    forget_note(vault, context, outcome);
    return outcome;
  });
}

}  // namespace zonestore
