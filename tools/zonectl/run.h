// A whole run of zonectl, without the process around it.
#pragma once

#include <span>
#include <string>

#include "tools/zonectl/session/environment.h"
#include "zonestore/base/moment.h"

namespace zonectl {

// `args` without the program's name. The value is the exit code. Nothing is thrown for wrong input.
[[nodiscard]] int run(std::span<const std::string> args, Streams& streams, const Environment& environment,
                      const zonestore::Clock& clock);

}  // namespace zonectl
