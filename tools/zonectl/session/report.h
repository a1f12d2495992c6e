// How errors and refusals are told: in words on standard error, and with --json as {"error": ...} on standard
// output beside it.
#pragma once

#include <ostream>
#include <string>

#include "tools/zonectl/text/terminal.h"
#include "tools/zonectl/text/times.h"
#include "zonestore/base/error.h"

namespace zonectl {

// "refused: E_NOT_RIPE: ..." with the time at which it clears and what to do instead; "zonectl: ..." and the hint
// for any other error.
void report(std::ostream& err, const Terminal& terminal, const Times& times, const zonestore::Error& error);

}  // namespace zonectl
