// zonectl record add|remove|list: static records.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/record_text.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "tools/zonectl/text/table.h"
#include "zonestore/base/duration.h"
#include "zonestore/operations/zones/static_records.h"
#include "zonestore/zone/record_data.h"

namespace zonectl::record {
namespace {

using zonestore::Bytes;
using zonestore::ErrorCode;
using zonestore::Name;
using zonestore::RecordsChanged;
using zonestore::RecordSet;
using zonestore::RecordType;
using zonestore::Result;
using zonestore::Ttl;

struct AddOptions {
  std::optional<Name> zone;
  std::optional<std::string> owner;
  std::optional<RecordType> type;
  std::vector<std::string> data;
  std::optional<Ttl> ttl;
  std::vector<Bytes> glue;
  ChangeOptions change;
};
struct RemoveOptions {
  std::optional<Name> zone;
  std::optional<std::string> owner;
  std::optional<RecordType> type;
  std::vector<std::string> data;
  ChangeOptions change;
};
struct ListOptions {
  std::optional<Name> zone;
  std::optional<std::string> owner;
};

Result<std::string> parse_data(std::string_view text) {
  if (printable(text) != text) {
    return zonestore::fail(ErrorCode::kInvalid, "the data has a control character", "write such a byte as \\DDD");
  }
  return std::string(text);
}

Result<Ttl> parse_ttl(std::string_view text) {
  return parse_seconds(text).and_then([](std::uint32_t value) -> Result<Ttl> {
    if (value == 0) {
      return zonestore::fail(ErrorCode::kInvalid, "a TTL of 0 is never published",
                             "some software keeps such data for ever: write a small one, such as 60");
    }
    return Ttl{value};
  });
}

Result<RecordType> parse_type(std::string_view text) {
  return zonestore::parse_record_type(text).and_then([](RecordType type) -> Result<RecordType> {
    if (zonestore::is_meta_type(type)) {
      return zonestore::fail(ErrorCode::kInvalid, "records of type " + to_text(type) + " do not stand in zones");
    }
    return type;
  });
}

Result<Bytes> parse_address(std::string_view text) {
  const bool is_ipv6 = text.find(':') != std::string_view::npos;
  return zonestore::rdata_from_text(is_ipv6 ? RecordType::kAaaa : RecordType::kA, text, Name());
}

template <class Options>
void record_arguments(Arguments& arguments, Options& options, Need data) {
  arguments.zone(options.zone);
  arguments.one("OWNER", "", options.owner, Need::kRequired, &parse_data,
                "the record's name: below the zone, or absolute with a final dot; @ is the zone itself");
  arguments.one("TYPE", "", options.type, Need::kRequired, &parse_type,
                "its type, such as A, MX, TXT; any other as TYPE and its number");
  arguments.many("DATA", "", options.data, data, &parse_data,
                 "its data, as in a zone file; bytes as \\# LENGTH HEX. Behind -- it may begin with a hyphen");
}

void add_arguments(Arguments& arguments, AddOptions& options) {
  record_arguments(arguments, options, Need::kRequired);
  arguments.one("--ttl", "DURATION", options.ttl, Need::kOptional, &parse_ttl,
                "of all records of that name and type (default: what they have, else 1h)");
  arguments.many("--glue", "ADDRESS", options.glue, Need::kOptional, &parse_address,
                 "with an NS record: the address of that name server in this zone; repeat it");
  arguments.dry_run(options.change);
}

void remove_arguments(Arguments& arguments, RemoveOptions& options) {
  record_arguments(arguments, options, Need::kOptional);
  arguments.dry_run(options.change);
}

void list_arguments(Arguments& arguments, ListOptions& options) {
  arguments.zone(options.zone);
  arguments.operators().one("OWNER", "", options.owner, Need::kOptional, &parse_data,
                            "only the records of that name");
}

std::string data_text(RecordType type, const Bytes& rdata) {
  const auto text = rdata_to_text(type, rdata);
  return text ? *text : "(unreadable: " + text.error().message + ")";
}

Json to_json(const RecordSet& set) {
  std::vector<std::string> data;
  for (const Bytes& rdata : set.rdata) {
    data.push_back(data_text(set.type, rdata));
  }
  return Json{{"owner", set.owner.to_text()},
              {"type", to_text(set.type)},
              {"ttl", zonestore::seconds(set.ttl)},
              {"data", data}};
}

Json sets_json(const std::vector<RecordSet>& sets) {
  Json array = Json::array();
  for (const RecordSet& set : sets) {
    array.push_back(to_json(set));
  }
  return array;
}

void write_set(std::ostream& out, const RecordSet& set) {
  for (const Bytes& rdata : set.rdata) {
    out << "  " << set.owner.to_text_no_dot() << "  " << zonestore::seconds(set.ttl) << "  " << to_text(set.type)
        << "  " << printable(data_text(set.type, rdata)) << '\n';
  }
}

void write_glue(std::ostream& out, std::string_view heading, const std::vector<RecordSet>& sets) {
  if (!sets.empty()) {
    out << heading << '\n';
  }
  for (const RecordSet& set : sets) {
    write_set(out, set);
  }
}

// The set as it is now, and what else came or went with it.
void write_outcome(const Session& session, const RecordsChanged& changed) {
  std::ostream& out = session.out();
  const bool is_rest = changed.before && changed.after && changed.after->rdata.size() < changed.before->rdata.size();
  out << (is_rest ? "left there:\n" : "");
  if (changed.after) {
    write_set(out, *changed.after);
  }
  if (changed.before && changed.after && changed.before->ttl != changed.after->ttl) {
    out << "the TTL of " << (changed.after->rdata.size() > 1 ? "all of them " : "it ")
        << verb(changed, "changed", "would change") << " from " << zonestore::seconds(changed.before->ttl) << " to "
        << zonestore::seconds(changed.after->ttl) << ": a set of records has one\n";
  }
  write_glue(out, "with the address of the name server:", changed.glue_added);
  write_glue(out, "with the address that nothing needs any more:", changed.glue_removed);
  write_end(out, session.terminal(), changed);
}

Json changed_records_json(const RecordsChanged& changed) {
  Json json = changed_json(changed);
  const auto set_json = [](const RecordSet& set) { return to_json(set); };
  json.update(Json{{"before", json_or_null(changed.before, set_json)},
                   {"after", json_or_null(changed.after, set_json)},
                   {"glue_added", sets_json(changed.glue_added)},
                   {"glue_removed", sets_json(changed.glue_removed)}});
  return json;
}

Result<ExitCode> tell(const Session& session, const Result<RecordsChanged>& outcome, std::string_view done,
                      std::string_view would) {
  return session.tell(outcome, changed_records_json, [&](const Session& told, const RecordsChanged& changed) {
    told.out() << (changed.changed ? verb(changed, done, would) : "nothing to do: it is so already")
               << serials_text(changed) << '\n';
    write_outcome(told, changed);
  });
}

// A name without a final dot lies in the zone, also one that was meant whole.
std::string repetition_warning(const Name& name, const Name& zone) {
  const std::string whole = name.to_text();
  const std::string meant = whole.substr(0, whole.size() - zone.to_text().size());
  return whole + " has the zone's name twice: without a final dot a name lies below " + zone.to_text_no_dot() +
         ". For the other write " + meant + " with its dot, or the part before the zone's name alone";
}

void warn_of_repetitions(const AddOptions& options, const Name& owner, const std::vector<Name>& in_data,
                         std::vector<std::string>& warnings) {
  if (zonestore::is_repeating(*options.owner, *options.zone)) {
    warnings.push_back(repetition_warning(owner, *options.zone));
  }
  for (const Name& name : in_data) {
    warnings.push_back(repetition_warning(name, *options.zone));
  }
}

Result<ExitCode> add(Session& session, const AddOptions& options) {
  zonestore::RecordAddition addition;
  addition.type = *options.type;
  addition.ttl = options.ttl;
  addition.glue = options.glue;
  Result<Name> owner = zonestore::name_from_text(*options.owner, *options.zone);
  if (!owner) {
    return tl::unexpected(owner.error());
  }
  addition.owner = *owner;
  zonestore::TextRemarks remarks;
  Result<Bytes> rdata =
      rdata_from_text(addition.type, record_text(addition.type, options.data), *options.zone, &remarks);
  if (!rdata) {
    return tl::unexpected(rdata.error());
  }
  addition.rdata = std::move(*rdata);
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    auto added = add_record(store, context, *options.zone, addition);
    if (added) {
      warn_of_repetitions(options, addition.owner, remarks.repeating, added->warnings);
    }
    return added;
  };
  return tell(session, session.change(options.change, operation), "added", "would be added");
}

Result<ExitCode> remove(Session& session, const RemoveOptions& options) {
  const Result<Name> owner = zonestore::name_from_text(*options.owner, *options.zone);
  if (!owner) {
    return tl::unexpected(owner.error());
  }
  std::optional<Bytes> rdata;
  if (!options.data.empty()) {
    // What an import took with a warning can be taken out again.
    Result<Bytes> parsed = rdata_from_text(*options.type, record_text(*options.type, options.data), *options.zone,
                                           nullptr, zonestore::Strictness::kLenient);
    if (!parsed) {
      return tl::unexpected(parsed.error());
    }
    rdata = std::move(*parsed);
  }
  const auto operation = [&](zonestore::Store& store, const zonestore::ChangeContext& context) {
    return remove_record(store, context, *options.zone, *owner, *options.type, rdata);
  };
  return tell(session, session.change(options.change, operation), "removed", "would be removed");
}

Result<void> write_json(std::ostream& out, zonestore::Store& store, const Name& zone,
                        const std::optional<Name>& owner) {
  JsonList list(out, "record_sets");
  auto read = list_records(store, zone, owner, [&](const RecordSet& set) {
    list.add(to_json(set));
    return out.good();
  });
  list.finish();
  return read;
}

Result<void> write_table(std::ostream& out, const Session& session, zonestore::Store& store, const Name& zone,
                         const std::optional<Name>& owner) {
  Table table(out, session.terminal(), {"OWNER", "TTL", "TYPE", "DATA"});
  auto read = list_records(store, zone, owner, [&](const RecordSet& set) {
    for (const Bytes& rdata : set.rdata) {
      table.add({{set.owner.to_text(), Style::kBold},
                 {std::to_string(zonestore::seconds(set.ttl))},
                 {to_text(set.type)},
                 {printable(data_text(set.type, rdata))}});
    }
    return out.good();
  });
  table.finish(owner ? "there is no such record"
                     : "no record of your own is in this zone; zonectl record add --help");
  return read;
}

Result<ExitCode> list(Session& session, const ListOptions& options) {
  std::optional<Name> owner;
  if (options.owner) {
    Result<Name> parsed = zonestore::name_from_text(*options.owner, *options.zone);
    if (!parsed) {
      return tl::unexpected(parsed.error());
    }
    owner = std::move(*parsed);
  }
  return session.read([&](zonestore::Store& store) {
    return session.print_whole([&](std::ostream& out) {
      return session.json() ? write_json(out, store, *options.zone, owner)
                            : write_table(out, session, store, *options.zone, owner);
    });
  });
}

}  // namespace

