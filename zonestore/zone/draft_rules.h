// The rules of zone_rules.h over a whole zone from a file.
#pragma once

#include <string>
#include <vector>

#include "zonestore/zone/zone_draft.h"

namespace zonestore {

inline constexpr std::size_t kMaxWarnings = 20;

// A draft that misses what its file has malformed is not whole: what is merely absent is no fault of it.
enum class Draft : std::uint8_t { kWhole, kWithGaps };

// Faults go to `faults` with their lines; warnings, the first kMaxWarnings, to `warnings`.
void judge_draft(const ZoneDraft& draft, Draft state, ZoneFaults& faults, std::vector<std::string>& warnings);

}  // namespace zonestore
