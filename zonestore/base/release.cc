#include "zonestore/base/release.h"

namespace zonestore {

std::string_view release() {
  return DNSD_RELEASE;
}

}  // namespace zonestore
