// What was public of keys: when they were served, and what they are.
#include "tools/zonectl/commands/key_public.h"

#include "tools/zonectl/telling/json_keys.h"
#include "tools/zonectl/text/table.h"
#include "zonestore/base/joined.h"

namespace zonectl::key_public {
namespace {

using zonestore::ErrorCode;
using zonestore::Result;
using zonestore::ServedKey;

struct HistoryOptions {
  std::vector<zonestore::dkim::Code> named;
};

struct ExportOptions {
  std::optional<zonestore::dkim::Code> code;
  std::optional<zonestore::dkim::SlotId> slot;
  bool all = false;
  bool pem = false;
};

void history_arguments(Arguments& arguments, HistoryOptions& options) {
  arguments.operators().institutions(options.named);
}

void export_arguments(Arguments& arguments, ExportOptions& options) {
  arguments.operators().institution(options.code);
  arguments.operators().slot(options.slot, Need::kOptional, "only the keys of this slot: sel1 or sel2");
  arguments.operators().flag("--all", options.all,
                             "every key that was ever served, not only those that are served now");
  arguments.flag("--pem", options.pem,
                 "SubjectPublicKeyInfo in PEM, as openssl reads it, not the text of the record");
}

Result<std::vector<ServedKey>> read(const Session& session, const zonestore::dkim::Code& code) {
  return session.read([&code](zonestore::Store& store) { return key_history(store, code); });
}

std::string time_text(const Times& times, const std::optional<zonestore::WallTime>& time) {
  return time ? times.plain(*time) : std::string();
}

std::string signing_text(const Times& times, const ServedKey& key) {
  return zonestore::joined(key.signing, ", ", [&](const zonestore::SigningSpan& span) {
    return times.plain(span.from) + " to " + (span.until ? times.plain(*span.until) : "now");
  });
}

struct History {
  std::string code;
  std::vector<ServedKey> keys;
};

// Of several each row says whose it is.
void write_history(const Session& session, const std::vector<History>& all) {
  const bool are_several = all.size() > 1;
  std::vector<std::string> header{"SLOT", "KEY", "ALGORITHM", "PUBLISHED", "WITHDRAWN", "REVOKED", "SIGNED"};
  if (are_several) {
    header.insert(header.begin(), "CODE");
  }
  Table table(session.out(), session.terminal(), header);
  const Times times = session.times();
  for (const History& each : all) {
    for (const ServedKey& key : each.keys) {
      std::vector<Cell> row{{std::string(zonestore::dkim::to_text(key.slot)), Style::kBold},
                            {key.key_id},
                            {key.algorithm},
                            {times.plain(key.published)},
                            {time_text(times, key.withdrawn)},
                            {time_text(times, key.revoked)},
                            {signing_text(times, key)}};
      if (are_several) {
        row.insert(row.begin(), Cell{each.code, Style::kBold});
      }
      table.add(row);
    }
  }
  table.finish();
}

Result<std::vector<History>> read_all(zonestore::Store& store, const std::vector<zonestore::dkim::Code>& codes) {
  std::vector<History> all;
  for (const zonestore::dkim::Code& code : codes) {
    auto keys = key_history(store, code);
    if (!keys) {
      return tl::unexpected(keys.error());
    }
    all.push_back({code.text(), *std::move(keys)});
  }
  return all;
}

Result<ExitCode> history(Session& session, const HistoryOptions& options) {
  const auto of_one = [](const History& each) { return keys_json(each.code, each.keys); };
  const auto in_json = [&](const std::vector<History>& all) {
    if (all.size() == 1) {
      return of_one(all.front());
    }
    Json institutions = Json::array();
    for (const History& each : all) {
      institutions.push_back(of_one(each));
    }
    return Json{{"institutions", std::move(institutions)}};
  };
  const auto operation = [&](zonestore::Store& store) { return read_all(store, options.named); };
  return session.tell(session.read(operation), in_json, write_history);
}

void write_key(const Session& session, const ServedKey& key, bool pem) {
  const Times times = session.times();
  std::ostream& out = session.whole_lines();
  out << (pem ? "" : "; ") << key.owner.to_text() << " key " << key.key_id << ", published "
      << times.plain(key.published);
  if (key.withdrawn) {
    out << ", withdrawn " << times.plain(*key.withdrawn);
  }
  if (key.revoked) {
    out << ", revoked " << times.plain(*key.revoked);
  }
  out << '\n' << (pem ? zonestore::public_key_pem(key.public_spki) : key.record_text + "\n");
}

Result<ExitCode> export_public(Session& session, const ExportOptions& options) {
  Result<std::vector<ServedKey>> keys = read(session, *options.code);
  if (!keys) {
    return tl::unexpected(keys.error());
  }
  std::erase_if(*keys, [&options](const ServedKey& key) {
    return (options.slot && key.slot != *options.slot) || (!options.all && key.withdrawn);
  });
  if (keys->empty()) {
    return zonestore::fail(ErrorCode::kNotFound, options.code->text() + " serves no such key",
                           "zonectl key history " + options.code->text() + " lists all that were ever served; --all");
  }
  if (session.json()) {
    print(session.out(), keys_json(options.code->text(), *keys));
    return ExitCode::kDone;
  }
  for (const ServedKey& key : *keys) {
    write_key(session, key, options.pem);
  }
  return ExitCode::kDone;
}

}  // namespace

void define_history(CommandLine& key) {
  key.command<HistoryOptions>(
      {"history", "every key that was ever served: when it was published, signed and was withdrawn",
       "zonectl key history mosa\nzonectl key history mosa nova",
       exits_of_reading({{ExitCode::kNotFound, "there never was such an institution"}}), For::kOperators},
      history_arguments, history);
}

void define_export_public(CommandLine& key) {
  key.command<ExportOptions>(
      {"export-public", "print public keys, for a check of old mail or for another DNS",
       "zonectl key export-public mosa\nzonectl key export-public mosa sel1 --all --pem",
       exits_of_reading({{ExitCode::kNotFound, "there never was such an institution, or it serves no such key"}}),
       For::kOperators},
      export_arguments, export_public);
}

}  // namespace zonectl::key_public
