#include "zonestore/operations/due.h"

#include <algorithm>
#include <limits>
#include <string_view>

#include "zonestore/publish/moment_columns.h"
#include "zonestore/publish/policy_rows.h"

namespace zonestore {
namespace {

// What elapsed() counts since a moment is a proof, which is never more than what the wall clocks say, or what trusted
// time has gained since then (base/moment.h). So a wait can only be over if it is over by the one or by the other:
// two indexes, and what either finds is a superset of what is due.

// Those that are not yet or no longer signing; whose drain has ended by the wall clock or by trusted time; that have
// an empty slot.
constexpr std::string_view kMaintenance =
    "SELECT code FROM institution WHERE phase IN ('starting', 'departing') "
    "UNION SELECT i.code FROM slot AS s JOIN institution AS i USING (institution_id) "
    "WHERE s.drain_wall_ms + s.drain_for_ms <= ?1 AND s.drain_wall_ms IS NOT NULL AND s.drain_waits = 0 "
    "AND i.phase <> 'departed' "
    "UNION SELECT i.code FROM slot AS s JOIN institution AS i USING (institution_id) "
    "WHERE s.drain_trusted_ms + s.drain_for_ms <= ?2 AND s.drain_wall_ms IS NOT NULL AND s.drain_waits = 0 "
    "AND i.phase <> 'departed' "
    "UNION SELECT i.code FROM slot AS s JOIN institution AS i USING (institution_id) "
    "WHERE s.key_id IS NULL AND s.revoked = 0 AND i.phase = 'signing' ORDER BY 1";

// Those that last moved so long ago, by the wall clock (?1) or by trusted time (?2); and those with a policy of their
// own.
constexpr std::string_view kRotation =
    "SELECT code FROM institution INDEXED BY institution_by_move WHERE phase = 'signing' AND moved_wall_ms <= ?1 "
    "UNION SELECT code FROM institution INDEXED BY institution_by_trusted_move WHERE phase = 'signing' "
    "AND moved_trusted_ms <= ?2 "
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
  rows.bind(1, publish::to_column(now.moment.wall)).bind(2, now.moment.trusted.count());
  return codes_of(rows);
}

std::vector<dkim::Code> rotation_candidates(db::Connection& connection, const Now& now) {
  const dkim::LifecyclePolicy policy = publish::read_policy(connection, publish::kWholeStore);
  db::Statement& rows = connection.cached(kRotation);
  if (policy.every > Seconds(0)) {
    const Milliseconds shortest = std::max(Seconds(0), policy.every - policy.jitter);
    rows.bind(1, publish::to_column(now.moment.wall - shortest)).bind(2, (now.moment.trusted - shortest).count());
  } else {
    constexpr std::int64_t kNobody = std::numeric_limits<std::int64_t>::min();
    rows.bind(1, kNobody).bind(2, kNobody);
  }
  return codes_of(rows);
}

}  // namespace zonestore
