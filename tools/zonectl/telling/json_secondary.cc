#include "tools/zonectl/telling/json_secondary.h"

namespace zonectl {
namespace {

template <class Range, class ToJson>
Json array_of(const Range& range, ToJson to_json_value) {
  Json array = Json::array();
  for (const auto& each : range) {
    array.push_back(to_json_value(each));
  }
  return array;
}

Json to_json(const zonestore::SecondarySeen& seen) {
  return Json{{"zone", seen.zone.to_text()},
              {"verdict", to_text(seen.verdict)},
              {"serial", json_or_null(seen.serial, [](zonestore::Serial serial) { return serial.value; })},
              {"changes_late", json_or_null(seen.changes_late, [](std::uint64_t count) { return count; })},
              {"detail", seen.detail},
              {"seen", zonestore::to_rfc3339(seen.seen)}};
}

}  // namespace

Json to_json(const zonestore::SecondaryView& secondary) {
  const auto name_text = [](const zonestore::Name& name) { return name.to_text(); };
  const auto address_text = [](const zonestore::SocketAddress& address) { return address.to_text(); };
  return Json{{"name", secondary.name},
              {"addresses", array_of(secondary.addresses, address_text)},
              {"keys", array_of(secondary.key_names, name_text)},
              {"from_addresses_only", secondary.from_addresses_only},
              {"all_zones", secondary.all_zones},
              {"zones", array_of(secondary.zones, name_text)},
              {"ixfr", secondary.ixfr},
              {"anycast", secondary.anycast},
              {"catalog", secondary.catalog},
              {"enabled", secondary.enabled},
              {"since", zonestore::to_rfc3339(secondary.since)},
              {"seen", array_of(secondary.seen, [](const zonestore::SecondarySeen& seen) { return to_json(seen); })}};
}

}  // namespace zonectl
