#include "tools/zonectl/commands/secondary_config.h"

#include "tools/zonectl/telling/secondary_config.h"
#include "zonestore/operations/secondaries/secondaries.h"

namespace zonectl::secondary {
namespace {

using zonestore::Result;
using zonestore::SecondaryView;

struct Options {
  std::optional<std::string> name;
  std::optional<ServerKind> kind;
  std::vector<zonestore::SocketAddress> primaries;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().one("NAME", "", options.name, Need::kRequired, &zonestore::parse_secondary_name,
                            "the secondary's name, such as ns2");
  arguments.operators().one("--for", "nsd|knot|bind|pdns", options.kind, Need::kRequired, &parse_server_kind,
                            "which server it is");
  arguments.operators().many("--primary", "ADDR[:PORT]", options.primaries, Need::kRequired,
                             &zonestore::parse_secondary_address, "where dnsd answers it; once for each");
}

Result<ExitCode> body(Session& session, const Options& options) {
  const auto text_of = [&options](const SecondaryView& secondary) {
    return secondary_config(secondary, *options.kind, options.primaries);
  };
  const auto in_json = [&](const SecondaryView& secondary) {
    return Json{{"name", secondary.name}, {"for", to_text(*options.kind)}, {"config", text_of(secondary)}};
  };
  const auto in_words = [&](const Session& told, const SecondaryView& secondary) {
    told.out() << text_of(secondary);
  };
  return session.tell(session.read([&](zonestore::Store& store) { return show_secondary(store, *options.name); }),
                      in_json, in_words);
}

}  // namespace

void define_config(CommandLine& secondary) {
  secondary.command<Options>(
      {"config", "print what a secondary's own configuration needs; the secret of its key stays where dnsd reads it",
       "zonectl secondary config ns2 --for nsd --primary 198.51.100.1",
       exits_of_reading({{ExitCode::kNotFound, "no such secondary"}}), For::kOperators},
      arguments, body);
}

}  // namespace zonectl::secondary
