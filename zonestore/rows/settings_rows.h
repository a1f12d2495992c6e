// The store's settings as rows: zone settings, name servers.
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "zonestore/db/connection.h"
#include "zonestore/dkim/lifecycle.h"
#include "zonestore/rows/institution_rows.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore::rows {

struct ZoneSettingsRow {
  std::vector<Name> name_servers;      // the first is the SOA's MNAME, unless there is a hidden primary
  std::optional<Name> hidden_primary;  // the SOA's MNAME where it is none of the name servers
  Name mailbox;
  std::uint32_t soa_ttl = 3600;  // all in seconds
  std::uint32_t refresh = 3600;
  std::uint32_t retry = 600;
  std::uint32_t expire = 1209600;
  std::uint32_t minimum = 300;
  std::uint32_t ns_ttl = 3600;

  [[nodiscard]] const Name& primary() const { return hidden_primary ? *hidden_primary : name_servers.front(); }
  // What a resolver remembers an absent name for (RFC 2308 section 5).
  [[nodiscard]] Ttl negative_ttl() const { return Ttl{soa_ttl < minimum ? soa_ttl : minimum}; }
};

[[nodiscard]] ZoneSettingsRow read_zone_settings(db::Connection& connection, ZoneId zone);
// A negative TTL, or a refresh or retry, that changes is remembered with the moment at which it ended. A name server
// that stays one stays anycast.
void store_zone_settings(db::Connection& connection, ZoneId zone, const ZoneSettingsRow& settings, const Moment& now);

struct NameServerRow {
  Name name;
  bool anycast = false;  // several sites stand behind its addresses
};
[[nodiscard]] std::vector<NameServerRow> read_name_server_rows(db::Connection& connection, ZoneId zone);

// False: it is no name server of the zone.
[[nodiscard]] bool set_anycast(db::Connection& connection, ZoneId zone, const Name& name, bool anycast);

// The name servers of all zones that are for the world, without order: the catalog's is none (RFC 9432 section 4.1).
[[nodiscard]] std::vector<Name> read_all_name_servers(db::Connection& connection);
// Of a zone that is to be removed; with what was seen of its servers.
void delete_zone_settings(db::Connection& connection, ZoneId zone);

// Absence of a name until now, with each negative TTL that it may have been remembered with.
[[nodiscard]] std::vector<dkim::EarlierContent> absence_until(db::Connection& connection, ZoneId zone,
                                                              const Moment& now);

}  // namespace zonestore::rows
