// zonectl zone export.
#pragma once

#include "tools/zonectl/session/command_line.h"

namespace zonectl {

void define_zone_export(CommandLine& zone);

}  // namespace zonectl
