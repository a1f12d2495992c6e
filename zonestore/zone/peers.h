// The secondaries of the published zones as their reader sees them: who may have which zone, and hears of its
// changes.
//
// They are no part of the journal: a head has all that are enabled, and whoever follows the store compares them. A
// key is its name here; what it is lies with the host that serves. Threads: plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "zonestore/base/socket_address.h"
#include "zonestore/zone/name.h"

namespace zonestore {

// One life of a secondary: it comes back, or gets other addresses or zones, under a new one.
enum class SecondaryId : std::int64_t {};

struct Peer {
  SecondaryId id{};
  std::string name;
  std::vector<Name> key_names;  // TSIG keys (RFC 8945): lower case, two at most; none: known by its address alone
  std::vector<SocketAddress> addresses;  // never empty; to be notified, and to be asked, in this order
  std::vector<Name> zones;               // their apexes in canonical order; only where all_zones is false
  bool from_addresses_only = false;      // with a key: and from one of its addresses
  bool all_zones = true;                 // of those that are not private
  bool catalog = false;                  // the private one too
  bool ixfr = true;                      // false: IXFR is answered with the whole zone

  // Whether it is a secondary of that zone.
  [[nodiscard]] bool takes(const Name& apex, bool is_private) const;

  friend bool operator==(const Peer& left, const Peer& right) = default;
};

// By name.
using Peers = std::vector<Peer>;

}  // namespace zonestore
