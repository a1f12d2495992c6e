// What --help prints.
#pragma once

#include <string>

#include "tools/zonectl/session/command_line.h"
#include "tools/zonectl/session/tree.h"

namespace zonectl {

// The whole help of a command, a noun or the program. Whoever prints it to a terminal folds it.
[[nodiscard]] std::string help_text(const CommandShape& command);

// "zonectl rotate INST... [OPTION]..."
[[nodiscard]] std::string usage_of(const CommandShape& command);

// The example and the exit codes of a command.
[[nodiscard]] std::string help_footer(const CommandHelp& help);

}  // namespace zonectl
