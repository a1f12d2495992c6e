#include "zonestore/operations/plan.h"

#include <set>
#include <tuple>
#include <utility>

#include "zonestore/operations/institution_view.h"

namespace zonestore {
namespace {

// So many events are held at a time; for more the institutions are walked again.
constexpr std::size_t kHeldEvents = 50'000;

struct Held {
  WallTime at;
  std::string code;
  std::size_t number = 0;  // among those of this institution
  dkim::ForecastEvent event;

  friend bool operator<(const Held& one, const Held& other) {
    return std::tie(one.at, one.code, one.number) < std::tie(other.at, other.code, other.number);
  }
};

// The earliest events after `after`, at most kHeldEvents of them.
class EarliestEvents {
 public:
  explicit EarliestEvents(const std::optional<Held>& after) : after_(after) {}

  // False if no later event of this institution can be among them.
  bool offer(Held event) {
    if (after_ && !(*after_ < event)) {
      return true;
    }
    if (events_.size() == kHeldEvents) {
      const auto last = std::prev(events_.end());
      if (!(event < *last)) {
        return false;
      }
      events_.erase(last);
    }
    events_.insert(std::move(event));
    return true;
  }
  [[nodiscard]] const std::set<Held>& events() const { return events_; }

 private:
  const std::optional<Held>& after_;
  std::set<Held> events_;
};

void offer_all(db::Connection& connection, const publish::InstitutionRow& row, const Now& now, WallTime until,
               EarliestEvents& earliest) {
  const dkim::LifecyclePolicy policy = publish::read_policy(connection, row.id);
  std::size_t number = 0;
  dkim::forecast(row.facts, row.code.text(), policy, now, until, [&](const dkim::ForecastEvent& event) {
    return earliest.offer({event.at, row.code.text(), number++, event});
  });
}

void visit_in_order(db::Connection& connection, const std::optional<dkim::Code>& code, const Now& now, WallTime until,
                    const std::function<bool(const PlannedEvent&)>& visitor) {
  std::optional<Held> after;
  for (;;) {
    EarliestEvents earliest(after);
    if (code) {
      offer_all(connection, require_institution(connection, *code), now, until, earliest);
    } else {
      for_each_institution(connection, false, [&](const publish::InstitutionRow& row) {
        offer_all(connection, row, now, until, earliest);
        return true;
      });
    }
    for (const Held& held : earliest.events()) {
      if (!visitor({held.code, held.event})) {
        return;
      }
    }
    if (earliest.events().size() < kHeldEvents) {
      return;
    }
    after = *std::prev(earliest.events().end());
  }
}

}  // namespace

Result<void> read_plan(Store& store, const std::optional<dkim::Code>& code, WallTime until,
                       const std::function<bool(const PlannedEvent&)>& visitor) {
  return db::at_border<void>([&]() -> Result<void> {
    Store::Impl& impl = store.impl();
    const db::Transaction reading(impl.connection, db::Transaction::Kind::kRead);
    visit_in_order(impl.connection, code, impl.now(), until, visitor);
    return {};
  });
}

}  // namespace zonestore
