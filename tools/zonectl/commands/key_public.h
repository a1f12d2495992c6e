// zonectl key history and key export-public, which key.cc puts below `key`.
#pragma once

#include "tools/zonectl/session/command_line.h"

namespace zonectl::key_public {

void define_history(CommandLine& key);
void define_export_public(CommandLine& key);

}  // namespace zonectl::key_public
