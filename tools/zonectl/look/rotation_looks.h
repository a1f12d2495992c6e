// What rotations rest on, seen just before: one or thousands, many at once. Each look takes two seconds at most, and
// no transaction is open meanwhile. What nobody answered is simply not seen. Where ripening waits for secondaries,
// all servers are seen first, and again now and then in a long run. Threads: one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/zonectl/look/lookout.h"
#include "zonestore/operations/change/context.h"
#include "zonestore/operations/views/checking.h"

namespace zonectl::look {

class RotationLooks {
 public:
  // `looks`: made before the store was opened; nullptr: nobody looks (--no-look, or a dry run).
  RotationLooks(Lookout* lookout, zonestore::Store& store) : lookout_(lookout), store_(store) {}

  // Begins to look at an institution that take() will be asked for soon. Nothing where the lifecycle lets nothing
  // rotate anyway.
  void begin(const zonestore::dkim::Code& code, const zonestore::RotationWish& wish);
  [[nodiscard]] std::optional<zonestore::Look> take(const zonestore::dkim::Code& code,
                                                    const zonestore::RotationWish& wish);

  // Of rotations that were refused: kept many at a time. Errors: those of the store.
  [[nodiscard]] zonestore::Result<void> keep_later(const zonestore::dkim::Code& code, zonestore::Look look);
  [[nodiscard]] zonestore::Result<void> keep_now();

  // What went wrong with the looking itself; empty: nothing.
  [[nodiscard]] std::string trouble() const;

 private:
  void see_followers_now_and_then();

  struct Begun {
    std::uint32_t number = 0;
    zonestore::RotationSubject subject;
    SteadyTime until;
  };

  Lookout* lookout_;
  zonestore::Store& store_;
  std::optional<SteadyTime> followers_seen_;
  std::string trouble_;                                // with seeing those
  std::map<std::string, std::optional<Begun>> begun_;  // by code; nullopt: there is nothing to look at
  std::vector<std::pair<zonestore::dkim::Code, zonestore::Look>> later_;
};

}  // namespace zonectl::look
