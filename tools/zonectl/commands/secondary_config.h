// zonectl secondary config: a verb of its own file, below `secondary`.
#pragma once

#include "tools/zonectl/session/command_line.h"

namespace zonectl::secondary {

void define_config(CommandLine& secondary);

}  // namespace zonectl::secondary
