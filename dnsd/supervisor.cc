#include "dnsd/supervisor.h"

#include <algorithm>
#include <cstdint>

#include <systemd/sd-daemon.h>

namespace dnsd {

std::chrono::milliseconds heartbeat_interval() {
  constexpr std::chrono::milliseconds kLeast{10};
  constexpr int kLooks = 4;  // so that one that comes late is still in time
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) {
    return std::chrono::hours{1};
  }
  const auto every = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::microseconds(microseconds));
  return std::clamp<std::chrono::milliseconds>(every / kLooks, kLeast, std::chrono::hours{1});
}

void notify_supervisor(const char* state) {
  (void)::sd_notify(0, state);
}

}  // namespace dnsd
