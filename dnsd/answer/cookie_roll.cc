#include "dnsd/answer/cookie_roll.h"

namespace dnsd::answer {

CookieSecrets CookieRoll::roll(const CookieSecret& fresh, Time now) {
  CookieSecrets both({fresh, active_});
  active_ = fresh;
  since_ = now;
  has_old_ = true;
  return both;
}

std::optional<CookieSecrets> CookieRoll::forget_old(Time now) {
  if (!has_old_ || now - since_ < kAcceptedAfter) {
    return std::nullopt;
  }
  CookieSecrets alone({active_});
  has_old_ = false;
  return alone;
}

}  // namespace dnsd::answer
