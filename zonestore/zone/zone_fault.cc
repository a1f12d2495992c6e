#include "zonestore/zone/zone_fault.h"

#include <algorithm>
#include <utility>

namespace zonestore {
namespace {

// A message may quote the file's own words, whose bytes must neither break its line nor steer the terminal.
std::string on_one_line(std::string text) {
  const auto is_control = [](unsigned char byte) { return byte < ' ' || byte == 0x7F; };
  std::replace_if(text.begin(), text.end(), is_control, '?');
  return text;
}

}  // namespace

void ZoneFaults::add(ZoneFault fault) {
  ++count_;
  if (kept_.size() < kMaxKept) {
    fault.message = on_one_line(std::move(fault.message));
    fault.hint = on_one_line(std::move(fault.hint));
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
