// zonectl zone import|check|remove.
#pragma once

#include "tools/zonectl/session/command_line.h"

namespace zonectl {

void define_zone_import(CommandLine& zone);
void define_zone_check(CommandLine& zone);
void define_zone_remove(CommandLine& zone);

}  // namespace zonectl
