// The supervisor that has started dnsd, if there is one: what it is told, and how often it wants a sign of life
// (sd_notify(3), sd_watchdog_enabled(3)). Threads: one at a time.
#pragma once

#include <chrono>

namespace dnsd {

// How often to look whether all move: often enough that the supervisor has its sign in time; a long time where nobody
// asks for signs (WATCHDOG_USEC, WATCHDOG_PID).
[[nodiscard]] std::chrono::milliseconds heartbeat_interval();

// Tells the supervisor, if there is one: "READY=1", "WATCHDOG=1" and so on.
void notify_supervisor(const char* state);

}  // namespace dnsd
