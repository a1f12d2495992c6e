// zonectl plan: what will happen by itself, and when.
#include "zonestore/operations/views/plan.h"

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/telling/json.h"
#include "tools/zonectl/telling/words.h"
#include "tools/zonectl/text/table.h"
#include "zonestore/base/duration.h"

namespace zonectl::plan {
namespace {

using zonestore::PlannedEvent;
using zonestore::Result;
using Kind = zonestore::dkim::ForecastEvent::Kind;

constexpr zonestore::Seconds kDefaultSpan{90 * 86400};

struct Options {
  std::optional<zonestore::dkim::Code> code;
  std::optional<zonestore::Seconds> until;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().institution(options.code, Need::kOptional,
                                    "this institution alone, by its code, a domain or a selector's name");
  arguments.operators().one("--until", "DURATION", options.until, Need::kOptional, &zonestore::parse_duration,
                            "how far to look ahead: 30d, 1y is 365d; 90d if not given");
}

std::string what_text(const PlannedEvent& planned) {
  const zonestore::dkim::ForecastEvent& event = planned.event;
  const std::string slot = event.slot ? zonestore::dkim::to_text(*event.slot) : "";
  switch (event.kind) {
    case Kind::kRipens:
      return slot + " is ripe: rotation becomes possible";
    case Kind::kBegins:
      return "signing begins with " + slot;
    case Kind::kRotates:
      return "rotation by policy: signing moves to " + slot;
    case Kind::kFreshKey:
      return slot + " gets a fresh key";
    case Kind::kDeparts:
      return "its records leave";
    case Kind::kHeldBack:
      return planned.held_back_by && *planned.held_back_by != zonestore::Guard::kFrozen
                 ? "rotation by policy is due, but held back by " +
                       std::string(zonestore::guard_code(*planned.held_back_by)) + ": zonectl show " + planned.code
                 : "rotation by policy is due, but frozen";
  }
  return {};
}

Json to_json(const PlannedEvent& planned) {
  return Json{{"at", zonestore::to_rfc3339(planned.event.at)},
              {"code", planned.code},
              {"event", zonestore::dkim::to_text(planned.event.kind)},
              {"slot", json_or_null(planned.event.slot, [](auto slot) { return zonestore::dkim::to_text(slot); })},
              {"approximate", planned.event.is_approximate},
              {"held_back_by", json_or_null(planned.held_back_by,
                                            [](zonestore::Guard guard) { return zonestore::guard_code(guard); })}};
}

Result<void> write_json(std::ostream& out, zonestore::Store& store, const Options& options,
                        zonestore::WallTime until) {
  JsonList list(out, "plan");
  Result<void> read = read_plan(store, options.code, until, [&](const PlannedEvent& planned) {
    list.add(to_json(planned));
    return out.good();
  });
  list.finish();
  return read;
}

Result<void> write_table(std::ostream& out, const Session& session, zonestore::Store& store, const Options& options,
                         zonestore::WallTime until) {
  Table table(out, session.terminal(), {"WHEN", "", "CODE", "WHAT"});
  Result<void> read = read_plan(store, options.code, until, [&](const PlannedEvent& planned) {
    table.add({{session.times().plain(planned.event.at)},
               {planned.event.is_approximate ? "about" : "", Style::kDim},
               {planned.code, Style::kBold},
               {what_text(planned), planned.event.kind == Kind::kHeldBack ? Style::kCaution : Style::kPlain}});
    return out.good();
  });
  table.finish();
  if (table.rows() == 0 && session.terminal().interactive) {
    out << "nothing will happen by itself in this time\n";
  }
  return read;
}

Result<ExitCode> body(Session& session, const Options& options) {
  const zonestore::WallTime until = session.clock().now().wall + options.until.value_or(kDefaultSpan);
  return session.read([&](zonestore::Store& store) {
    return session.print_whole([&](std::ostream& out) {
      return session.json() ? write_json(out, store, options, until)
                            : write_table(out, session, store, options, until);
    });
  });
}

}  // namespace

void define(CommandLine& line) {
  line.command<Options>({"plan", "show what will happen by itself and when, as long as maintain runs on its timer",
                         "zonectl plan --until 30d\nzonectl plan mosa --json",
                         exits_of_reading({{ExitCode::kNotFound, "no such institution"}}), For::kOperators},
                        arguments, body);
}

}  // namespace zonectl::plan
