// zonectl zone export.
#pragma once

#include "tools/zonectl/session/command_line.h"

namespace zonectl::zone_export {

void define(CommandLine& zone);

}  // namespace zonectl::zone_export
