#include "zonestore/operations/due.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "zonestore/publish/moment_columns.h"
#include "zonestore/publish/policy_rows.h"

namespace zonestore {
namespace {

// Those that are not yet or no longer signing; whose drain has ended by the wall clock; that have an empty slot.
constexpr std::string_view kMaintenance =
    "SELECT code FROM institution WHERE phase IN ('starting', 'departing') "
    "UNION SELECT i.code FROM slot AS s JOIN institution AS i USING (institution_id) "
    "WHERE s.drain_wall_ms + s.drain_for_ms <= ?1 AND s.drain_wall_ms IS NOT NULL AND s.drain_waits = 0 "
    "AND i.phase <> 'departed' "
    "UNION SELECT i.code FROM slot AS s JOIN institution AS i USING (institution_id) "
    "WHERE s.key_id IS NULL AND s.revoked = 0 AND i.phase = 'signing' ORDER BY 1";

// Those that last moved so long ago (?1) or nobody knows when (?2: the store rotates by policy); and those with a
// policy of their own.
constexpr std::string_view kRotation =
    "SELECT code FROM institution INDEXED BY institution_by_move WHERE phase = 'signing' AND moved_wall_ms <= ?1 "
    "UNION SELECT code FROM institution INDEXED BY institution_by_move WHERE phase = 'signing' AND moved_wall_ms IS "
    "NULL AND ?2 = 1 "
    "UNION SELECT i.code FROM policy AS p JOIN institution AS i USING (institution_id) "
    "WHERE p.key IN ('every', 'jitter') AND i.phase = 'signing' ORDER BY 1";

std::vector<dkim::Code> codes_of(db::Statement& rows) {
  std::vector<dkim::Code> codes;
  while (rows.step()) {
    codes.push_back(db::unwrap(dkim::Code::parse(rows.text(0))));
  }
  rows.reset();
  return codes;
}

}  // namespace

std::vector<dkim::Code> maintenance_candidates(db::Connection& connection, const Now& now) {
  db::Statement& rows = connection.cached(kMaintenance);
  rows.bind(1, publish::to_column(std::max(now.moment.wall, now.highest_seen)));
  return codes_of(rows);
}

std::vector<dkim::Code> rotation_candidates(db::Connection& connection, const Now& now) {
  const dkim::LifecyclePolicy policy = publish::read_policy(connection, publish::kWholeStore);
  const bool rotates = policy.every > Seconds(0);
  db::Statement& rows = connection.cached(kRotation);
  rows.bind(1, std::numeric_limits<std::int64_t>::min()).bind(2, std::int64_t{rotates});
  if (rotates) {
    const WallTime latest = std::max(now.moment.wall, now.highest_seen);
    rows.bind(1, publish::to_column(latest - std::max(Seconds(0), policy.every - policy.jitter)));
  }
  return codes_of(rows);
}

}  // namespace zonestore
