// zonectl import: private keys that were made elsewhere.
#include "tools/zonectl/bulk/key_file_import.h"
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/operations/institutions/key_import.h"

namespace zonectl::import {
namespace {

using zonestore::ErrorCode;
using zonestore::KeysImported;
using zonestore::Result;

struct Options {
  std::optional<zonestore::dkim::Code> code;
  std::optional<std::string> pem;
  std::optional<zonestore::dkim::SlotId> slot;
  bool active = false;
  std::vector<zonestore::Name> domains;
  KeyTableOptions table;
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.institution(
      options.code, Need::kOptional,
      "the institution's code, such as mosa: added if it is not there; or how it is found, if it is");
  arguments.slot(options.slot, Need::kOptional,
                 "the slot that the key goes into (default: the one that is next to get a key)");
  arguments.one("--pem", "FILE", options.pem, Need::kOptional, &parse_line,
                "its private key: PEM, PKCS #8 or PKCS #1, without a pass phrase");
  arguments.flag("--active", options.active, "a new institution signs with this key (default: with sel1's)");
  arguments.many("--domain", "NAME", options.domains, Need::kOptional, &zonestore::dkim::parse_domain,
                 "a mail domain of a new institution; may be repeated");
  arguments.one("--keytable", "FILE", options.table.key_table, Need::kOptional, &parse_line,
                "all keys of an OpenDKIM KeyTable; an institution is named by its key's name, else by its domain");
  arguments.one(
      "--signing-table", "FILE", options.table.signing_table, Need::kOptional, &parse_line,
      "OpenDKIM's SigningTable, which tells the domains and which key signs; refile:FILE or file:FILE as in "
      "opendkim.conf, if the text does not tell");
  arguments.flag("--skip-bad", options.table.skip_bad,
                 "of a table: name what cannot be taken, leave it out, and go on with the rest (exit code 4)");
  arguments.flag("--fresh-for-weak", options.table.fresh_for_weak,
                 "of a table: put fresh keys in the place of those that are too weak");
  arguments.institution_change(
      options.change, {zonestore::Guard::kKeyType, zonestore::Guard::kSignerKind, zonestore::Guard::kNotRipe});
}

void write(const Session& session, const KeysImported& imported) {
  std::ostream& out = session.out();
  const std::string& code = imported.institution.code;
  const std::string slot = zonestore::dkim::to_text(imported.slots.front());
  if (!imported.changed) {
    out << code << ": nothing to do: " << slot << " holds this key\n";
  } else {
    out << code << ": key " << verb(imported, "imported", "would be imported") << " into " << slot << ", "
        << phase_text(imported.institution) << serials_text(imported) << '\n';
    write_slots(out, session.terminal(), session.times(), imported.institution);
  }
  write_end(out, session.terminal(), imported);
}

Result<ExitCode> import_one(Session& session, const Options& options) {
  auto key = zonestore::read_key_file(*options.pem);
  if (!key) {
    zonestore::Error error = key.error();
    error.code =
        error.code == ErrorCode::kMissing ? ErrorCode::kIo : error.code;  // it is not the store that is missing
    error.message = *options.pem + ": " + error.message;
    return tl::unexpected(std::move(error));
  }
  Result<zonestore::Store> store = session.open_to_change(options.change);
  if (!store) {
    return tl::unexpected(store.error());
  }
  zonestore::ImportOptions details;
  details.domains = options.domains;
  if (options.active) {
    details.signs_with = options.slot.value_or(zonestore::dkim::SlotId::kSel1);
  }
  std::vector<zonestore::SuppliedKey> keys;
  keys.push_back({options.slot, *std::move(key)});
  const auto imported = import_keys(*store, session.context(options.change), *options.code, std::move(keys), details);
  if (!imported) {
    return tl::unexpected(imported.error());
  }
  if (session.json()) {
    Json json = changed_json(*imported);
    json["slot"] = zonestore::dkim::to_text(imported->slots.front());
    json["is_new"] = imported->is_new;
    json["institution"] = to_json(imported->institution);
    print(session.out(), json);
  } else {
    write(session, *imported);
  }
  return ExitCode::kDone;
}

Result<ExitCode> body(Session& session, const Options& options) {
  const bool is_table = options.table.key_table.has_value();
  const bool is_of_table = options.table.signing_table || options.table.skip_bad || options.table.fresh_for_weak;
  const bool names_one = options.code || options.pem || options.slot || options.active || !options.domains.empty();
  if (is_table && !names_one) {
    if (const auto refused = refuse_expect(options.change, "it is for one institution, not for a table"); !refused) {
      return tl::unexpected(refused.error());
    }
    return import_key_table(session, options.table, options.change);
  }
  if (is_table || is_of_table || !options.code || !options.pem) {
    return zonestore::fail(
        ErrorCode::kInvalid, "give INST and --pem, or --keytable alone or with --signing-table",
        "zonectl import mosa --pem mosa.private; zonectl import --keytable /etc/opendkim/KeyTable");
  }
  return import_one(session, options);
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"import", "take over private keys that were made elsewhere: into the vault, and published",
       "zonectl import mosa --pem mosa.private --domain mosamuseum.com\n"
       "zonectl import --keytable /etc/opendkim/KeyTable --signing-table /etc/opendkim/SigningTable\n"
       "zonectl import --keytable /etc/opendkim/KeyTable --skip-bad --fresh-for-weak",
       exits_of_change(
           {{ExitCode::kRefused, "refused: E_REVOKED, E_WEAK_KEY, E_KEY_TYPE, E_EXISTS, E_DRAINING, E_NOT_RIPE"},
            {ExitCode::kPartlyDone,
             "of a table: some were not imported, or left out by --skip-bad; each is named (more than 20: by "
             "kind)"}})},
      arguments, body);
}

}  // namespace zonectl::import
