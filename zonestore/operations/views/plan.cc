#include "zonestore/operations/views/plan.h"

#include "zonestore/judgement/due.h"
#include "zonestore/operations/views/event_sorter.h"
#include "zonestore/operations/views/rotation_facts.h"
#include "zonestore/operations/views/view_from_rows.h"

namespace zonestore {
namespace {

// The guard that would refuse a rotation that policy has made due.
std::optional<Guard> held_back_by(const rows::InstitutionRow& row, const dkim::LifecyclePolicy& policy,
                                  Readiness& readiness, const Now& now) {
  if (row.facts.frozen) {
    return Guard::kFrozen;
  }
  if (!is_rotation_due(row.facts, row.code.text(), policy, now)) {
    return std::nullopt;
  }
  const RotationJudgement judgement = readiness.judge(row, policy, true, now);
  const bool is_by_what_was_seen = judgement.to && judgement.refusal && judgement.refusal->refusal;
  return is_by_what_was_seen ? std::optional(judgement.refusal->refusal->guard) : std::nullopt;
}

void add_all(Store::Impl& store, const rows::InstitutionRow& row, Readiness& readiness, const Now& now,
             WallTime until, EventSorter& events) {
  const dkim::LifecyclePolicy policy = rows::read_policy(store.connection, row.id);
  const std::optional<Guard> guard = held_back_by(row, policy, readiness, now);
  dkim::forecast(
      row.facts, row.code.text(), policy, now, until,
      [&](const dkim::ForecastEvent& event) {
        const bool is_held_back = event.kind == dkim::ForecastEvent::Kind::kHeldBack;
        events.add({row.code.text(), event, is_held_back ? guard : std::nullopt});
        return true;
      },
      guard && *guard != Guard::kFrozen);
}

}  // namespace

Result<void> read_plan(Store& store, const std::vector<dkim::Code>& codes, WallTime until,
                       const std::function<bool(const PlannedEvent&)>& visitor) {
  return db::at_border<void>([&]() -> Result<void> {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    const Now now = impl.now();
    Readiness readiness(impl.connection, impl.dkim_zone,
                        codes.size() == 1 ? Readiness::Of::kOne : Readiness::Of::kAll);
    EventSorter events(impl.dir);
    for (const dkim::Code& code : codes) {
      add_all(impl, require_institution(impl.connection, code), readiness, now, until, events);
    }
    if (codes.empty()) {
      rows::for_each_institution(impl.connection, false, [&](const rows::InstitutionRow& row) {
        add_all(impl, row, readiness, now, until, events);
        return true;
      });
    }
    events.visit(visitor);
    return {};
  });
}

}  // namespace zonestore
