// The settings that a zone's file asks for. For the sources of this folder only.
#pragma once

#include <optional>

#include "zonestore/publish/settings_rows.h"
#include "zonestore/zone/zone_draft.h"

namespace zonestore {

// The file's SOA and NS over what the zone has; `present` is nullopt for a zone that is new, which needs both. What
// is wrong goes to `faults`, and the result is then of no use.
[[nodiscard]] publish::ZoneSettingsRow draft_settings(const ZoneDraft& draft,
                                                      const std::optional<publish::ZoneSettingsRow>& present,
                                                      ZoneFaults& faults);

}  // namespace zonestore
