// zonectl zone list|show|set|export|import|check|remove|serial: the zones and their settings.
#include <algorithm>
#include <charconv>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/zone_export.h"
#include "tools/zonectl/commands/zone_file.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "tools/zonectl/text/table.h"
#include "zonestore/base/joined.h"
#include "zonestore/operations/zones/zones.h"

namespace zonectl::zone {
namespace {

using zonestore::Name;
using zonestore::Result;
using zonestore::ZoneChanged;
using zonestore::ZoneView;

struct NoOptions {};
struct ZoneOption {
  std::optional<Name> zone;
};
struct SerialOptions {
  std::optional<Name> zone;
  std::optional<zonestore::Serial> at_least;
  ChangeOptions change;
};
struct SetOptions {
  std::optional<Name> zone;
  std::vector<Name> name_servers;
  zonestore::ZoneSettings settings;
  ChangeOptions change;
};

void no_arguments(Arguments&, NoOptions&) {}

void zone_argument(Arguments& arguments, ZoneOption& options) {
  arguments.zone(options.zone);
}

Result<zonestore::Serial> parse_serial(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "'" + std::string(text) + "' is no serial",
                           "a number from 0 to 4294967295");
  }
  return zonestore::Serial{value};
}

void serial_arguments(Arguments& arguments, SerialOptions& options) {
  arguments.zone(options.zone, Need::kOptional);
  arguments.one("--at-least", "N", options.at_least, Need::kOptional, &parse_serial,
                "raise the zone's serial to that: one above what a secondary has that is ahead of the store");
  arguments.dry_run(options.change);
}

void set_arguments(Arguments& arguments, SetOptions& options) {
  arguments.zone(options.zone);
  zonestore::ZoneSettings& settings = options.settings;
  arguments.many("--ns", "NAME", options.name_servers, Need::kOptional, &Name::parse,
                 "the name servers, all of them; repeat it; the first is the primary");
  arguments.one("--primary", "NAME", settings.primary, Need::kOptional, &Name::parse,
                "the primary, also one that is no name server to the world (default: the first --ns)");
  arguments.one("--hostmaster", "MAILBOX", settings.mailbox, Need::kOptional, &zonestore::parse_mailbox,
                "who is responsible: hostmaster@secutix.com");
  const auto duration = [&arguments](const std::string& name, std::optional<std::uint32_t>& target,
                                     const std::string& description) {
    arguments.one(name, "DURATION", target, Need::kOptional, &parse_seconds, description);
  };
  duration("--soa-ttl", settings.soa_ttl, "the TTL of the SOA record");
  duration("--refresh", settings.refresh,
           "how often secondaries look for a new serial; with --retry at most 30 days");
  duration("--retry", settings.retry, "how soon they try again; shorter than refresh, with it at most 30 days");
  duration("--expire", settings.expire, "how long they answer without us; longer than refresh");
  duration("--minimum", settings.minimum, "how long resolvers may remember that a name is absent");
  duration("--ns-ttl", settings.ns_ttl, "the TTL of the NS records");
  arguments.many("--anycast", "NAME", settings.anycast, Need::kOptional, &Name::parse,
                 "a name server behind whose addresses several sites stand: a look at it shortens no wait");
  arguments.many("--not-anycast", "NAME", settings.not_anycast, Need::kOptional, &Name::parse,
                 "a name server behind whose addresses one site stands");
  arguments.dry_run(options.change);
}

void write_row(std::ostream& out, std::string_view what, std::uint32_t value) {
  out << what << zonestore::to_duration_text(zonestore::Seconds{value}) << '\n';
}

bool is_anycast(const ZoneView& zone, const Name& server) {
  return std::find(zone.anycast.begin(), zone.anycast.end(), server) != zone.anycast.end();
}

