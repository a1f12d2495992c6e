// What --help prints.
#pragma once

#include <string>

#include "tools/zonectl/session/command_line.h"

namespace zonectl {

// The whole help of a command, a noun or the program.
[[nodiscard]] std::string help_text(const CLI::App& app);

// The example and the exit codes of a command.
[[nodiscard]] std::string help_footer(const CommandHelp& help);

// "zonectl zone show".
[[nodiscard]] std::string full_name(const CLI::App& app);

}  // namespace zonectl
