#include "tools/zonectl/session/version_text.h"

#include "zonestore/base/release.h"
#include "zonestore/zone/schema_versions.h"

namespace zonectl {

std::string version_text() {
  return "zonectl " + std::string(zonestore::release()) + "\nwrites stores of schema " +
         std::to_string(zonestore::schema_versions().newest) + ", to which it brings older ones";
}

}  // namespace zonectl
