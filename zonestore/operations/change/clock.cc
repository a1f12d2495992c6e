#include "zonestore/operations/change/clock.h"

#include "zonestore/operations/change/change_scope.h"

namespace zonestore {
namespace {

AuditValue expected_value(const std::optional<WallTime>& expected) {
  return {{"expected", expected ? AuditValue(to_rfc3339(*expected)) : AuditValue(nullptr)}};
}

}  // namespace

Result<ClockReport> report_clock(Store& store) {
  return db::at_border<ClockReport>([&] { return store.impl().clock_report(); });
}

Result<ClockAccepted> accept_clock(Store& store, const ChangeContext& context) {
  return db::at_border<ClockAccepted>([&] {
    ChangeScope change(store, context, "store accept-clock", "");
    ClockAccepted outcome;
    outcome.wall = change.wall();
    outcome.before = change.accept_clock();
    change.finish({"the wall clock is right, an operator says: " + to_rfc3339(change.wall()),
                   expected_value(outcome.before), expected_value(change.wall())},
                  outcome);
    return outcome;
  });
}

}  // namespace zonestore
