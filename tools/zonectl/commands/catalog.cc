// zonectl catalog set|show|unset: the zone that names all others, for servers that follow them by it (RFC 9432).
#include "zonestore/operations/zones/catalog.h"

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "tools/zonectl/text/table.h"
#include "zonestore/base/joined.h"

namespace zonectl::catalog {
namespace {

using zonestore::CatalogChanged;
using zonestore::CatalogMember;
using zonestore::CatalogView;
using zonestore::Name;
using zonestore::Result;

struct NoOptions {};
struct SetOptions {
  std::optional<Name> name;
  ChangeOptions change;
};
struct UnsetOptions {
  ChangeOptions change;
};

void set_arguments(Arguments& arguments, SetOptions& options) {
  arguments.one("NAME", "", options.name, Need::kRequired, &Name::parse,
                "the catalog's name, beside the zones; one that nobody can ask for, such as catalog.secutix.invalid");
  arguments.dry_run(options.change);
}

void unset_arguments(Arguments& arguments, UnsetOptions& options) {
  arguments.dry_run(options.change);
}

void no_arguments(Arguments&, NoOptions&) {}

std::string consumers_text(const CatalogView& catalog) {
  if (catalog.consumers.empty()) {
    return "nobody yet: zonectl secondary set NAME --catalog lets one have it";
  }
  return zonestore::joined(catalog.consumers, ", ", [](const std::string& name) { return name; });
}

std::string zones_text(const CatalogView& catalog) {
  return std::to_string(catalog.members.size()) + (catalog.members.size() == 1 ? " zone" : " zones");
}

Json to_json(const CatalogView& catalog) {
  Json members = Json::array();
  for (const CatalogMember& member : catalog.members) {
    members.push_back(Json{{"zone", member.zone.to_text()}, {"label", member.label}});
  }
  return Json{{"zone", catalog.apex.to_text()},
              {"serial", catalog.serial.value},
              {"members", std::move(members)},
              {"consumers", catalog.consumers}};
}

Json changed_catalog_json(const CatalogChanged& changed) {
  Json json = changed_json(changed);
  json["catalog"] = to_json(changed.catalog);
  return json;
}

void write_set(const Session& session, const CatalogChanged& changed) {
  const CatalogView& catalog = changed.catalog;
  session.out() << session.terminal().styled(Style::kBold, catalog.apex.to_text_no_dot()) << ": "
                << (changed.changed ? verb(changed, "set", "would be set") : "nothing to do: it is set already")
                << ", " << zones_text(catalog) << ", serial " << catalog.serial.value << "\n  for       "
                << consumers_text(catalog) << '\n';
  write_end(session.out(), session.terminal(), changed);
}

Result<ExitCode> set(Session& session, const SetOptions& options) {
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return set_catalog(store, context, *options.name);
  };
  return session.tell(session.change(options.change, operation), changed_catalog_json, write_set);
}

void write_shown(const Session& session, const CatalogView& catalog) {
  session.out() << session.terminal().styled(Style::kBold, catalog.apex.to_text_no_dot()) << "  serial "
                << catalog.serial.value << "\n  for       " << consumers_text(catalog) << "\n\n";
  Table table(session.out(), session.terminal(), {"ZONE", "LABEL"});
  for (const CatalogMember& member : catalog.members) {
    table.add({{member.zone.to_text_no_dot(), Style::kBold}, {member.label}});
  }
  table.finish();
}

Result<ExitCode> show(Session& session, const NoOptions&) {
  const auto in_json = [](const CatalogView& catalog) { return to_json(catalog); };
  return session.tell(session.read([](zonestore::Store& store) { return show_catalog(store); }), in_json,
                      write_shown);
}

void write_unset(const Session& session, const CatalogChanged& changed) {
  session.out() << changed.catalog.apex.to_text_no_dot() << ": " << verb(changed, "unset", "would be unset")
                << "; consumers keep the zones for as long as they have its clause\n";
  write_end(session.out(), session.terminal(), changed);
}

// What nobody can be asked about is done: it takes nothing away from anybody by itself.
Result<ExitCode> unset(Session& session, const UnsetOptions& options) {
  if (session.can_ask() && !session.says_yes() && !options.change.dry_run &&
      !session.confirms(
          "Each consumer needs a clause for each zone before its clause of the catalog goes. Unset it?")) {
    session.err() << "nothing was changed\n";
    return ExitCode::kRefused;
  }
  const auto operation = [](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return unset_catalog(store, context);
  };
  return session.tell(session.change(options.change, operation), changed_catalog_json, write_unset);
}

}  // namespace

void define(CommandLine& line) {
  CommandLine catalog =
      line.noun("catalog", "the zone that names all others to the servers that follow: set, show, unset");
  const ExitNote none{ExitCode::kNotFound, "no catalog is set"};
  catalog.command<SetOptions>(
      {"set", "make the zone that lists all others, for the secondaries that are to have it (RFC 9432)",
       "zonectl catalog set catalog.secutix.invalid\nzonectl secondary set ns2 --catalog",
       exits_of_change(
           {{ExitCode::kRefused,
             "refused: E_EXISTS, another one is set or a zone has that name; E_RESERVED, it lies under or "
             "above a zone"}})},
      set_arguments, set);
  catalog.command<NoOptions>({"show", "show the catalog, its zones, and who is to have it", "zonectl catalog show",
                              exits_of_reading({none}), For::kOperators},
                             no_arguments, show);
  catalog.command<UnsetOptions>({"unset", "take the catalog away; consumers keep the zones that they have by it",
                                 "zonectl catalog unset", exits_of_change({none})},
                                unset_arguments, unset);
}

}  // namespace zonectl::catalog
