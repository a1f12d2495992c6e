// zonectl log: who changed what, when and why.
#include <utility>

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/log_verify.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/text/table.h"
#include "zonestore/operations/history/audit_log.h"
#include "zonestore/operations/views/find_institution.h"
#include "zonestore/operations/views/institution_view.h"
#include "zonestore/operations/zones/zones.h"

namespace zonectl::log {
namespace {

using zonestore::AuditEntry;
using zonestore::Result;

// A zone's name, or what an institution is called by.
struct Subject {
  std::optional<zonestore::Name> zone;  // if it can be one
  std::optional<zonestore::dkim::Reference> institution;
};

Result<Subject> parse_subject(std::string_view text) {
  auto institution = zonestore::dkim::Reference::parse(text);
  if (text.find('.') == std::string_view::npos) {
    return std::move(institution).map([](zonestore::dkim::Reference code) {
      return Subject{std::nullopt, std::move(code)};
    });
  }
  return zonestore::Name::parse(text).map([&institution](zonestore::Name zone) {
    return Subject{std::move(zone), institution ? std::optional(*std::move(institution)) : std::nullopt};
  });
}

struct Options {
  std::vector<Subject> subjects;
  std::optional<std::string> since;
  std::optional<std::uint32_t> newest;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().many(
      "INST|ZONE", "", options.subjects, Need::kOptional, &parse_subject,
      "only what was done to these institutions (by a code, a domain, a selector's name), or to "
      "these zones' settings");
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
  table.finish("nothing was done in this time");
  return read;
}

Result<bool> is_in_log(zonestore::Store& store, const std::string& subject) {
  bool found = false;
  return read_log(store, {{subject}, std::nullopt, 1},
                  [&found](const AuditEntry&) {
                    found = true;
                    return false;
                  })
      .map([&found] { return found; });
}

// As the log writes it. An institution or a zone that has left is still there; one that never was is a slip of the
// finger.
Result<std::string> find_subject(zonestore::Store& store, const Subject& subject) {
  std::string text = subject.zone ? subject.zone->lowered().to_text_no_dot() : subject.institution->text;
  const Result<bool> found = is_in_log(store, text);
  if (!found || *found) {
    return found.map([&text](bool) { return std::move(text); });
  }
  if (subject.zone) {
    const auto zone = show_zone(store, *subject.zone);
    if (zone || !subject.institution) {
      return zone.map([&text](const zonestore::ZoneView&) { return std::move(text); });
    }
  }
  return find_institution(store, *subject.institution).map([](const zonestore::NamedInstitution& known) {
    return known.code.text();
  });
}

Result<zonestore::LogFilter> filter_of(const Session& session, const Options& options) {
  zonestore::LogFilter filter;
  filter.newest = options.newest;
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
  Result<zonestore::LogFilter> filter = filter_of(session, options);
  if (!filter) {
    return tl::unexpected(filter.error());
  }
  return session.read([&](zonestore::Store& store) -> Result<ExitCode> {
    for (const Subject& each : options.subjects) {
      Result<std::string> subject = find_subject(store, each);
      if (!subject) {
        return tl::unexpected(subject.error());
      }
      filter->subjects.push_back(*std::move(subject));
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
       "zonectl log mosa --since 7d\nzonectl log mosa nova\nzonectl log --last 20\nzonectl log -- verify    (of an "
       "institution of that "
       "name)",
       exits_of_reading({{ExitCode::kNotFound, "there never was such an institution or zone"}}), For::kOperators},
      arguments, body);
  log_verify::define(log);
}

}  // namespace zonectl::log
