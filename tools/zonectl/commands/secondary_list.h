// zonectl secondary list: a verb of its own file, below `secondary`.
#pragma once

#include "tools/zonectl/session/command_line.h"

namespace zonectl::secondary {

void define_list(CommandLine& secondary);

}  // namespace zonectl::secondary
