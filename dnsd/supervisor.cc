#include "dnsd/supervisor.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <systemd/sd-daemon.h>
#include <unistd.h>

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

std::vector<net::NamedSocket> take_kept() {
  char** names = nullptr;
  const int count = ::sd_listen_fds_with_names(1, &names);  // closed when a program is executed; unset for children
  std::vector<net::NamedSocket> kept;
  for (int index = 0; index < count; ++index) {
    kept.push_back({names[index], zonestore::FileDescriptor(SD_LISTEN_FDS_START + index)});
    std::free(names[index]);  // NOLINT(*-no-malloc,*-owning-memory): the library's own
  }
  std::free(names);  // NOLINT(*-no-malloc,*-owning-memory)
  return kept;
}

bool keep(std::span<const net::SocketName> sockets) {
  if (std::getenv("NOTIFY_SOCKET") == nullptr) {
    return false;
  }
  bool told = !sockets.empty();
  for (const net::SocketName& each : sockets) {
    const std::string state = "FDSTORE=1\nFDPOLL=0\nFDNAME=" + each.name;
    told = ::sd_pid_notify_with_fds(0, 0, state.c_str(), &each.socket, 1) > 0 && told;
  }
  return told;
}

void forget_kept(std::span<const std::string> names) {
  constexpr std::uint64_t kPatienceMicroseconds = 2'000'000;
  for (const std::string& name : names) {
    notify_supervisor(("FDSTOREREMOVE=1\nFDNAME=" + name).c_str());
  }
  (void)::sd_notify_barrier(0, kPatienceMicroseconds);  // systemd 246 and newer
}

}  // namespace dnsd