void write(const Session& session, const ZoneView& zone) {
  std::ostream& out = session.out();
  out << session.terminal().styled(Style::kBold, zone.apex.to_text_no_dot()) << "  serial " << zone.serial.value
      << "  " << zone.record_sets << " record sets, " << zone.static_record_sets << " of them static\n"
      << (zone.is_catalog ? "the catalog: for the secondaries alone that are to have it; zonectl catalog show\n" : "")
      << '\n';
  for (std::size_t index = 0; index < zone.name_servers.size(); ++index) {
    out << (index == 0 ? "name servers  " : "              ") << zone.name_servers[index].to_text_no_dot()
        << (zone.name_servers[index] == zone.primary ? "  (primary)" : "")
        << (is_anycast(zone, zone.name_servers[index]) ? "  (anycast)\n" : "\n");
  }
  if (std::find(zone.name_servers.begin(), zone.name_servers.end(), zone.primary) == zone.name_servers.end()) {
    out << "hidden        " << zone.primary.to_text_no_dot() << "  (primary)\n";
  }
  out << "hostmaster    " << zone.mailbox.to_text_no_dot() << '\n';
  write_row(out, "soa-ttl       ", zone.soa_ttl);
  write_row(out, "refresh       ", zone.refresh);
  write_row(out, "retry         ", zone.retry);
  write_row(out, "expire        ", zone.expire);
  write_row(out, "minimum       ", zone.minimum);
  write_row(out, "ns-ttl        ", zone.ns_ttl);
}

Result<std::vector<ZoneView>> read_zones(const Session& session) {
  return session.read([](zonestore::Store& store) { return zonestore::list_zones(store); });
}

Result<ZoneView> read_zone(const Session& session, const Name& apex) {
  return session.read([&apex](zonestore::Store& store) { return zonestore::show_zone(store, apex); });
}

void write_list(const Session& session, const std::vector<ZoneView>& zones) {
  Table table(session.out(), session.terminal(), {"ZONE", "SERIAL", "RECORD SETS", "NAME SERVERS"});
  for (const ZoneView& zone : zones) {
    const std::string servers =
        zonestore::joined(zone.name_servers, " ", [](const Name& server) { return server.to_text_no_dot(); });
    table.add({{zone.apex.to_text_no_dot(), Style::kBold},
               {std::to_string(zone.serial.value)},
               {std::to_string(zone.record_sets)},
               {servers}});
  }
  table.finish();
}

Result<ExitCode> list(Session& session, const NoOptions&) {
  const auto in_json = [](const std::vector<ZoneView>& zones) { return Json{{"zones", json_array(zones)}}; };
  return session.tell(read_zones(session), in_json, write_list);
}

Result<ExitCode> show(Session& session, const ZoneOption& options) {
  const auto in_json = [](const ZoneView& zone) { return to_json(zone); };
  return session.tell(read_zone(session, *options.zone), in_json, write);
}

Json changed_zone_json(const ZoneChanged& changed) {
  Json json = changed_json(changed);
  json["zone"] = to_json(changed.zone);
  return json;
}

Result<ExitCode> set(Session& session, const SetOptions& options) {
  zonestore::ZoneSettings settings = options.settings;
  if (!options.name_servers.empty()) {
    settings.name_servers = options.name_servers;
  }
  for (const Name& server : settings.anycast) {
    if (std::find(settings.not_anycast.begin(), settings.not_anycast.end(), server) != settings.not_anycast.end()) {
      return zonestore::fail(zonestore::ErrorCode::kInvalid,
                             server.to_text_no_dot() + " is named with --anycast and with --not-anycast",
                             "name it with one of them");
    }
  }
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return set_zone(store, context, *options.zone, settings);
  };
  const auto in_words = [](const Session& told, const ZoneChanged& changed) {
    told.out() << changed.zone.apex.to_text_no_dot() << ": "
               << (changed.changed ? verb(changed, "changed", "would be changed") : "nothing to do: it is so already")
               << "\n\n";
    write(told, changed.zone);
    write_end(told.out(), told.terminal(), changed);
  };
  return session.tell(session.change(options.change, operation), changed_zone_json, in_words);
}

