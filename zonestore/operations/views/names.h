// Names that begin with what somebody has typed, for a shell that completes it: few, in order, found by an index.
//
// Threads: that of the Store. Errors: as in base/error.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/operations/change/store.h"

namespace zonestore {

// Codes of institutions that have not departed, at most `limit`.
[[nodiscard]] Result<std::vector<std::string>> codes_beginning_with(Store& store, std::string_view typed,
                                                                    std::size_t limit);

}  // namespace zonestore
