// zonectl log: who changed what, when and why.
#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/log_verify.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/text/table.h"
#include "zonestore/operations/history/audit_log.h"
#include "zonestore/operations/views/views.h"
#include "zonestore/operations/zones/zones.h"

namespace zonectl::log {
namespace {

using zonestore::AuditEntry;
using zonestore::Result;

// An institution, or a zone, whose name has a dot.
struct Subject {
  std::optional<zonestore::dkim::Code> code;
  std::optional<zonestore::Name> zone;

  // As the log writes it.
  [[nodiscard]] std::string text() const { return code ? code->text() : zone->lowered().to_text_no_dot(); }
};

Result<Subject> parse_subject(std::string_view text) {
  if (text.find('.') != std::string_view::npos) {
    return zonestore::Name::parse(text).map([](zonestore::Name zone) {
      return Subject{std::nullopt, std::move(zone)};
    });
  }
  return zonestore::dkim::Code::parse(text).map([](zonestore::dkim::Code code) {
    return Subject{std::move(code), std::nullopt};
  });
}

struct Options {
  std::optional<Subject> subject;
  std::optional<std::string> since;
  std::optional<std::uint32_t> newest;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().one("INST|ZONE", "", options.subject, Need::kOptional, &parse_subject,
                            "only what was done to this institution, or to this zone's settings");
  arguments.operators().one("--since", "TIME|DURATION", options.since, Need::kOptional, &parse_line,
                            "only from then on: 2026-11-23, 2026-11-23T18:01:02Z, or how far back: 2h, 7d");
  arguments.operators().one("--last", "N", options.newest, Need::kOptional, &parse_count, "only the newest N");
}

std::vector<Cell> row_of(const Times& times, const AuditEntry& entry) {
  std::string who = entry.actor;
  if (entry.login != entry.actor) {
    who += " (" + entry.login + ")";
  }
  std::string what = entry.what;
  if (!entry.override_code.empty()) {
    what += "; override " + entry.override_code + ": " + entry.reason;
  } else if (!entry.reason.empty()) {
    what += "; because: " + entry.reason;
  }
  return {{times.plain(entry.at), Style::kDim},
          {printable(who)},
          {printable(entry.command), Style::kBold},
          {printable(entry.subject)},
          {printable(what)}};
}

Result<void> write_json(std::ostream& out, zonestore::Store& store, const zonestore::LogFilter& filter) {
  JsonList list(out, "entries");
  Result<void> read = read_log(store, filter, [&](const AuditEntry& entry) {
    list.add(to_json(entry));
    return out.good();
  });
  list.finish();
  return read;
}

Result<void> write_table(std::ostream& out, const Session& session, zonestore::Store& store,
                         const zonestore::LogFilter& filter) {
  Table table(out, session.terminal(), {"TIME", "WHO", "COMMAND", "SUBJECT", "WHAT"});
  const Times times = session.times();
  Result<void> read = read_log(store, filter, [&](const AuditEntry& entry) {
    table.add(row_of(times, entry));
    return out.good();
  });
  table.finish();
  return read;
}

// An institution that has left is still in the log; one that never was there is a slip of the finger.
Result<void> check_known(zonestore::Store& store, const Subject& subject) {
  bool found = false;
  auto read = read_log(store, {subject.text(), std::nullopt, 1}, [&found](const AuditEntry&) {
    found = true;
    return false;
  });
  if (!read || found) {
    return read;
  }
  return subject.zone ? show_zone(store, *subject.zone).map([](const zonestore::ZoneView&) {})
                      : show_institution(store, *subject.code).map([](const zonestore::InstitutionView&) {});
}

Result<zonestore::LogFilter> filter_of(const Session& session, const Options& options) {
  zonestore::LogFilter filter;
  filter.newest = options.newest;
  if (options.subject) {
    filter.subject = options.subject->text();
  }
  if (options.since) {
    const auto since = parse_since(*options.since, session.times().now());
    if (!since) {
      return tl::unexpected(since.error());
    }
    filter.since = *since;
  }
  return filter;
}

Result<ExitCode> body(Session& session, const Options& options) {
  const Result<zonestore::LogFilter> filter = filter_of(session, options);
  if (!filter) {
    return tl::unexpected(filter.error());
  }
  return session.read([&](zonestore::Store& store) -> Result<ExitCode> {
    if (const auto known = options.subject ? check_known(store, *options.subject) : Result<void>{}; !known) {
      return tl::unexpected(known.error());
    }
    return session.print_whole([&](std::ostream& out) {
      return session.json() ? write_json(out, store, *filter) : write_table(out, session, store, *filter);
    });
  });
}

}  // namespace

void define(CommandLine& line) {
  CommandLine log = line.command_with_verbs<Options>(
      {"log", "show who changed what, when and why, oldest first",
       "zonectl log mosa --since 7d\nzonectl log --last 20\nzonectl log -- verify    (of an institution of that "
       "name)",
       exits_of_reading({{ExitCode::kNotFound, "there never was such an institution or zone"}}), For::kOperators},
      arguments, body);
  log_verify::define(log);
}

}  // namespace zonectl::log
