// zonectl key history and key export-public, which key.cc puts below `key`.
#pragma once

#include "tools/zonectl/session/command_line.h"

namespace zonectl {

void define_key_history(CommandLine& key);
void define_key_export_public(CommandLine& key);

}  // namespace zonectl
