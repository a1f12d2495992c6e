// The zones: their settings, and their content as a zone file.
#pragma once

#include <optional>
#include <ostream>
#include <vector>

#include "zonestore/operations/change/store.h"
#include "zonestore/zone/record_set.h"

namespace zonestore {

struct ZoneView {
  Name apex;
  Serial serial;
  std::uint64_t record_sets = 0;
  std::uint64_t static_record_sets = 0;  // those that operators put in
  std::vector<Name> name_servers;
  std::vector<Name> anycast;  // of these, those behind whose addresses several sites stand
  Name primary;               // the SOA's MNAME: the first name server, or a hidden one
  Name mailbox;
  std::uint32_t soa_ttl = 0;  // all in seconds
  std::uint32_t refresh = 0;
  std::uint32_t retry = 0;
  std::uint32_t expire = 0;
  std::uint32_t minimum = 0;
  std::uint32_t ns_ttl = 0;
  bool is_catalog = false;  // private: for the secondaries that are to have it alone (catalog.h)
};

struct ZoneSettings {                             // what is set, changes
  std::optional<std::vector<Name>> name_servers;  // the whole list; the first becomes the SOA's MNAME
  std::optional<Name> primary;                    // the SOA's MNAME; one that is no name server is hidden
  std::optional<Name> mailbox;
  std::optional<std::uint32_t> soa_ttl, refresh, retry, expire, minimum, ns_ttl;
  // Name servers behind whose addresses several sites stand, or no longer do: a look sees one of the sites, and
  // shortens no wait.
  std::vector<Name> anycast, not_anycast;
};

struct ZoneChanged : Changed {
  ZoneView zone;
};

[[nodiscard]] Result<std::vector<ZoneView>> list_zones(Store& store);
[[nodiscard]] Result<ZoneView> show_zone(Store& store, const Name& apex);  // Errors: kNotFound
// Errors: kNotFound; kInvalid: no name server, a value of 0 or out of range (RFC 1912 section 2.2: retry below
// refresh, expire above refresh); kRefused: kNoGlue for a name server in a zone of this store that has no address
// there; kReserved for name servers of the catalog.
[[nodiscard]] Result<ZoneChanged> set_zone(Store& store, const ChangeContext& context, const Name& apex,
                                           const ZoneSettings& settings);
// The zone's next serial is that one at least; nothing to do if it is there already. For secondaries that have a
// later one than the store, from history that a restore has lost: to the same serial they would be "current". Errors:
// kNotFound; kInvalid: it is not later than the zone's, nor the zone's later than it (RFC 1982 section 3.2).
[[nodiscard]] Result<ZoneChanged> raise_serial(Store& store, const ChangeContext& context, const Name& apex,
                                               Serial at_least);
// The published zone, in canonical order, from one read transaction. Errors: kNotFound, kIo.
[[nodiscard]] Result<Serial> export_zone(Store& store, const Name& apex, std::ostream& out);

// "hostmaster.secutix.com" or "hostmaster@secutix.com" (RFC 1035 section 8: dots of the local part escaped).
[[nodiscard]] Result<Name> parse_mailbox(std::string_view text);

}  // namespace zonestore
