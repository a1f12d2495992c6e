// zonectl backup: the store and its vault, as they are now, in a directory.
#include "zonestore/operations/backup/backup.h"

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"

namespace zonectl::backup {
namespace {

using zonestore::Backup;
using zonestore::Result;

struct Options {
  std::optional<std::string> directory;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.one("DIR", "", options.directory, Need::kRequired, &parse_line,
                "a new directory, made with mode 0700; one that exists is never overwritten");
}

void write(const Session& session, const Backup& backup) {
  session.out() << "backup made in " << printable(backup.directory.string()) << ": " << backup.institutions
                << (backup.institutions == 1 ? " institution, " : " institutions, ") << backup.keys
                << (backup.keys == 1 ? " private key, " : " private keys, ") << backup.size_bytes / 1024 << " KiB\n"
                << "the private keys in it are encrypted, and the key to them, " << backup.wrapping_key_id
                << ", is not in it: keep that one elsewhere (zonectl vault status says where it is)\n";
}

Json to_json(const Backup& backup) {
  Json zones = Json::array();
  for (const zonestore::ZoneSerial& zone : backup.zones) {
    zones.push_back(Json{{"zone", zone.apex.to_text()}, {"serial", zone.serial.value}});
  }
  return Json{{"directory", backup.directory.string()},
              {"store_id", backup.store_id},
              {"institutions", backup.institutions},
              {"keys", backup.keys},
              {"wrapping_key_id", backup.wrapping_key_id},
              {"size_bytes", backup.size_bytes},
              {"zones", zones}};
}

Result<ExitCode> body(Session& session, const Options& options) {
  Result<zonestore::Store> store = session.open_to_write();  // who may read the vault may write it
  if (!store) {
    return tl::unexpected(store.error());
  }
  return session.tell(back_up(*store, *options.directory), to_json, write);
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>({"backup", "copy the store and its vault, as they are at this instant, while both are in use",
                         "zonectl backup /backup/zonestore-2026-11-25",
                         exits_of_reading({{ExitCode::kRefused, "refused: E_EXISTS, there is something of that name"},
                                           {ExitCode::kBusy}})},
                        arguments, body);
}

}  // namespace zonectl::backup
