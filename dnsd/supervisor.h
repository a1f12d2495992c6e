// The supervisor that has started dnsd, if there is one: what it is told, how often it wants a sign of life, and the
// sockets that it keeps while dnsd is started anew (sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3)). Threads:
// one at a time.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "dnsd/net/kept_sockets.h"

namespace dnsd {

// How often to look whether all move: often enough that the supervisor has its sign in time; a long time where nobody
// asks for signs (WATCHDOG_USEC, WATCHDOG_PID).
[[nodiscard]] std::chrono::milliseconds heartbeat_interval();

// Tells the supervisor, if there is one: "READY=1", "WATCHDOG=1" and so on.
void notify_supervisor(const char* state);

// The sockets that it has kept from the dnsd before us, ours from here on; none where nobody keeps any.
[[nodiscard]] std::vector<net::NamedSocket> take_kept();

// Gives it all of these to keep until the next dnsd, watched by nobody (FDPOLL=0: an error that waits in a socket is
// no reason to close it). True: it was told; one that may keep fewer than these is found out by the next dnsd.
bool keep(std::span<const net::SocketName> sockets);

// Has it close what it keeps under these names, and waits a while until it has heard.
void forget_kept(std::span<const std::string> names);

}  // namespace dnsd
