#include "tools/zonectl/commands/zone_export.h"

#include <sstream>

#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/text/whole_file.h"
#include "zonestore/operations/zones/zones.h"

namespace zonectl::zone_export {
namespace {

using zonestore::Result;
using zonestore::Serial;

struct Options {
  std::optional<zonestore::Name> zone;
  std::optional<std::string> file;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.zone(options.zone);
  arguments.one(
      "--out", "FILE", options.file, Need::kOptional, &parse_line,
      "write it there, whole or not at all, over an earlier export or where nothing is (default: standard output)");
}

Result<Serial> export_to_file(zonestore::Store& store, const zonestore::Name& zone, const std::string& path) {
  Result<WholeFile> file = WholeFile::create(path, {"zone file", "$ORIGIN ", "--out"});
  if (!file) {
    return tl::unexpected(file.error());
  }
  Result<Serial> serial = zonestore::export_zone(store, zone, file->stream());
  if (!serial) {
    return serial;
  }
  return file->commit().map([&serial] { return *serial; });
}

Result<ExitCode> to_file(const Session& session, zonestore::Store& store, const Options& options) {
  const Result<Serial> serial = export_to_file(store, *options.zone, *options.file);
  if (!serial) {
    return tl::unexpected(serial.error());
  }
  if (session.json()) {
    print(session.out(), Json{{"zone", options.zone->to_text()}, {"serial", serial->value}, {"file", *options.file}});
  } else {
    session.out() << options.zone->to_text_no_dot() << " serial " << serial->value << " written to " << *options.file
                  << '\n';
  }
  return ExitCode::kDone;
}

Result<ExitCode> to_output(const Session& session, zonestore::Store& store, const zonestore::Name& zone) {
  if (!session.json()) {
    return session.print_whole_lines(
        [&](std::ostream& out) { return zonestore::export_zone(store, zone, out).map([](Serial) {}); });
  }
  std::ostringstream text;
  const Result<Serial> serial = zonestore::export_zone(store, zone, text);
  if (!serial) {
    return tl::unexpected(serial.error());
  }
  print(session.out(), Json{{"zone", zone.to_text()}, {"serial", serial->value}, {"zone_file", text.str()}});
  return ExitCode::kDone;
}

Result<ExitCode> body(Session& session, const Options& options) {
  Result<zonestore::Store> store = session.open_to_read();
  if (!store) {
    return tl::unexpected(store.error());
  }
  return options.file ? to_file(session, *store, options) : to_output(session, *store, *options.zone);
}

}  // namespace

void define(CommandLine& zone) {
  zone.command<Options>({"export", "write the published zone as a zone file, as NSD, Knot and BIND load it",
                         "zonectl zone export dkim.secutix.com --out dkim.zone",
                         exits_of_reading({{ExitCode::kNotFound, "no such zone"}}), For::kOperators},
                        arguments, body);
}

}  // namespace zonectl::zone_export
