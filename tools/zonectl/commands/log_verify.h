// zonectl log verify, which log.cc puts below `log`.
#pragma once

#include "tools/zonectl/session/command_line.h"

namespace zonectl::log_verify {

void define(CommandLine& log);

}  // namespace zonectl::log_verify
