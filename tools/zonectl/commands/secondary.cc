// zonectl secondary add|set|remove|show (list, check, config: secondary_*.cc): the servers that have the zones from
// us by transfer.
#include <algorithm>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/secondary_check.h"
#include "tools/zonectl/commands/secondary_config.h"
#include "tools/zonectl/commands/secondary_list.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/secondary_words.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/base/joined.h"
#include "zonestore/operations/secondaries/secondaries.h"

namespace zonectl::secondary {
namespace {

using zonestore::Name;
using zonestore::Result;
using zonestore::SecondaryChanged;
using zonestore::SecondarySeen;
using zonestore::SecondarySettings;
using zonestore::SecondaryView;
using zonestore::SocketAddress;

struct NameOption {
  std::optional<std::string> name;
};
struct RemoveOptions {
  std::optional<std::string> name;
  ChangeOptions change;
};
// What `add` and `set` take.
struct SettingOptions {
  std::optional<std::string> name;
  std::vector<SocketAddress> addresses;
  std::vector<Name> keys;
  std::vector<Name> zones;
  bool no_key = false;
  bool only_from_addresses = false;
  bool no_ixfr = false;
  bool anycast = false;
  bool catalog = false;
  // The opposites, of `set` alone.
  bool from_anywhere = false;
  bool all_zones = false;
  bool ixfr = false;
  bool not_anycast = false;
  bool no_catalog = false;
  bool enable = false;
  bool disable = false;
  ChangeOptions change;
};

void declare_name(Arguments arguments, std::optional<std::string>& name) {
  arguments.one("NAME", "", name, Need::kRequired, &zonestore::parse_secondary_name,
                "the secondary's name, such as ns2");
}

void setting_arguments(Arguments& arguments, SettingOptions& options) {
  declare_name(arguments, options.name);
  arguments.many("--address", "ADDR[:PORT]", options.addresses, Need::kOptional, &zonestore::parse_secondary_address,
                 "where it is notified and asked; once for each, the first that answers is asked");
  arguments.many(
      "--key", "NAME", options.keys, Need::kOptional, &zonestore::parse_key_name,
      "the TSIG key that it signs with, by its name in dnsd's key file; twice while a key is rolled: both do");
  arguments.flag("--no-key", options.no_key,
                 "it signs with none: whoever sends from its addresses may have the zones");
  arguments.flag("--only-from-addresses", options.only_from_addresses,
                 "a request signed with its key counts from its addresses alone");
  arguments.many("--zone", "ZONE", options.zones, Need::kOptional, &Name::parse,
                 "a zone that it is to have; once for each (default: all zones, those to come too)");
  arguments.flag("--no-ixfr", options.no_ixfr, "give it whole zones alone, whatever it asks for");
  arguments.flag("--anycast", options.anycast,
                 "several sites stand behind its addresses: a look at it shortens no wait");
  arguments.flag("--catalog", options.catalog,
                 "it is to have the catalog, and takes its zones from there; it needs a key then");
}

void add_arguments(Arguments& arguments, SettingOptions& options) {
  setting_arguments(arguments, options);
  arguments.dry_run(options.change);
}

void set_arguments(Arguments& arguments, SettingOptions& options) {
  setting_arguments(arguments, options);
  arguments.flag("--from-anywhere", options.from_anywhere, "a request signed with its key counts from everywhere");
  arguments.flag("--all-zones", options.all_zones, "it has all zones again, those to come too");
  arguments.flag("--ixfr", options.ixfr, "give it the differences that it asks for again");
  arguments.flag("--not-anycast", options.not_anycast, "one site stands behind its addresses");
  arguments.flag("--no-catalog", options.no_catalog, "it is to have the catalog no more");
  arguments.flag("--disable", options.disable, "neither notify nor serve it until it is enabled again");
  arguments.flag("--enable", options.enable, "notify and serve it again");
  arguments.dry_run(options.change);
}

void name_argument(Arguments& arguments, NameOption& options) {
  declare_name(arguments.operators(), options.name);
}

void remove_arguments(Arguments& arguments, RemoveOptions& options) {
  declare_name(arguments, options.name);
  arguments.dry_run(options.change);
}

// Of two opposites the one that was given; nullopt: neither. Errors: both.
Result<std::optional<bool>> one_of(bool yes, bool no, const std::string& both) {
  if (yes && no) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, both + " contradict each other", "give one of them");
  }
  return yes || no ? std::optional(yes) : std::nullopt;
}

template <class Value>
Result<std::optional<std::vector<Value>>> list_of(const std::vector<Value>& values, bool none,
                                                  const std::string& both) {
  if (none && !values.empty()) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, both + " contradict each other", "give one of them");
  }
  return none || !values.empty() ? std::optional(values) : std::nullopt;
}

