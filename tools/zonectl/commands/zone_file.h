// zonectl zone import|check|remove.
#pragma once

#include "tools/zonectl/session/command_line.h"

namespace zonectl::zone_file {

void define_import(CommandLine& zone);
void define_check(CommandLine& zone);
void define_remove(CommandLine& zone);

}  // namespace zonectl::zone_file
