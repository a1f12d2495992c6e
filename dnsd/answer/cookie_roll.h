// The secrets of cookies while they are of our own making: rolled daily, so that one that somebody has found out is
// of no use for long (RFC 7873 section 7.1). The one that was replaced is accepted for as long as cookies made with
// it are good (RFC 9018 section 5: an hour, and the five minutes that clocks may differ). Secrets from a file are
// others'.
//
// Pure: time and secrets are handed in. Threads: one.
#pragma once

#include <chrono>
#include <optional>

#include "dnsd/answer/cookie.h"

namespace dnsd::answer {

class CookieRoll {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::hours kLife{24};
  static constexpr std::chrono::minutes kAcceptedAfter{65};

  CookieRoll(const CookieSecret& first, Time now) : active_(first), since_(now) {}

  [[nodiscard]] bool is_due(Time now) const { return now - since_ >= kLife; }
  // Puts a new one in force, which nobody else knows; the old one is accepted beside it.
  [[nodiscard]] CookieSecrets roll(const CookieSecret& fresh, Time now);
  // The active one alone, once, when the time of the one before it is over.
  [[nodiscard]] std::optional<CookieSecrets> forget_old(Time now);

 private:
  CookieSecret active_;
  Time since_;
  bool has_old_ = false;
};

}  // namespace dnsd::answer
