// What a careful person would write down of the looks, on paper and by true time: the judge of what zonestore makes
// of them. Nothing of zonestore's own rules.
#pragma once

#include <array>
#include <optional>

#include "tests/scenario/evidence/dns_world.h"
#include "tests/scenario/lifecycle/timeline.h"
#include "zonestore/base/error.h"

namespace tests::evidence {

class Ledger {
 public:
  // `slot`: of the look at the institution; `servers`: of the look at the zone's serials.
  void write_down(const Sights& slot, const std::array<Sight, kServers>& servers, lifecycle::Millis now);
  // What was seen of the key before says nothing of the new one; a server that served an old serial still may, and a
  // CNAME leads where it led.
  void begin_another_key();

  // Bad news: it stands, however old it is, until somebody has seen it mended. The guard that it raises.
  [[nodiscard]] std::optional<zonestore::Guard> bad_news() const;
  // Good news: since when everything is known to be right, by the oldest of it; nullopt: something was not seen.
  [[nodiscard]] std::optional<lifecycle::Millis> all_right_since() const;
  // Has one of our servers answered, ever?
  [[nodiscard]] bool is_delegated() const { return is_delegated_; }

 private:
  struct Thing {
    bool is_wrong = false;  // when somebody last answered
    std::optional<lifecycle::Millis> right_at;
  };
  static void note(Thing& thing, Sight sight, lifecycle::Millis now);
  void note_own_side(const std::array<Sight, kServers>& servers, lifecycle::Millis now);

  std::array<bool, kServers> serves_other_bytes_{};  // than those of this key
  std::array<bool, kServers> serves_old_serial_{};
  std::optional<lifecycle::Millis> own_right_at_;
  Thing cname_;
  Thing answer_;
  bool is_delegated_ = false;
};

}  // namespace tests::evidence
