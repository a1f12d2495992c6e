#include "zonestore/operations/plan.h"

#include "zonestore/operations/event_sorter.h"
#include "zonestore/operations/institution_view.h"

namespace zonestore {
namespace {

void add_all(db::Connection& connection, const publish::InstitutionRow& row, const Now& now, WallTime until,
             EventSorter& events) {
  const dkim::LifecyclePolicy policy = publish::read_policy(connection, row.id);
  dkim::forecast(row.facts, row.code.text(), policy, now, until, [&](const dkim::ForecastEvent& event) {
    events.add({row.code.text(), event});
    return true;
  });
}

}  // namespace

Result<void> read_plan(Store& store, const std::optional<dkim::Code>& code, WallTime until,
                       const std::function<bool(const PlannedEvent&)>& visitor) {
  return db::at_border<void>([&]() -> Result<void> {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const Now now = impl.now();
    EventSorter events;
    if (code) {
      add_all(impl.connection, require_institution(impl.connection, *code), now, until, events);
    } else {
      for_each_institution(impl.connection, false, [&](const publish::InstitutionRow& row) {
        add_all(impl.connection, row, now, until, events);
        return true;
      });
    }
    events.visit(visitor);
    return {};
  });
}

}  // namespace zonestore
