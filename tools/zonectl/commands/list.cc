// zonectl list: all institutions, or those that a filter admits, one a line.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/list_columns.h"
#include "tools/zonectl/commands/list_filter.h"
#include "tools/zonectl/telling/json.h"

namespace zonectl::list {
namespace {

using zonestore::ListedInstitution;
using zonestore::Result;

struct Options {
  bool all = false;
  Filter filter;
  std::optional<std::vector<Column>> columns;
  bool header = false;
};

void arguments(Arguments& arguments, Options& options) {
  Arguments for_all = arguments.operators();
  for_all.flag("--all", options.all, "also those that were removed and are gone");
  for_all.many("--state", "STATE", options.filter.states, Need::kOptional, &parse_state,
               "only those of which a slot is in this state (DRAINING, REVOKED, ...), or which are in this phase "
               "(starting, signing, departing, departed); may be repeated: in one of them");
  for_all.many("--domain", "PATTERN", options.filter.domains, Need::kOptional, &parse_domain_pattern,
               "only those with this domain or one below it, or one like '*.fr'; may be repeated: with one of them");
  for_all.flag("--attention", options.filter.attention,
               "only those that somebody must look at, as status counts them");
  for_all.flag("--due", options.filter.due, "only those where maintain has something to do");
  for_all.flag("--never-seen", options.filter.never_seen, "only those of which nobody ever saw an answer in the DNS");
  for_all.one("--columns", "NAME,...", options.columns, Need::kOptional, &parse_columns,
              "these columns, in this order, of " + columns_help());
  for_all.flag("--header", options.header, "a header in a pipe too");
}

// Those that the filter admits.
Result<void> each(zonestore::Store& store, const Options& options,
                  const std::function<bool(const ListedInstitution&)>& visitor) {
  const bool with_departed = options.all || options.filter.wants_departed();
  return list_institutions(store, with_departed, [&](const ListedInstitution& institution) {
    return !options.filter.admits(institution) || visitor(institution);
  });
}

Json to_json(const ListedInstitution& institution) {
  Json json = zonectl::to_json(static_cast<const zonestore::InstitutionView&>(institution));
  json["attention"] = institution.attention;
  json["never_seen"] = institution.never_seen;
  return json;
}

Result<void> write_json(std::ostream& out, zonestore::Store& store, const Options& options) {
  JsonList list(out, "institutions");
  Result<void> read = each(store, options, [&](const ListedInstitution& institution) {
    list.add(to_json(institution));
    return out.good();
  });
  list.finish();
  return read;
}

Result<void> write_table(std::ostream& out, const Session& session, zonestore::Store& store, const Options& options) {
  const std::vector<Column> columns = options.columns.value_or(default_columns());
  std::vector<std::string> titles;
  titles.reserve(columns.size());
  for (const Column& column : columns) {
    titles.emplace_back(column.title);
  }
  const Times times = session.times();
  Table table(out, session.terminal(), std::move(titles), {options.header, true});
  Result<void> read = each(store, options, [&](const ListedInstitution& institution) {
    std::vector<Cell> row;
    row.reserve(columns.size());
    for (const Column& column : columns) {
      row.push_back(column.cell(institution, times));
    }
    table.add(row);
    return out.good();
  });
  table.finish();
  if (table.rows() == 0 && session.terminal().interactive) {
    out << (options.filter.is_open() ? "no institution yet; add one: zonectl add CODE --domain DOMAIN\n"
                                     : "no institution is like that\n");
  }
  return read;
}

Result<ExitCode> body(Session& session, const Options& options) {
  if (session.json() && (options.columns || options.header)) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "--columns and --header are of the table, not of --json",
                           "leave them out");
  }
  return session.read([&](zonestore::Store& store) {
    return session.print_whole([&](std::ostream& out) {
      return session.json() ? write_json(out, store, options) : write_table(out, session, store, options);
    });
  });
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>({"list", "list the institutions, by code",
                         "zonectl list --attention\nzonectl list --state DRAINING --domain '*.fr'\n"
                         "zonectl list --columns code,domains --header",
                         exits_of_reading(), For::kOperators},
                        arguments, body);
}

}  // namespace zonectl::list
