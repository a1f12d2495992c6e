// Which release the programs are of. Compiled into one source, so that a new release does not compile all anew.
#pragma once

#include <string_view>

namespace zonestore {

// "0.1.0", of a snapshot "0.1.0+git20261201120000.1a2b3c4": the package's version without its revision.
[[nodiscard]] std::string_view release();

}  // namespace zonestore