// One zone: the number alone, for scripts.
Result<ExitCode> serial_of_one(const Session& session, const Name& apex) {
  const auto in_json = [](const ZoneView& zone) {
    return Json{{"zone", zone.apex.to_text()}, {"serial", zone.serial.value}};
  };
  return session.tell(read_zone(session, apex), in_json,
                      [](const Session& told, const ZoneView& zone) { told.out() << zone.serial.value << '\n'; });
}

Json serials_json(const std::vector<ZoneView>& zones) {
  Json array = Json::array();
  for (const ZoneView& zone : zones) {
    array.push_back(Json{{"zone", zone.apex.to_text()}, {"serial", zone.serial.value}});
  }
  return Json{{"zones", std::move(array)}};
}

void write_serials(const Session& session, const std::vector<ZoneView>& zones) {
  for (const ZoneView& zone : zones) {
    session.out() << zone.apex.to_text_no_dot() << '\t' << zone.serial.value << '\n';
  }
}

Result<ExitCode> raise(const Session& session, const SerialOptions& options) {
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return raise_serial(store, context, *options.zone, *options.at_least);
  };
  const auto in_words = [](const Session& told, const ZoneChanged& changed) {
    told.out() << changed.zone.apex.to_text_no_dot() << ": "
               << (changed.changed ? verb(changed, "serial raised to ", "serial would be raised to ")
                                   : "nothing to do: its serial is ")
               << changed.zone.serial.value << '\n';
    write_end(told.out(), told.terminal(), changed);
  };
  return session.tell(session.change(options.change, operation), changed_zone_json, in_words);
}

Result<ExitCode> serial(Session& session, const SerialOptions& options) {
  if (options.at_least) {
    return options.zone ? raise(session, options)
                        : zonestore::fail(zonestore::ErrorCode::kInvalid, "--at-least is for one zone",
                                          "zonectl zone serial ZONE --at-least N");
  }
  if (options.change.dry_run) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid,
                           "--dry-run is for --at-least: nothing is changed without it",
                           "zonectl zone serial ZONE --at-least N --dry-run");
  }
  return options.zone ? serial_of_one(session, *options.zone)
                      : session.tell(read_zones(session), serials_json, write_serials);
}

}  // namespace

void define(CommandLine& line) {
  CommandLine zone = line.noun("zone", "the zones: list, show, set, export, import, check, remove, serial");
  const ExitNote not_found{ExitCode::kNotFound, "no such zone"};
  zone.command<NoOptions>({"list", "list the zones", "zonectl zone list", exits_of_reading(), For::kOperators},
                          no_arguments, list);
  zone.command<ZoneOption>({"show", "show a zone's name servers, SOA values and TTLs",
                            "zonectl zone show dkim.secutix.com", exits_of_reading({not_found}), For::kOperators},
                           zone_argument, show);
  zone.command<SetOptions>(
      {"set", "change a zone's name servers, SOA values or TTLs; what is not named stays",
       "zonectl zone set dkim.secutix.com --ns ns1.secutix.com --ns ns2.secutix.com --refresh 2h",
       exits_of_change(
           {{ExitCode::kRefused, "a name server in a zone of this store without an address"}, not_found})},
      set_arguments, set);
  zone_export::define(zone);
  zone_file::define_import(zone);
  zone_file::define_check(zone);
  zone_file::define_remove(zone);
  zone.command<SerialOptions>(
      {"serial", "print a zone's serial, or raise it; without a zone, each zone and its serial",
       "zonectl zone serial dkim.secutix.com\nzonectl zone serial dkim.secutix.com --at-least 1795624283",
       exits_of_change({not_found})},
      serial_arguments, serial);
}

}  // namespace zonectl::zone
