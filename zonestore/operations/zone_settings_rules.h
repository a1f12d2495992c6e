// What a zone's settings must fulfil to be served rightly. For the sources of this folder only.
#pragma once

#include <vector>

#include "zonestore/publish/settings_rows.h"

namespace zonestore {

// `zones`: all apexes of the store. Throws db::Failure kInvalid.
void check_zone_settings(const publish::ZoneSettingsRow& settings, const std::vector<Name>& zones);

}  // namespace zonestore