void define(CommandLine& line) {
  CommandLine record = line.noun("record", "static records in any zone: add, remove, list");
  const ExitNote refused{ExitCode::kRefused, "what could not be served rightly, nothing changed"};
  record.command<AddOptions>({"add", "put a record into a zone",
                              "zonectl record add example.com www A 192.0.2.1 --ttl 5m\n"
                              "zonectl record add example.com @ MX 10 mail.example.net.\n"
                              "zonectl record add example.com @ TXT \"v=spf1 include:spf.secutix.com ~all\"\n"
                              "zonectl record add example.com sub NS ns1.sub --glue 192.0.2.53",
                              exits_of_change({refused, {ExitCode::kNotFound, "no such zone"}})},
                             add_arguments, add);
  record.command<RemoveOptions>(
      {"remove", "take a record out; without DATA all of that name and type",
       "zonectl record remove example.com www A 192.0.2.1\nzonectl record remove example.com www A",
       exits_of_change({refused, {ExitCode::kNotFound, "no such zone or record"}})},
      remove_arguments, remove);
  record.command<ListOptions>({"list", "list a zone's static records, in canonical order",
                               "zonectl record list example.com\nzonectl record list example.com @ --json",
                               exits_of_reading({{ExitCode::kNotFound, "no such zone"}}), For::kOperators},
                              list_arguments, list);
}

}  // namespace zonectl::record
