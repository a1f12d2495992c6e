// The rules of zone_rules.h over a whole zone from a file.
#pragma once

#include "zonestore/zone/zone_draft.h"

namespace zonestore {

// A draft that misses what its file has malformed is not whole: what is merely absent is no fault of it.
enum class Draft : std::uint8_t { kWhole, kWithGaps };

// Faults, doubts and warnings go to `faults` with their lines.
void judge_draft(const ZoneDraft& draft, Draft state, ZoneFaults& faults);

}  // namespace zonestore
