// zonectl key export: a private key for a mail signer.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/key_public.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/operations/keys/key_export.h"

namespace zonectl::key {
namespace {

using zonestore::ErrorCode;
using zonestore::Result;

struct Options {
  std::optional<zonestore::dkim::Code> code;
  std::optional<zonestore::dkim::SlotId> slot;
  std::optional<std::string> file;
  ChangeOptions change;
};

Result<std::string> parse_key_file(std::string_view text) {
  if (text == "-") {
    return zonestore::fail(
        ErrorCode::kInvalid, "a private key is never written to standard output",
        "it would end in a terminal's history or a log; name a new file, it is made with mode 0600");
  }
  return parse_line(text);
}

void arguments(Arguments& arguments, Options& options) {
  arguments.institution(options.code);
  arguments.slot(options.slot, Need::kRequired, "the slot whose key is written: sel1 or sel2");
  arguments.one("--out", "FILE", options.file, Need::kRequired, &parse_key_file,
                "a new file; one that exists is never overwritten");
  arguments.institution_change(options.change);
}

Json to_json(const Options& options, const zonestore::KeyExported& exported) {
  Json json = changed_json(exported);
  json["code"] = options.code->text();
  json["slot"] = zonestore::dkim::to_text(*options.slot);
  json["key_id"] = exported.key_id;
  json["file"] = exported.file.string();
  return json;
}

void write(const Session& session, const Options& options, const zonestore::KeyExported& exported) {
  session.out() << options.code->text() << ": private key " << exported.key_id << " of "
                << zonestore::dkim::to_text(*options.slot) << " "
                << verb(exported, "written to ", "would be written to ") << printable(exported.file.string())
                << " (mode 0600)\n";
  write_end(session.out(), session.terminal(), exported);
}

Result<ExitCode> body(Session& session, const Options& options) {
  if (!options.slot) {
    return zonestore::fail(ErrorCode::kInvalid, "SLOT is required: sel1 or sel2",
                           "zonectl key export " + options.code->text() + " sel1 --out FILE");
  }
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return export_private_key(store, context, *options.code, *options.slot, *options.file);
  };
  return session.tell(
      session.change(options.change, operation), [&](const auto& exported) { return to_json(options, exported); },
      [&](const Session& told, const auto& exported) { write(told, options, exported); });
}

}  // namespace

void define(CommandLine& line) {
  CommandLine key = line.noun("key", "keys: export for mail signers, export-public, history");
  key.command<Options>({"export", "write a slot's private key (PKCS #8, PEM) to a new file, for a mail signer",
                        "zonectl key export mosa sel1 --out /etc/dkimkeys/mosa-sel1.pem",
                        exits_of_change({{ExitCode::kRefused, "refused: E_EXISTS, the file is there; E_KEY_MISMATCH"},
                                         {ExitCode::kNotFound, "no such institution, or no key in the slot"}})},
                       arguments, body);
  key_public::define_export_public(key);
  key_public::define_history(key);
}

}  // namespace zonectl::key
