// The secondaries as rows: one a life (tables secondary, secondary_key, secondary_address, secondary_zone). What the
// readers of the zones see of them: zone/peers.h.
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/base/moment.h"
#include "zonestore/db/connection.h"
#include "zonestore/zone/peers.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore::rows {

struct SecondaryRow {
  SecondaryId id{};
  std::string name;
  std::vector<Name> key_names;  // lower case; two at most
  std::vector<SocketAddress> addresses;
  bool from_addresses_only = false;
  bool all_zones = true;
  std::vector<Name> zones;  // apexes in canonical order; only where all_zones is false
  bool catalog = false;
  bool ixfr = true;
  bool anycast = false;
  Moment added;
  std::optional<Moment> removed;  // of one that is listed: disabled since then

  [[nodiscard]] bool is_enabled() const { return !removed.has_value(); }
  // Is it to have that zone? The catalog is for those alone that ask for it.
  [[nodiscard]] bool has(const PublishedZone& zone) const;
};

// Those that are listed, enabled or not, by name.
[[nodiscard]] std::vector<SecondaryRow> read_secondaries(db::Connection& connection);
[[nodiscard]] std::optional<SecondaryRow> find_secondary(db::Connection& connection, const std::string& name);

// A new life, enabled unless `row.removed` says since when it is not. `row.id` counts for nothing. Precondition: none
// of that name is listed.
SecondaryId insert_secondary(db::Connection& connection, const SecondaryRow& row);
// Within a life: keys and flags.
void update_secondary(db::Connection& connection, const SecondaryRow& row);
// The life ends at that moment, if it has not ended before; its row, and what was seen of it, stay for what waits for
// it.
enum class Listed : std::uint8_t { kNoMore, kAsDisabled };
void end_secondary(db::Connection& connection, SecondaryId id, const Moment& moment, Listed listed);
// Lives that ended so long ago that nothing waits for them any more go, with what was seen of them.
void delete_ended_secondaries(db::Connection& connection, Milliseconds ended_before_trusted);

}  // namespace zonestore::rows
