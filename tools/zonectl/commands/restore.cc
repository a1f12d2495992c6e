// zonectl restore: a backup, into the live store. All servers are asked for their serials first, by a child that was
// made before anything of the store, or of the backup, was open.
#include "zonestore/operations/backup/restore.h"

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/look/restore_looks.h"
#include "tools/zonectl/session/look_flags.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"

namespace zonectl::restore {
namespace {

using zonestore::Restored;
using zonestore::Result;

struct Options {
  std::optional<std::string> directory;
  std::optional<std::string> key_file;
  bool no_safety_copy = false;
  look::Looking looking;
  ChangeOptions change;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.one("DIR", "", options.directory, Need::kRequired, &parse_line, "what zonectl backup has made");
  arguments.one("--key-file", "FILE", options.key_file, Need::kOptional, &parse_line,
                "the wrapping key of the backup, if it is no longer the store's; it does not make the backup ours");
  arguments.flag("--no-safety-copy", options.no_safety_copy, "do not keep a copy of what is there now");
  arguments.flag("--no-look", options.looking.no_look,
                 "do not ask the servers which serials they have: the new ones are after those that are known here");
  declare(arguments, options.looking.flags);
  arguments.change(options.change, {zonestore::Guard::kForeignBackup});
}

void write(const Session& session, const Restored& done) {
  std::ostream& out = session.out();
  out << "store " << verb(done, "restored from ", "would be restored from ")
      << printable(done.backup.directory.string()) << ", as of " << session.times().text(done.backup.newest_change)
      << serials_text(done) << '\n';
  if (done.kept) {
    out << "what was there before " << verb(done, "is", "would be") << " in " << printable(done.kept->string())
        << '\n';
  }
  if (done.seal == zonestore::SealState::kOurs) {
    out << "the backup is whole, and sealed with this store's key\n";
  }
  for (const zonestore::RestoreNote& note : done.notes) {
    out << note.code << ": " << note.what << '\n';
  }
  for (const std::string& signer : done.signers) {
    out << "signer " << printable(signer) << " is switched off: look at its command before it is switched on again\n";
  }
  if (done.keys_added != 0) {
    out << done.keys_added << " private keys " << verb(done, "came", "would come") << " back into the vault\n";
  }
  write_end(out, session.terminal(), done);
}

Json to_json(const Restored& done) {
  Json json = changed_json(done);
  json["backup"] = done.backup.directory.string();
  json["seal"] = zonestore::to_text(done.seal);
  json["as_of"] = zonestore::to_rfc3339(done.backup.newest_change);
  json["kept_in"] = json_or_null(done.kept, [](const std::filesystem::path& path) { return path.string(); });
  json["knew_live_store"] = done.knew_live_store;
  Json notes = Json::array();
  for (const zonestore::RestoreNote& note : done.notes) {
    notes.push_back(Json{{"code", note.code}, {"what", note.what}});
  }
  json["notes"] = notes;
  json["stay_revoked"] = done.revoked;
  json["signers_switched_off"] = done.signers;
  json["keys_added"] = done.keys_added;
  Json served = Json::array();
  for (const zonestore::ServedSerial& each : done.served) {
    served.push_back(
        Json{{"zone", each.zone.to_text_no_dot()},
             {"server", each.server},
             {"serial", json_or_null(each.serial, [](zonestore::Serial serial) { return serial.value; })},
             {"detail", printable(each.detail)}});
  }
  json["served"] = std::move(served);
  return json;
}

Result<ExitCode> body(Session& session, const Options& options) {
  const std::unique_ptr<look::Lookout> lookout = look::lookout_of(session, options.looking, options.change.dry_run);
  zonestore::RestoreOptions details;
  details.backup = *options.directory;
  if (options.key_file) {
    details.key_file = *options.key_file;
  }
  details.safety_copy = !options.no_safety_copy;
  if (lookout != nullptr) {
    details.ask = [&lookout](const std::vector<zonestore::ServersOfZone>& zones) {
      return look::ask_all_servers(*lookout, zones);
    };
  }
  const auto done = zonestore::restore(session.store_dir(), details, session.context(options.change), session.clock(),
                                       session.key_sources());
  return session.tell(done, to_json, write);
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>(
      {"restore", "put a backup back, into the live store: dnsd goes on serving and follows",
       "zonectl restore /backup/zonestore-2026-11-25 --dry-run\nzonectl restore /backup/zonestore-2026-11-25\n"
       "zonectl restore /backup/zonestore-2026-11-25 --server 192.0.2.1:53",
       exits_of_change({{ExitCode::kRefused, "refused: E_FOREIGN_BACKUP, it was not sealed with this store's key"}})},
      arguments, body);
}

}  // namespace zonectl::restore
