#include "tools/zonectl/commands/plan_days.h"

#include "zonestore/base/moment.h"

namespace zonectl::plan {
namespace {

using EventKind = zonestore::dkim::ForecastEvent::Kind;

constexpr std::size_t kDateSize = 10;  // "2026-12-05"

std::string what_happens(EventKind kind, const std::optional<zonestore::Guard>& guard) {
  switch (kind) {
    case EventKind::kRipens:
      return "ripe: rotation becomes possible";
    case EventKind::kBegins:
      return "signing begins";
    case EventKind::kRotates:
      return "rotation by policy";
    case EventKind::kFreshKey:
      return "a slot gets a fresh key";
    case EventKind::kDeparts:
      return "the records leave";
    case EventKind::kHeldBack:
      return "held back by " + std::string(zonestore::guard_code(guard.value_or(zonestore::Guard::kFrozen)));
  }
  return {};
}

}  // namespace

Days::Days(std::ostream& out, const Terminal& terminal) : table_(out, terminal, {"DAY", "COUNT", "", "WHAT", "OF"}) {}

void Days::add(const zonestore::PlannedEvent& planned) {
  const std::string day = zonestore::to_rfc3339(planned.event.at).substr(0, kDateSize);
  if (day != day_) {
    end_day();
    day_ = day;
  }
  Group& group = groups_[{planned.event.kind, planned.held_back_by}];
  ++group.count;
  group.is_approximate = group.is_approximate || planned.event.is_approximate;
  if (group.count == 1) {
    group.first = planned.code;
  }
}

void Days::end_day() {
  std::string day = day_;
  for (const auto& [kind, group] : groups_) {
    const bool is_held_back = kind.event == EventKind::kHeldBack;
    const std::string count = std::to_string(group.count);
    constexpr std::size_t kCountWidth = 5;  // COUNT
    table_.add({{day, Style::kBold},
                {std::string(count.size() < kCountWidth ? kCountWidth - count.size() : 0, ' ') + count},
                {group.is_approximate ? "about" : "", Style::kDim},
                {what_happens(kind.event, kind.held_back_by), is_held_back ? Style::kCaution : Style::kPlain},
                {group.first + (group.count > 1 ? " +" + std::to_string(group.count - 1) : ""), Style::kDim}});
    day.clear();
  }
  groups_.clear();
}

void Days::finish() {
  end_day();
  table_.finish();
}

}  // namespace zonectl::plan
