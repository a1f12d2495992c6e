#include "tools/zonectl/telling/json_secondary.h"

namespace zonectl {
namespace {

template <class Range, class ToText>
Json texts_of(const Range& range, ToText to_text) {
  Json array = Json::array();
  for (const auto& each : range) {
    array.push_back(to_text(each));
  }
  return array;
}

}  // namespace

Json to_json(const zonestore::SecondaryView& secondary) {
  const auto name_text = [](const zonestore::Name& name) { return name.to_text(); };
  const auto address_text = [](const zonestore::SocketAddress& address) { return address.to_text(); };
  return Json{{"name", secondary.name},
              {"addresses", texts_of(secondary.addresses, address_text)},
              {"keys", texts_of(secondary.key_names, name_text)},
              {"from_addresses_only", secondary.from_addresses_only},
              {"all_zones", secondary.all_zones},
              {"zones", texts_of(secondary.zones, name_text)},
              {"ixfr", secondary.ixfr},
              {"anycast", secondary.anycast},
              {"catalog", secondary.catalog},
              {"enabled", secondary.enabled},
              {"since", zonestore::to_rfc3339(secondary.since)}};
}

}  // namespace zonectl
