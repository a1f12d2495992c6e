// Whether all workers move, for a supervisor that restarts what does not.
//
//   supervisor wants a sign every N ─> every N/4: each worker is asked to count one more ─> all have? a sign
//
// One worker that stands still stops the sign. Pure: when to look, and the sign, are the caller's.
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dnsd::serve {

// What is seen of one worker.
struct Pulse {
  std::uint64_t beats = 0;
  bool has_ended = false;  // drained: it need not move any more
};

class Heartbeat {
 public:
  // True if every worker has moved since the last time that this was true.
  [[nodiscard]] bool all_moved(std::span<const Pulse> pulses);

 private:
  std::vector<std::uint64_t> seen_;
};

}  // namespace dnsd::serve
