// What is allowed, served and to come, as it is shown. For the sources of this folder only.
#pragma once

#include "zonestore/operations/spf_policy.h"
#include "zonestore/publish/spf_rows.h"

namespace zonestore {

// Precondition: the caller holds a transaction. Throws db::Failure.
[[nodiscard]] SpfView spf_view(Store::Impl& store, const Now& now);

}  // namespace zonestore
