// What embed_schema.cmake makes of the .sql files; see schema.h.
#pragma once

#include <span>

#include "zonestore/db/schema.h"

namespace zonestore::db {

[[nodiscard]] std::span<const Step> zone_steps();
[[nodiscard]] std::span<const Step> vault_steps();

}  // namespace zonestore::db
