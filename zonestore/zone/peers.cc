#include "zonestore/zone/peers.h"

#include <algorithm>

namespace zonestore {

bool Peer::takes(const Name& apex, bool is_private) const {
  if (is_private) {
    return catalog;
  }
  return all_zones || std::binary_search(zones.begin(), zones.end(), apex);
}

}  // namespace zonestore