Result<SecondarySettings> settings_of(const SettingOptions& options) {
  SecondarySettings settings;
  const auto keys = list_of(options.keys, options.no_key, "--key and --no-key");
  const auto zones = list_of(options.zones, options.all_zones, "--zone and --all-zones");
  const auto only =
      one_of(options.only_from_addresses, options.from_anywhere, "--only-from-addresses and --from-anywhere");
  const auto ixfr = one_of(options.ixfr, options.no_ixfr, "--ixfr and --no-ixfr");
  const auto anycast = one_of(options.anycast, options.not_anycast, "--anycast and --not-anycast");
  const auto catalog = one_of(options.catalog, options.no_catalog, "--catalog and --no-catalog");
  const auto enabled = one_of(options.enable, options.disable, "--enable and --disable");
  if (!keys || !zones) {
    return tl::unexpected(keys ? zones.error() : keys.error());
  }
  for (const Result<std::optional<bool>>* const each : {&only, &ixfr, &anycast, &catalog, &enabled}) {
    if (!*each) {
      return tl::unexpected(each->error());
    }
  }
  if (!options.addresses.empty()) {
    settings.addresses = options.addresses;
  }
  settings.key_names = *keys;
  settings.zones = *zones;
  settings.from_addresses_only = *only;
  settings.ixfr = *ixfr;
  settings.anycast = *anycast;
  settings.catalog = *catalog;
  settings.enabled = *enabled;
  return settings;
}

std::string addresses_text(const SecondaryView& secondary) {
  return zonestore::joined(secondary.addresses, ", ", [](const SocketAddress& address) { return address.to_text(); });
}

std::string zones_text(const SecondaryView& secondary) {
  return secondary.all_zones
             ? "all zones"
             : zonestore::joined(secondary.zones, ", ", [](const Name& name) { return name.to_text_no_dot(); });
}

std::string who_may_text(const SecondaryView& secondary) {
  if (secondary.key_names.empty()) {
    return "whoever sends from " + addresses_text(secondary) + ", unsigned";
  }
  return "whoever signs with " +
         zonestore::joined(secondary.key_names, ", ", [](const Name& name) { return name.to_text_no_dot(); }) +
         (secondary.from_addresses_only ? ", from " + addresses_text(secondary) + " alone" : "");
}

std::string catalog_text(const SecondaryView& secondary) {
  return secondary.catalog_zone ? secondary.catalog_zone->to_text_no_dot()
                                : "none is set yet: zonectl catalog set NAME";
}

void write_settings(const Session& session, const SecondaryView& secondary) {
  std::ostream& out = session.out();
  if (!secondary.enabled) {
    out << "  disabled  since " << session.times().text(secondary.since) << ": neither notified nor served\n";
  }
  out << "  notify    " << addresses_text(secondary) << "\n  transfer  " << who_may_text(secondary) << '\n';
  if (!secondary.ixfr) {
    out << "  ixfr      no: whole zones alone\n";
  }
  if (secondary.anycast) {
    out << "  anycast   several sites: a look at it shortens no wait\n";
  }
  if (secondary.catalog) {
    out << "  catalog   " << catalog_text(secondary) << '\n';
  }
}

void write_changed(const Session& session, const SecondaryChanged& changed, std::string_view done) {
  const SecondaryView& secondary = changed.secondary;
  session.out() << session.terminal().styled(Style::kBold, secondary.name) << ": " << done << " ("
                << zones_text(secondary) << ")\n";
  write_settings(session, secondary);
  if (!secondary.key_names.empty()) {
    session.out() << "  key       if dnsd's file lacks " << keys_text(secondary)
                  << ", its log says tsig_key_missing\n";
  }
  if (changed.keys_wait_longer) {
    const auto longer = std::chrono::ceil<zonestore::Seconds>(*changed.keys_wait_longer);
    session.out() << "  ripening  new keys wait " << zonestore::to_duration_text(longer)
                  << " longer, or until every server was seen with them; a new institution signs from then\n";
  }
  write_end(session.out(), session.terminal(), changed);
}

Json changed_secondary_json(const SecondaryChanged& changed) {
  Json json = changed_json(changed);
  json["secondary"] = to_json(changed.secondary);
  json["keys_wait_longer_ms"] =
      json_or_null(changed.keys_wait_longer, [](zonestore::Milliseconds longer) { return longer.count(); });
  return json;
}

