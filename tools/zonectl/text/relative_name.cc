#include "tools/zonectl/text/relative_name.h"

namespace zonectl {

std::string relative_name(std::string_view name, const zonestore::Name& zone) {
  const std::string apex = zone.to_text();
  if (name == apex) {
    return "@";
  }
  if (name.ends_with("." + apex)) {
    name.remove_suffix(apex.size() + 1);
  }
  return std::string(name);
}

}  // namespace zonectl
