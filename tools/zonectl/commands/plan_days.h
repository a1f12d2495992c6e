// A plan that is too long to be read event by event: of each day what happens to how many, and to whom. Streams are
// handed in. Threads: one.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "tools/zonectl/text/table.h"
#include "zonestore/operations/views/plan.h"

namespace zonectl::plan {

class Days {
 public:
  Days(std::ostream& out, const Terminal& terminal);
  // In time order.
  void add(const zonestore::PlannedEvent& planned);
  void finish();

 private:
  struct Kind {
    zonestore::dkim::ForecastEvent::Kind event;
    std::optional<zonestore::Guard> held_back_by;
    friend auto operator<=>(const Kind&, const Kind&) = default;
  };
  struct Group {
    std::size_t count = 0;
    bool is_approximate = false;
    std::string first{};  // its code
  };
  void end_day();

  Table table_;
  std::string day_;  // "2026-12-05"
  std::map<Kind, Group> groups_;
};

}  // namespace zonectl::plan
