// zonectl plan: what will happen by itself, and when.
#include "zonestore/operations/views/plan.h"

#include "tools/zonectl/commands/commands.h"
#include "tools/zonectl/commands/plan_days.h"
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
constexpr std::size_t kReadOneByOne = 40;  // events; of more a person is shown the days

struct Options {
  std::vector<zonestore::dkim::Code> named;
  std::optional<zonestore::Seconds> until;
  bool each = false;
};

void arguments(Arguments& arguments, Options& options) {
  arguments.operators().institutions(options.named, [] { return true; });
  arguments.operators().one("--until", "DURATION", options.until, Need::kOptional, &zonestore::parse_duration,
                            "how far to look ahead: 30d, 1y is 365d; 90d if not given");
  arguments.operators().flag("--each", options.each,
                             "every event also on a terminal, where many of them are counted by day");
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
  Result<void> read = read_plan(store, options.named, until, [&](const PlannedEvent& planned) {
    list.add(to_json(planned));
    return out.good();
  });
  list.finish();
  return read;
}

std::vector<Cell> row_of(const Times& times, const PlannedEvent& planned) {
  return {{times.plain(planned.event.at)},
          {planned.event.is_approximate ? "about" : "", Style::kDim},
          {planned.code, Style::kBold},
          {what_text(planned), planned.event.kind == Kind::kHeldBack ? Style::kCaution : Style::kPlain}};
}

// Event by event as long as a person reads them so, else by day.
class PlanTable {
 public:
  PlanTable(std::ostream& out, const Session& session, const Options& options)
      : out_(out),
        session_(session),
        events_(out, session.terminal(), {"WHEN", "", "CODE", "WHAT"}),
        is_each_(options.each || !session.terminal().interactive) {}

  void add(const PlannedEvent& planned) {
    ++count_;
    if (is_each_) {
      events_.add(row_of(session_.times(), planned));
      return;
    }
    if (days_) {
      days_->add(planned);
      return;
    }
    first_.push_back(planned);
    if (first_.size() > kReadOneByOne) {
      days_.emplace(out_, session_.terminal());
      for (const PlannedEvent& each : first_) {
        days_->add(each);
      }
    }
  }

  void finish() {
    if (days_) {
      days_->finish();
      out_ << count_ << " in all; every one of them: zonectl plan --each\n";
      return;
    }
    for (const PlannedEvent& each : first_) {
      events_.add(row_of(session_.times(), each));
    }
    events_.finish();
    if (count_ == 0 && session_.terminal().interactive) {
      out_ << "nothing will happen by itself in this time\n";
    }
  }

 private:
  std::ostream& out_;
  const Session& session_;
  Table events_;
  bool is_each_;
  std::vector<PlannedEvent> first_;  // until there are too many
  std::optional<Days> days_;
  std::size_t count_ = 0;
};

Result<void> write_table(std::ostream& out, const Session& session, zonestore::Store& store, const Options& options,
                         zonestore::WallTime until) {
  PlanTable table(out, session, options);
  Result<void> read = read_plan(store, options.named, until, [&](const PlannedEvent& planned) {
    table.add(planned);
    return out.good();
  });
  table.finish();
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
                         "zonectl plan --until 30d\nzonectl plan mosa nova\nzonectl plan mosa --json",
                         exits_of_reading({{ExitCode::kNotFound, "no such institution"}}), For::kOperators},
                        arguments, body);
}

}  // namespace zonectl::plan
