#include "zonestore/rows/due_rows.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "zonestore/dkim/schedule.h"
#include "zonestore/rows/freeze_rows.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/policy_rows.h"

namespace zonestore::rows {
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

// Those that last moved so long ago, by the wall clock or by trusted time. All columns are the index's own.
constexpr std::string_view kMovedByWall =
    "SELECT code, moved_wall_ms, moved_wall_ms FROM institution INDEXED BY institution_by_move "
    "WHERE phase = 'signing' AND moved_wall_ms <= ?1";
constexpr std::string_view kMovedByTrusted =
    "SELECT code, moved_wall_ms, moved_trusted_ms FROM institution INDEXED BY institution_by_trusted_move "
    "WHERE phase = 'signing' AND moved_trusted_ms <= ?1";

// Those with values of their own that alter the wait; it may be over, whatever its jitter.
constexpr std::string_view kOwnWait =
    "WITH own AS (SELECT institution_id, max(CASE key WHEN 'every' THEN value_s END) AS every_s, "
    "max(CASE key WHEN 'jitter' THEN value_s END) AS jitter_s FROM policy WHERE institution_id <> 0 "
    "AND key IN ('every', 'jitter', 'drain', 'slack', 'ttl-active', 'ttl-other') GROUP BY institution_id), "
    "waiting AS (SELECT i.code, i.moved_wall_ms, i.moved_trusted_ms, coalesce(own.every_s, ?3) AS every_s, "
    "1000 * max(0, coalesce(own.every_s, ?3) - coalesce(own.jitter_s, ?4)) AS shortest_ms "
    "FROM own JOIN institution AS i USING (institution_id) WHERE i.phase = 'signing') "
    "SELECT code FROM waiting WHERE every_s > 0 "
    "AND (moved_wall_ms + shortest_ms <= ?1 OR moved_trusted_ms + shortest_ms <= ?2)";

constexpr std::string_view kOwnWindows =
    "SELECT i.code, w.text FROM rotation_window AS w JOIN institution AS i USING (institution_id) "
    "WHERE i.phase = 'signing'";

std::vector<dkim::Code> codes_of(db::Statement& rows) {
  std::vector<dkim::Code> codes;
  while (rows.step()) {
    codes.push_back(db::unwrap(dkim::Code::parse(rows.text(0))));
  }
  rows.reset();
  return codes;
}

// Which windows are open now: the store's, and those of who has one of their own.
struct Windows {
  bool of_store = false;
  std::set<std::string, std::less<>> own_open;  // codes
  std::set<std::string, std::less<>> own_closed;

  [[nodiscard]] bool are_open_for(const std::string& code) const {
    return of_store ? !own_closed.contains(code) : own_open.contains(code);
  }
};

Windows windows_at(db::Connection& connection, const dkim::LifecyclePolicy& policy, WallTime wall) {
  Windows windows;
  windows.of_store = policy.window.is_open(wall);
  std::map<std::string, bool> known;  // many have the same
  db::Statement& rows = connection.cached(kOwnWindows);
  while (rows.step()) {
    std::string text = rows.text(1);
    auto found = known.find(text);
    if (found == known.end()) {
      const Result<dkim::RotationWindow> window = dkim::RotationWindow::parse(text);
      found = known.emplace(std::move(text), window && window->is_open(wall)).first;
    }
    (found->second ? windows.own_open : windows.own_closed).insert(rows.text(0));
  }
  rows.reset();
  return windows;
}

std::vector<std::string> past_own_wait(db::Connection& connection, const dkim::LifecyclePolicy& policy,
                                       const Now& now) {
  db::Statement& rows = connection.cached(kOwnWait);
  rows.bind(1, to_column(now.moment.wall)).bind(2, std::int64_t{now.moment.trusted.count()});
  rows.bind(3, std::int64_t{policy.every.count()}).bind(4, std::int64_t{policy.jitter.count()});
  std::vector<std::string> codes;
  while (rows.step()) {
    codes.push_back(rows.text(0));
  }
  rows.reset();
  return codes;
}

// `now` by the clock that `rows` go by. Each one's jitter follows from what the index holds.
void add_past_wait(db::Statement& rows, const dkim::LifecyclePolicy& policy, Milliseconds now,
                   std::vector<std::string>& codes) {
  const Milliseconds shortest = std::max(Seconds(0), policy.every - policy.jitter);
  rows.bind(1, std::int64_t{(now - shortest).count()});
  while (rows.step()) {
    std::string code = rows.text(0);
    const WallTime moved(Milliseconds(rows.integer(1)));
    if (now - Milliseconds(rows.integer(2)) >= dkim::rotation_wait(code, moved, policy)) {
      codes.push_back(std::move(code));
    }
  }
  rows.reset();
}

}  // namespace

std::vector<dkim::Code> maintenance_candidates(db::Connection& connection, const Now& now) {
  db::Statement& rows = connection.cached(kMaintenance);
  rows.bind(1, to_column(now.moment.wall)).bind(2, now.moment.trusted.count());
  return codes_of(rows);
}

std::vector<dkim::Code> rotation_candidates(db::Connection& connection, const Now& now) {
  if (read_freeze(connection, kWholeStore)) {
    return {};
  }
  const dkim::LifecyclePolicy policy = read_policy(connection, kWholeStore);
  const Windows windows = windows_at(connection, policy, now.moment.wall);
  std::vector<std::string> waited = past_own_wait(connection, policy, now);
  if (policy.every > Seconds(0) && (windows.of_store || !windows.own_open.empty())) {
    add_past_wait(connection.cached(kMovedByWall), policy, now.moment.wall.time_since_epoch(), waited);
    add_past_wait(connection.cached(kMovedByTrusted), policy, now.moment.trusted, waited);
  }
  std::sort(waited.begin(), waited.end());
  waited.erase(std::unique(waited.begin(), waited.end()), waited.end());
  std::vector<dkim::Code> codes;
  for (const std::string& code : waited) {
    if (windows.are_open_for(code)) {
      codes.push_back(db::unwrap(dkim::Code::parse(code)));
    }
  }
  return codes;
}

}  // namespace zonestore::rows
