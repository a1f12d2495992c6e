#include "zonestore/zone/zone_fault.h"

#include <algorithm>
#include <utility>

namespace zonestore {

void ZoneFaults::add(ZoneFault fault) {
  ++count_;
  if (kept_.size() < kMaxKept) {
    kept_.push_back(std::move(fault));
  }
}

std::vector<ZoneFault> ZoneFaults::first(std::size_t most) const {
  std::vector<ZoneFault> sorted = kept_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const ZoneFault& left, const ZoneFault& right) { return left.line < right.line; });
  if (sorted.size() > most) {
    sorted.resize(most);
  }
  return sorted;
}

}  // namespace zonestore
