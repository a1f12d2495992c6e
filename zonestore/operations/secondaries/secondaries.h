// Secondaries: the servers that have the zones from us by transfer (RFC 5936, RFC 1995) and are notified of changes
// (RFC 1996). Who they are belongs to the zones; the secrets of their keys belong to the host that serves, and never
// pass here.
//
// Errors: as in base/error.h. Threads: that of the Store.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/socket_address.h"
#include "zonestore/operations/change/store.h"
#include "zonestore/operations/secondaries/sights.h"
#include "zonestore/zone/name.h"

namespace zonestore {

// What is said, and stays as it is where it is not.
struct SecondarySettings {
  std::optional<std::vector<SocketAddress>> addresses;  // not empty; the first that answers is asked
  std::optional<std::vector<Name>> key_names;           // TSIG keys, two at most; empty: none, known by its addresses
  std::optional<std::vector<Name>> zones;               // apexes; empty: all
  std::optional<bool> from_addresses_only, catalog, ixfr, anycast, enabled;
};

struct SecondaryView {
  std::string name;
  std::vector<Name> key_names;
  std::vector<SocketAddress> addresses;
  bool all_zones = true;
  std::vector<Name> zones;  // those that it is to have now: all but the private ones where all_zones
  bool from_addresses_only = false;
  bool catalog = false;
  std::optional<Name> catalog_zone{};  // of those that are to have it: the one that is set
  bool ixfr = true;
  bool anycast = false;
  bool enabled = true;
  std::vector<SecondarySeen> seen{};  // by zone; nothing of a zone that nobody has looked at it for
  WallTime since;                     // it was added, or got the addresses or zones that it has, or was disabled
};

[[nodiscard]] Result<std::vector<SecondaryView>> list_secondaries(Store& store);  // by name
// Errors: kNotFound.
[[nodiscard]] Result<SecondaryView> show_secondary(Store& store, const std::string& name);

struct SecondaryChanged : Changed {
  SecondaryView secondary;
  // Of one that was added for the zone of the keys: how much longer a new key waits, if no look ends that sooner.
  std::optional<Milliseconds> keys_wait_longer{};
};
// Errors: kRefused/kExists (the name), kNoKey (no key, and `key_names` is not there to say that it has none; or a
// catalog without a key); kInvalid: no address, more than two keys, the catalog beside single zones; kNotFound: a
// zone.
[[nodiscard]] Result<SecondaryChanged> add_secondary(Store& store, const ChangeContext& context,
                                                     const std::string& name, const SecondarySettings& settings);
// Other addresses or zones, and being enabled again, begin a new life: what was seen of the old one counts no more.
// Errors: as of add, and kNotFound.
[[nodiscard]] Result<SecondaryChanged> set_secondary(Store& store, const ChangeContext& context,
                                                     const std::string& name, const SecondarySettings& settings);
// Errors: kNotFound.
[[nodiscard]] Result<SecondaryChanged> remove_secondary(Store& store, const ChangeContext& context,
                                                        const std::string& name);

// 1 to 63 lower-case letters, digits and inner hyphens, dots and underscores. Errors: kInvalid.
[[nodiscard]] Result<std::string> parse_secondary_name(std::string_view text);
// A TSIG key's name (RFC 8945 section 4.2) of at most 128 bytes in wire form, in lower case. Errors: kInvalid.
[[nodiscard]] Result<Name> parse_key_name(std::string_view text);
// "192.0.2.53", "192.0.2.53:5300", "2001:db8::53", "[2001:db8::53]:5300": of one host. Errors: kInvalid.
[[nodiscard]] Result<SocketAddress> parse_secondary_address(std::string_view text);

}  // namespace zonestore
