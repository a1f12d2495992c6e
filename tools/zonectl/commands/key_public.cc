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
  std::optional<zonestore::dkim::Code> code;
};

struct ExportOptions {
  std::optional<zonestore::dkim::Code> code;
  std::optional<zonestore::dkim::SlotId> slot;
  bool all = false;
  bool pem = false;
};

void history_arguments(Arguments& arguments, HistoryOptions& options) {
  arguments.operators().institution(options.code);
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

void write_history(const Session& session, const std::vector<ServedKey>& keys) {
  Table table(session.out(), session.terminal(),
              {"SLOT", "KEY", "ALGORITHM", "PUBLISHED", "WITHDRAWN", "REVOKED", "SIGNED"});
  const Times times = session.times();
  for (const ServedKey& key : keys) {
    table.add({{std::string(zonestore::dkim::to_text(key.slot)), Style::kBold},
               {key.key_id},
               {key.algorithm},
               {times.plain(key.published)},
               {time_text(times, key.withdrawn)},
               {time_text(times, key.revoked)},
               {signing_text(times, key)}});
  }
  table.finish();
}

Result<ExitCode> history(Session& session, const HistoryOptions& options) {
  const auto in_json = [&](const auto& keys) { return keys_json(options.code->text(), keys); };
  return session.tell(read(session, *options.code), in_json, write_history);
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
       "zonectl key history mosa", exits_of_reading({{ExitCode::kNotFound, "there never was such an institution"}}),
       For::kOperators},
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
