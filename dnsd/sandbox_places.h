// The sandbox of a dnsd with these settings: which files it reads and writes once it has bound. Threads: any; looks
// at the file system.
#pragma once

#include <string>
#include <vector>

#include "dnsd/config/config.h"
#include "dnsd/sandbox.h"
#include "dnsd/util/log.h"
#include "dnsd/util/result.h"

namespace dnsd {

// The directories that the service manager has made for us (STATE_DIRECTORY, RUNTIME_DIRECTORY: systemd.exec(5)),
// each a list with colons; empty where unset.
struct ServiceDirectories {
  std::string state;
  std::string runtime;
};

// Of this process's environment.
[[nodiscard]] ServiceDirectories service_directories();

// To be read: the directory above the store's, those of the config and of the secrets (editors put another file in a
// file's place), and where symbolic links among them lead today; /proc and /dev/urandom. To be written: what the
// service manager has made, and the directory of the metrics file.
[[nodiscard]] SandboxPlaces sandbox_places(const config::Config& config, const ServiceDirectories& directories);

// Enters the sandbox as far as the settings ask for it and the kernel has it, and logs what has become of it. True:
// it is in force. Preconditions: as enter_sandbox. Errors: it is not, and the settings require it.
[[nodiscard]] util::Result<bool> take_cover(const config::Config& config, const util::Log& log);

// What take_cover would do here: "on (Landlock ABI 2)", "off: why". Errors: as there.
[[nodiscard]] util::Result<std::string> cover_to_be_had(const config::Config& config);

}  // namespace dnsd
