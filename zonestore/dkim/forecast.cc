#include "zonestore/dkim/forecast.h"

#include <algorithm>
#include <utility>

namespace zonestore::dkim {

namespace {

using EventKind = ForecastEvent::Kind;

// One institution, played forward from event to event.
class Future {
 public:
  Future(InstitutionFacts facts, std::string_view code, const LifecyclePolicy& policy, Now now, bool holds_back)
      : facts_(std::move(facts)),
        code_(code),
        policy_(policy),
        now_(std::move(now)),
        holds_back_until_(holds_back ? std::optional(now_.moment.wall) : std::nullopt) {}

  [[nodiscard]] std::optional<ForecastEvent> next() const {
    std::optional<ForecastEvent> first = upkeep();
    const std::optional<ForecastEvent> rotation = next_rotation();
    if (rotation && (!first || rotation->at < first->at)) {
      first = rotation;
    }
    if (first) {
      first->at = std::max(first->at, now_.moment.wall);
      first->is_approximate = was_altered_;
    }
    return first;
  }

  void apply(const ForecastEvent& event) {
    advance_to(event.at);
    switch (event.kind) {
      case EventKind::kRipens:
        break;  // by the passing of time alone
      case EventKind::kBegins:
        facts_ = begun(std::move(facts_), *event.slot, now_.moment);
        was_altered_ = true;
        break;
      case EventKind::kRotates:
        facts_ = swapped(std::move(facts_), *event.slot, Swap::kRotate, policy_, now_.moment);
        was_altered_ = true;
        break;
      case EventKind::kFreshKey:
        put_fresh_key(*event.slot);
        was_altered_ = true;
        break;
      case EventKind::kDeparts:
        facts_.phase = Phase::kDeparted;
        break;
      case EventKind::kHeldBack:
        is_held_back_ = true;  // told once
        break;
    }
  }

 private:
  // What time brings without a rotation.
  [[nodiscard]] std::optional<ForecastEvent> upkeep() const {
    switch (facts_.phase) {
      case Phase::kStarting: {
        const std::optional<SlotId> first = starts_with(facts_);
        return first ? std::optional(
                           ForecastEvent{ripe_at(facts_of(facts_, *first), policy_, now_), EventKind::kBegins, first})
                     : std::nullopt;
      }
      case Phase::kSigning:
        return upkeep_of(other(*facts_.active));
      case Phase::kDeparting:
        return ForecastEvent{leaves_at(facts_, now_), EventKind::kDeparts, std::nullopt};
      case Phase::kDeparted:
        break;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<ForecastEvent> upkeep_of(SlotId slot) const {
    const SlotFacts& facts = facts_of(facts_, slot);
    switch (state_of(facts_, slot, policy_, now_)) {
      case SlotState::kPublished:
        return ForecastEvent{ripe_at(facts, policy_, now_), EventKind::kRipens, slot};
      case SlotState::kDraining:
        return ForecastEvent{*drained_at(facts, now_), EventKind::kFreshKey, slot};
      case SlotState::kEmpty:
      case SlotState::kDrained:
        return ForecastEvent{now_.moment.wall, EventKind::kFreshKey, slot};
      case SlotState::kStandby:
      case SlotState::kActive:
      case SlotState::kRevoked:
        break;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<ForecastEvent> next_rotation() const {
    const std::optional<Schedule> schedule = schedule_of(facts_, code_, policy_, now_);
    if (!schedule || !schedule->planned || is_held_back_) {
      return std::nullopt;
    }
    if (facts_.frozen || (holds_back_until_ && *schedule->planned <= *holds_back_until_)) {
      return ForecastEvent{*schedule->planned, EventKind::kHeldBack, std::nullopt};
    }
    const SlotId to = other(*facts_.active);
    if (state_of(facts_, to, policy_, now_) != SlotState::kStandby) {
      return std::nullopt;  // asked again when the other slot has come so far
    }
    return ForecastEvent{*schedule->planned, EventKind::kRotates, to};
  }

  void advance_to(WallTime time) {
    const Milliseconds passes = std::max(Milliseconds(0), time - now_.moment.wall);
    now_.moment.wall += passes;
    now_.moment.since_boot += passes;
    now_.moment.trusted += passes;
  }

  void put_fresh_key(SlotId slot) {
    for (SlotFacts& facts : facts_.slots) {
      if (facts.slot == slot) {
        // What the old key was served with while it signed; for a slot that was empty this is on the safe side.
        facts.earlier.assign({{policy_.ttl_active, now_.moment}});
        facts.has_key = true;
        facts.drain.reset();
      }
    }
  }

  InstitutionFacts facts_;
  std::string_view code_;
  const LifecyclePolicy& policy_;
  Now now_;
  std::optional<WallTime> holds_back_until_;
  bool was_altered_ = false;
  bool is_held_back_ = false;
};

}  // namespace

std::string_view to_text(EventKind kind) {
  switch (kind) {
    case EventKind::kRipens:
      return "ripens";
    case EventKind::kBegins:
      return "begins";
    case EventKind::kRotates:
      return "rotates";
    case EventKind::kFreshKey:
      return "fresh-key";
    case EventKind::kDeparts:
      return "departs";
    case EventKind::kHeldBack:
      return "held-back";
  }
  return {};
}

void forecast(const InstitutionFacts& institution, std::string_view code, const LifecyclePolicy& policy,
              const Now& now, WallTime until, const std::function<bool(const ForecastEvent&)>& visitor,
              bool holds_back) {
  Future future(institution, code, policy, now, holds_back);
  for (;;) {
    const std::optional<ForecastEvent> event = future.next();
    if (!event || event->at > until || !visitor(*event)) {
      return;
    }
    future.apply(*event);
  }
}

}  // namespace zonestore::dkim
