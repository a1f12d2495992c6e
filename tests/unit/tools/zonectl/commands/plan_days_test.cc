#include "tools/zonectl/commands/plan_days.h"

#include <sstream>

#include <gmock/gmock.h>

namespace zonectl::plan {
namespace {

using Kind = zonestore::dkim::ForecastEvent::Kind;

constexpr zonestore::WallTime kDay{std::chrono::seconds{1'795'478'400}};  // 2026-11-24

zonestore::PlannedEvent event(const std::string& code, Kind kind, std::chrono::hours after, bool about = false) {
  zonestore::PlannedEvent planned;
  planned.code = code;
  planned.event.kind = kind;
  planned.event.at = kDay + after;
  planned.event.is_approximate = about;
  return planned;
}

TEST(PlanDays, CountsByDayAndKindAndNamesTheFirst) {
  std::ostringstream out;
  Days days(out, Terminal{true, false, 80});
  for (const auto* code : {"a", "b", "c", "d"}) {
    days.add(event(code, Kind::kRipens, std::chrono::hours(1)));
  }
  days.add(event("a", Kind::kRotates, std::chrono::hours(23)));
  zonestore::PlannedEvent held = event("mosa", Kind::kHeldBack, std::chrono::hours(25), true);
  held.held_back_by = zonestore::Guard::kUnseen;
  days.add(held);
  days.finish();
  EXPECT_EQ(out.str(),
            "DAY         COUNT         WHAT                             OF\n"
            "2026-11-24      4         ripe: rotation becomes possible  a +3\n"
            "                1         rotation by policy               a\n"
            "2026-11-25      1  about  held back by E_UNSEEN            mosa\n");
}

}  // namespace
}  // namespace zonectl::plan
