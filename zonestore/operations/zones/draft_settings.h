// The settings that a zone's file asks for. For the sources of this folder only.
#pragma once

#include <optional>

#include "zonestore/rows/settings_rows.h"
#include "zonestore/zone/zone_draft.h"

namespace zonestore {

// Ours: the zones of the keys and of the SPF record, whose negative TTL the lifecycle waits for.
enum class WhoseZone : std::uint8_t { kOurs, kAnybodys };

// The file's SOA and NS over what the zone has; `present` is nullopt for a zone that is new, which needs both. What
// is wrong or in doubt goes to `faults`; with faults the result is of no use. What the lenient take is put into the
// range that the store has.
[[nodiscard]] rows::ZoneSettingsRow draft_settings(const ZoneDraft& draft,
                                                   const std::optional<rows::ZoneSettingsRow>& present,
                                                   WhoseZone whose, ZoneFaults& faults);

}  // namespace zonestore
