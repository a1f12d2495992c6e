#include "dnsd/serve/heartbeat.h"

#include <algorithm>

namespace dnsd::serve {

bool Heartbeat::all_moved(std::span<const Pulse> pulses) {
  seen_.resize(pulses.size());
  for (std::size_t index = 0; index < pulses.size(); ++index) {
    if (!pulses[index].has_ended && pulses[index].beats == seen_[index]) {
      return false;
    }
  }
  std::ranges::transform(pulses, seen_.begin(), [](const Pulse& pulse) { return pulse.beats; });
  return true;
}

}  // namespace dnsd::serve
