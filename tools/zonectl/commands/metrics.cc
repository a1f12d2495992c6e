// zonectl metrics: the store as numbers for Prometheus, on standard output or as a file for its collectors.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/text/whole_file.h"
#include "zonestore/operations/views/figures.h"

namespace zonectl::metrics {
namespace {

using zonestore::Result;
using zonestore::exposition::Exposition;

struct Options {
  std::optional<std::string> file;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.one("--file", "FILE", options.file, Need::kOptional, &parse_line,
                "write it there, whole or not at all, over an earlier one or where nothing is, for all to read");
}

Json to_json(const Exposition& exposition) {
  Json samples = Json::array();
  exposition.for_each(
      [&samples](const std::string& name, const zonestore::exposition::Labels& labels, const std::string& value) {
        Json named = Json(std::initializer_list<Json::Field>{});
        for (const auto& [label, text] : labels) {
          named[label] = text;
        }
        samples.push_back(Json{{"name", name}, {"labels", named}, {"value", value}});
      });
  return Json{{"metrics", samples}};
}

Result<void> write_to(const std::string& path, const Exposition& exposition) {
  Result<WholeFile> file = WholeFile::create(path, {"metrics file", "# HELP ", "--file"});
  if (!file) {
    return tl::unexpected(file.error());
  }
  file->stream() << exposition.text();
  return file->commit();
}

Result<ExitCode> body(Session& session, const Options& options) {
  Result<zonestore::Store> store = session.open_to_read();
  if (!store) {
    return tl::unexpected(store.error());
  }
  const Result<zonestore::StoreFigures> figures = zonestore::store_figures(*store);
  if (!figures) {
    return tl::unexpected(figures.error());
  }
  Exposition exposition;
  expose(*figures, exposition);
  if (options.file) {
    if (const Result<void> written = write_to(*options.file, exposition); !written) {
      return tl::unexpected(written.error());
    }
  }
  if (session.json()) {
    print(session.out(), to_json(exposition));
  } else if (!options.file) {
    session.out() << exposition.text();
  }
  return ExitCode::kDone;
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>({"metrics", "print the store as numbers, in Prometheus' text format",
                         "zonectl metrics\nzonectl metrics --file /run/zonestore/metrics.prom   # for node_exporter",
                         exits_of_reading({}), For::kOperators},
                        arguments, body);
}

}  // namespace zonectl::metrics
