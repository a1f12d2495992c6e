// The composition root: makes every part, in the order that rights and readiness ask for, and takes them down.
//
//   bind (low ports) ─> become --user ─> open and load the store ─> workers and watcher ─> ready
//   SIGTERM, SIGINT ─> answer what is queued, let TCP finish (drain_seconds) ─> the rest (5 s) ─> ended
#pragma once

#include <ostream>

#include "dnsd/config/config.h"
#include "dnsd/util/log.h"

namespace dnsd {

enum class ExitCode : int { kEnded = 0, kFailed = 1, kUsage = 2, kStore = 3, kAddress = 4 };

// Serves until a signal ends it or something fails; says why in the log, which it starts when the process is who it
// will be.
[[nodiscard]] ExitCode run_server(const config::Config& config, util::Log& log);

// dnsd --check: that the user exists and the store can be loaded. What it found, and the memory that it takes, goes
// to `out`.
[[nodiscard]] ExitCode check(const config::Config& config, const util::Log& log, std::ostream& out);

}  // namespace dnsd
