// zonectl secondary check: a verb of its own file, below `secondary`.
#pragma once

#include "tools/zonectl/session/command_line.h"

namespace zonectl::secondary {

void define_check(CommandLine& secondary);

}  // namespace zonectl::secondary
