// zonectl zone import|check|remove: whole zones, by their files.
#include "tools/zonectl/commands/zone_file.h"

#include <algorithm>

#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "zonestore/operations/zones/zone_import.h"

namespace zonectl::zone_file {
namespace {

using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::ZoneChecked;
using zonestore::ZoneFault;
using zonestore::ZoneImported;

struct ImportOptions {
  std::optional<std::string> file;
  std::optional<zonestore::Name> zone;
  bool is_strict = false;
  bool keep_soa = false;
  ChangeOptions change;
};
struct CheckOptions {
  std::optional<std::string> file;
  std::optional<zonestore::Name> zone;
  bool is_strict = false;
};
struct RemoveOptions {
  std::optional<zonestore::Name> zone;
  ChangeOptions change;
};

template <class Options>
void file_arguments(Arguments& arguments, Options& options) {
  arguments.one("FILE", "", options.file, Need::kRequired, &parse_line, "the zone file (RFC 1035 section 5)");
  arguments.one("--zone", "ZONE", options.zone, Need::kOptional, &zonestore::Name::parse,
                "the zone's name (default: the owner of the SOA in the file)");
  arguments.flag("--strict", options.is_strict,
                 "refuse, too, what NSD, Knot and BIND would load though it is hardly meant so");
}

void import_arguments(Arguments& arguments, ImportOptions& options) {
  file_arguments(arguments, options);
  arguments.flag("--keep-soa", options.keep_soa,
                 "leave the zone's SOA values as they are, whether or not the file has an SOA");
  arguments.dry_run(options.change);
}

void check_arguments(Arguments& arguments, CheckOptions& options) {
  file_arguments(arguments, options);
}

void remove_arguments(Arguments& arguments, RemoveOptions& options) {
  arguments.zone(options.zone);
  arguments.dry_run(options.change);
}

template <class Options>
zonestore::Strictness strictness_of(const Options& options) {
  return options.is_strict ? zonestore::Strictness::kStrict : zonestore::Strictness::kLenient;
}

std::string place_of(const std::string& file, const ZoneFault& fault) {
  return file + ":" + (fault.line == 0 ? "" : std::to_string(fault.line) + ":") + " ";
}

Json faults_json(const std::vector<ZoneFault>& faults) {
  Json array = Json::array();
  for (const ZoneFault& fault : faults) {
    array.push_back(Json{{"line", fault.line == 0 ? Json(nullptr) : Json(fault.line)},
                         {"guard", json_or_null(fault.guard, zonestore::guard_code)},
                         {"message", fault.message},
                         {"hint", fault.hint.empty() ? Json(nullptr) : Json(fault.hint)}});
  }
  return array;
}

zonestore::Error error_of(const std::string& file, const ZoneFault& fault) {
  zonestore::Error error{ErrorCode::kInvalid, place_of(file, fault) + fault.message, fault.hint, std::nullopt};
  if (fault.guard) {
    error.code = ErrorCode::kRefused;
    error.refusal = zonestore::Refusal{*fault.guard, std::nullopt};
  }
  return error;
}

// The whole import as one error: malformed if anything is, else refused by the first rule.
zonestore::Error whole_error(const std::string& file, const zonestore::FaultsFound& found) {
  const auto malformed =
      std::find_if(found.faults.begin(), found.faults.end(), [](const ZoneFault& each) { return !each.guard; });
  return error_of(file, malformed == found.faults.end() ? found.faults.front() : *malformed);
}

Result<ExitCode> tell_faults(const Session& session, const std::string& file, const zonestore::FaultsFound& found) {
  for (const ZoneFault& fault : found.faults) {
    session.report(error_of(file, fault));
  }
  const std::size_t more = found.fault_count - found.faults.size();
  session.report({ErrorCode::kInvalid,
                  file + ": nothing was imported, " + std::to_string(found.fault_count) +
                      (found.fault_count == 1 ? " fault" : " faults") +
                      (more == 0 ? "" : ", of which " + std::to_string(more) + " more are not shown"),
                  "", std::nullopt});
  const zonestore::Error error = whole_error(file, found);
  if (session.json()) {
    print(session.out(),
          Json{{"error", to_json(error)}, {"faults", faults_json(found.faults)}, {"fault_count", found.fault_count}});
  }
  return exit_code_of(error.code);
}

std::string counted(std::uint64_t count, std::string_view what) {
  return std::to_string(count) + (count == 1 ? " record set " : " record sets ") + std::string(what);
}

Json imported_json(const ZoneImported& imported) {
  Json json = changed_json(imported);
  json.update(Json{{"zone", to_json(*imported.zone)},
                   {"is_new", imported.is_new},
                   {"added", imported.added},
                   {"altered", imported.altered},
                   {"removed", imported.removed},
                   {"unchanged", imported.unchanged},
                   {"left_out", imported.left_out},
                   {"own", imported.own}});
  return json;
}

void write_imported(const Session& session, const ZoneImported& imported) {
  std::ostream& out = session.out();
  out << imported.apex.to_text_no_dot() << ": ";
  if (!imported.changed) {
    out << "nothing to do: it is so already\n";
  } else if (imported.is_new) {
    out << verb(imported, "zone made", "zone would be made") << serials_text(imported) << '\n';
  } else {
    out << verb(imported, "replaced", "would be replaced") << serials_text(imported) << '\n';
  }
  out << "  " << counted(imported.added, "added") << ", " << imported.altered << " altered, " << imported.removed
      << " removed, " << imported.unchanged << " unchanged\n";
  if (imported.left_out > 0) {
    out << "  " << counted(imported.left_out, "left out: RRSIG, NSEC and the like are made anew by signing\n");
  }
  if (imported.own > 0) {
    out << "  " << counted(imported.own, "left out: the store publishes them itself\n");
  }
  write_end(out, session.terminal(), imported);
}

Result<ExitCode> import(Session& session, const ImportOptions& options) {
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return import_zone(store, context, {*options.file, options.zone, strictness_of(options), options.keep_soa});
  };
  const Result<ZoneImported> imported = session.change(options.change, operation);
  if (imported && imported->fault_count > 0) {
    return tell_faults(session, *options.file, *imported);
  }
  return session.tell(imported, imported_json, write_imported);
}

void write(const Session& session, const std::string& file, const ZoneChecked& checked) {
  std::ostream& out = session.out();
  for (const ZoneFault& fault : checked.faults) {
    out << printable(place_of(file, fault));
    if (fault.guard) {
      out << session.terminal().styled(Style::kBad, zonestore::guard_code(*fault.guard)) << ": ";
    }
    out << printable(fault.message) << '\n';
    if (!fault.hint.empty()) {
      out << "  " << printable(fault.hint) << '\n';
    }
  }
  for (const std::string& warning : checked.warnings) {
    out << session.terminal().styled(Style::kCaution, "warning:") << ' ' << printable(warning) << '\n';
  }
  if (checked.fault_count > checked.faults.size()) {
    out << "and " << checked.fault_count - checked.faults.size() << " more\n";
  }
  out << checked.apex.to_text_no_dot() << ": " << checked.record_sets
      << (checked.record_sets == 1 ? " record set" : " record sets");
  if (checked.left_out > 0) {
    out << " beside " << checked.left_out << " that signing makes";
  }
  const std::string faults = std::to_string(checked.fault_count) + (checked.fault_count == 1 ? " fault" : " faults");
  out << (checked.fault_count == 0 ? " " + session.terminal().styled(Style::kGood, "good")
                                   : ", " + session.terminal().styled(Style::kBad, faults))
      << '\n';
}

Result<ExitCode> check(Session& session, const CheckOptions& options) {
  const auto checked = zonestore::check_zone_file(*options.file, options.zone, strictness_of(options));
  if (!checked) {
    return tl::unexpected(checked.error());
  }
  if (session.json()) {
    print(session.out(), Json{{"zone", checked->apex.to_text()},
                              {"good", checked->fault_count == 0},
                              {"record_sets", checked->record_sets},
                              {"left_out", checked->left_out},
                              {"faults", faults_json(checked->faults)},
                              {"fault_count", checked->fault_count},
                              {"warnings", checked->warnings}});
  } else {
    write(session, *options.file, *checked);
  }
  return checked->fault_count == 0 ? ExitCode::kDone : ExitCode::kFailed;
}

Result<ExitCode> remove(Session& session, const RemoveOptions& options) {
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return remove_zone(store, context, *options.zone);
  };
  const auto in_json = [](const zonestore::Changed& removed) { return changed_json(removed); };
  const auto in_words = [&](const Session& told, const zonestore::Changed& removed) {
    told.out() << options.zone->to_text_no_dot() << ": " << verb(removed, "zone removed", "zone would be removed")
               << '\n';
    write_end(told.out(), told.terminal(), removed);
  };
  return session.tell(session.change(options.change, operation), in_json, in_words);
}

}  // namespace

