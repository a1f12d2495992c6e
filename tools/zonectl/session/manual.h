// The part of zonectl's manual page that the program knows best: each command with its arguments, example and exit
// codes, in scdoc's form (scdoc(5)), from the same tree as --help.
#pragma once

#include <string>

#include "tools/zonectl/session/tree.h"

namespace zonectl {

[[nodiscard]] std::string manual_of_commands(const CommandShape& program);

// The flags that every command takes, as the page lists them.
[[nodiscard]] std::string manual_of_flags(const CommandShape& program);

}  // namespace zonectl