Result<ExitCode> add(Session& session, const SettingOptions& options) {
  const Result<SecondarySettings> settings = settings_of(options);
  if (!settings) {
    return tl::unexpected(settings.error());
  }
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return add_secondary(store, context, *options.name, *settings);
  };
  const auto in_words = [](const Session& told, const SecondaryChanged& changed) {
    write_changed(told, changed, verb(changed, "added", "would be added"));
    told.out() << "next: zonectl secondary config " << changed.secondary.name << " --for nsd --primary ADDRESS\n";
  };
  return session.tell(session.change(options.change, operation), changed_secondary_json, in_words);
}

bool says_nothing(const SecondarySettings& settings) {
  return !settings.addresses && !settings.key_names && !settings.zones && !settings.from_addresses_only &&
         !settings.ixfr && !settings.anycast && !settings.catalog && !settings.enabled;
}

Result<ExitCode> set(Session& session, const SettingOptions& options) {
  const Result<SecondarySettings> settings = settings_of(options);
  if (!settings) {
    return tl::unexpected(settings.error());
  }
  if (says_nothing(*settings)) {
    return zonestore::fail(zonestore::ErrorCode::kInvalid, "nothing is said that is to be changed",
                           "zonectl secondary set --help");
  }
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return set_secondary(store, context, *options.name, *settings);
  };
  const auto in_words = [](const Session& told, const SecondaryChanged& changed) {
    write_changed(told, changed,
                  changed.changed ? verb(changed, "changed", "would be changed") : "nothing to do: it is so already");
  };
  return session.tell(session.change(options.change, operation), changed_secondary_json, in_words);
}

Result<ExitCode> remove(Session& session, const RemoveOptions& options) {
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return remove_secondary(store, context, *options.name);
  };
  const auto in_words = [](const Session& told, const SecondaryChanged& changed) {
    told.out() << changed.secondary.name << ": " << verb(changed, "removed", "would be removed") << '\n';
    write_end(told.out(), told.terminal(), changed);
  };
  return session.tell(session.change(options.change, operation), changed_secondary_json, in_words);
}

void write_shown(const Session& session, const SecondaryView& secondary) {
  session.out() << session.terminal().styled(Style::kBold, secondary.name) << "  " << zones_text(secondary) << '\n';
  write_settings(session, secondary);
  if (secondary.enabled) {
    session.out() << "  since     " << session.times().text(secondary.since) << '\n';
  }
  for (const SecondarySeen& each : secondary.seen) {
    session.out() << "  seen      " << each.zone.to_text_no_dot() << "  " << state_text(each) << ", "
                  << printable(each.detail) << ", " << session.times().text(each.seen) << '\n';
  }
}

Result<ExitCode> show(Session& session, const NameOption& options) {
  const auto in_json = [](const SecondaryView& secondary) { return to_json(secondary); };
  return session.tell(session.read([&](zonestore::Store& store) { return show_secondary(store, *options.name); }),
                      in_json, write_shown);
}

constexpr ExitNote kNoSuch{ExitCode::kNotFound, "no such secondary, or no such zone"};
constexpr ExitNote kNoKeyNote{ExitCode::kRefused, "refused: E_NO_KEY, it has no key and --no-key does not say so"};

}  // namespace

void define(CommandLine& line) {
  CommandLine secondary =
      line.noun("secondary", "the servers that follow ours by transfer: add, set, remove, list, show, check, config");
  secondary.command<SettingOptions>(
      {"add", "let a server have the zones, and notify it of each change",
       "zonectl secondary add ns2 --address 192.0.2.53 --address 2001:db8::53 --key ns2-key",
       exits_of_change(
           {{ExitCode::kRefused,
             "refused: E_EXISTS, there is one of that name; E_NO_KEY, it has no key and --no-key does not "
             "say so"},
            {ExitCode::kNotFound, "no such zone"}})},
      add_arguments, add);
  secondary.command<SettingOptions>(
      {"set", "change a secondary; what is not named stays, and a list that is named replaces the one before",
       "zonectl secondary set ns2 --key ns2-key --key ns2-new\nzonectl secondary set ns2 --disable",
       exits_of_change({kNoKeyNote, kNoSuch})},
      set_arguments, set);
  secondary.command<RemoveOptions>(
      {"remove", "neither notify nor serve it any more; says which name server stands at its addresses",
       "zonectl secondary remove ns2", exits_of_change({{ExitCode::kNotFound, "no such secondary"}})},
      remove_arguments, remove);
  define_list(secondary);
  secondary.command<NameOption>(
      {"show", "show a secondary: where it is notified, and who may have its zones", "zonectl secondary show ns2",
       exits_of_reading({{ExitCode::kNotFound, "no such secondary"}}), For::kOperators},
      name_argument, show);
  define_check(secondary);
  define_config(secondary);
}

}  // namespace zonectl::secondary