void define_import(CommandLine& zone) {
  zone.command<ImportOptions>(
      {"import",
       "take a zone's records and settings from a file, in place of all it has; makes a zone that is not there",
       "zonectl zone import example.com.zone\nzonectl zone import records.txt --zone example.com --keep-soa "
       "--dry-run",
       exits_of_change({{ExitCode::kUsage, "wrong usage, or a malformed file; nothing changed"},
                        {ExitCode::kRefused, "a record that could not be served rightly; nothing changed"}})},
      import_arguments, import);
}

void define_check(CommandLine& zone) {
  zone.command<CheckOptions>({"check",
                              "judge a zone file as import would, without a store",
                              "zonectl zone check example.com.zone",
                              {{ExitCode::kDone, "the file is good"},
                               {ExitCode::kFailed, "failed, or the file is not good"},
                               {ExitCode::kUsage}},
                              For::kAdmins,
                              false},
                             check_arguments, check);
}

void define_remove(CommandLine& zone) {
  zone.command<RemoveOptions>(
      {"remove", "take a zone out, with all its records", "zonectl zone remove example.com",
       exits_of_change({{ExitCode::kRefused, "a zone that is needed"}, {ExitCode::kNotFound, "no such zone"}})},
      remove_arguments, remove);
}

}  // namespace zonectl::zone_file
