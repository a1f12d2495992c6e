// zonectl log verify, which log.cc puts below `log`.
#pragma once

#include "tools/zonectl/session/command_line.h"

namespace zonectl {

void define_log_verify(CommandLine& log);

}  // namespace zonectl
