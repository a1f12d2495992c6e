// zonectl vault status|rekey: the private keys at rest.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/operations/keys/vault_keys.h"

namespace zonectl::vault {
namespace {

using zonestore::Rekeyed;
using zonestore::Result;
using zonestore::VaultStatus;

struct NoOptions {};

struct RekeyOptions {
  std::optional<std::string> key_file;
  ChangeOptions change;
};

void no_arguments(Arguments& arguments, NoOptions& options) {
  (void)arguments;
  (void)options;
}

void rekey_arguments(Arguments& arguments, RekeyOptions& options) {
  arguments.one(
      "--key-file", "FILE", options.key_file, Need::kOptional, &parse_line,
      "seal with the key in FILE (64 hexadecimal digits; made with mode 0600 if there is none); without it, "
      "a new key takes the place of the present one's file");
  arguments.dry_run(options.change);
}

void write(const Session& session, const VaultStatus& status) {
  std::ostream& out = session.out();
  out << "private keys: " << status.keys << ", each encrypted (AES-256-GCM)\n"
      << "wrapping key: " << status.wrapping_key_id;
  if (status.sealed) {
    out << ", since " << session.times().text(*status.sealed);
  }
  out << '\n';
  if (status.source) {
    out << "found in: " << printable(*status.source) << '\n';
  } else {
    out << "not found: " << printable(status.problem) << '\n';
  }
  zonestore::Changed end;
  end.warnings = status.warnings;
  write_end(out, session.terminal(), end);
}

Json status_json(const VaultStatus& status) {
  return Json{{"encrypted", true},
              {"keys", status.keys},
              {"wrapping_key_id", status.wrapping_key_id},
              {"sealed", json_or_null(status.sealed, zonestore::to_rfc3339)},
              {"found_in", json_or_null(status.source, [](const std::string& source) { return source; })},
              {"problem", status.source ? Json(nullptr) : Json(status.problem)},
              {"warnings", status.warnings}};
}

Result<ExitCode> show_status(Session& session, const NoOptions& /*options*/) {
  Result<zonestore::Store> store = session.open_to_write();  // who may read the vault may write it
  if (!store) {
    return tl::unexpected(store.error());
  }
  const auto status = vault_status(*store);
  if (!status) {
    return tl::unexpected(status.error());
  }
  if (session.json()) {
    print(session.out(), status_json(*status));
  } else {
    write(session, *status);
  }
  return status->source ? ExitCode::kDone : ExitCode::kFailed;
}

void write(const Session& session, const Rekeyed& done) {
  std::ostream& out = session.out();
  if (!done.changed) {
    out << "nothing to do: the vault is sealed with that key already\n";
  } else {
    out << done.vault.keys << " private keys " << verb(done, "are sealed with", "would be sealed with")
        << (done.vault.new_id.empty() ? std::string(" a new wrapping key") : " the wrapping key " + done.vault.new_id)
        << " in " << printable(done.vault.key_file.string()) << "; the old one was " << done.vault.old_id << '\n';
  }
  write_end(out, session.terminal(), done);
}

Json rekey_json(const Rekeyed& done) {
  Json json = changed_json(done);
  json["keys"] = done.vault.keys;
  json["old_wrapping_key_id"] = done.vault.old_id;
  json["wrapping_key_id"] = done.vault.new_id.empty() ? Json(nullptr) : Json(done.vault.new_id);
  json["key_file"] = done.vault.key_file.string();
  return json;
}

Result<ExitCode> rekey(Session& session, const RekeyOptions& options) {
  Result<zonestore::Store> store = session.open_to_change(options.change);
  if (!store) {
    return tl::unexpected(store.error());
  }
  const auto key_file = options.key_file ? std::optional(std::filesystem::absolute(*options.key_file)) : std::nullopt;
  const auto done = rekey_vault(*store, session.context(options.change), key_file);
  if (!done) {
    return tl::unexpected(done.error());
  }
  if (session.json()) {
    print(session.out(), rekey_json(*done));
  } else {
    write(session, *done);
  }
  return ExitCode::kDone;
}

}  // namespace

void define(CommandLine& line) {
  CommandLine vault = line.noun("vault", "the private keys at rest: status, rekey");
  vault.command<NoOptions>(
      {"status", "show what the private keys are encrypted with, and whether that key is here",
       "zonectl vault status", exits_of_reading({{ExitCode::kFailed, "failed, or the wrapping key is not here"}})},
      no_arguments, show_status);
  vault.command<RekeyOptions>(
      {"rekey", "encrypt all private keys with another wrapping key",
       "zonectl vault rekey\nzonectl vault rekey --key-file /etc/zonestore/vault.key", exits_of_change()},
      rekey_arguments, rekey);
}

}  // namespace zonectl::vault
