// What will happen to an institution by itself, in time order: pure, from the same facts and rules by which it will
// be done. It takes for granted that maintain runs on its timer, that no operator does anything, and that the clock
// is left alone.
#pragma once

#include <functional>
#include <optional>

#include "zonestore/dkim/schedule.h"

namespace zonestore::dkim {

struct ForecastEvent {
  enum class Kind : std::uint8_t {
    kRipens,    // the slot becomes STANDBY
    kBegins,    // signing begins with the slot
    kRotates,   // signing moves to the slot, by policy
    kFreshKey,  // the slot has served its time, or is empty: a fresh key
    kDeparts,   // the records of a removed institution leave
    kHeldBack,  // a rotation by policy is due, but frozen, or refused by what was seen of the world
  };
  WallTime at;  // now for what is due already
  Kind kind = Kind::kRipens;
  std::optional<SlotId> slot;  // none of kDeparts and kHeldBack
  // It follows on something that maintain will do, and so is later by what maintain's timer takes; of a rotation the
  // jitter is not known yet.
  bool is_approximate = false;
};
[[nodiscard]] std::string_view to_text(ForecastEvent::Kind kind);  // "ripens", "fresh-key"

// Up to `until`. `holds_back`: a rotation that is due now is refused; of those to come it is taken for granted that
// they will not be. The visitor returns false to stop.
void forecast(const InstitutionFacts& institution, std::string_view code, const LifecyclePolicy& policy,
              const Now& now, WallTime until, const std::function<bool(const ForecastEvent&)>& visitor,
              bool holds_back = false);

}  // namespace zonestore::dkim
