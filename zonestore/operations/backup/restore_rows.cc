#include "zonestore/operations/backup/restore_rows.h"

#include <algorithm>

#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/policy_rows.h"

namespace zonestore {
namespace {

// ?1 to ?5: the moment.
void run_with_moment(db::Connection& connection, std::string_view sql, const Moment& moment) {
  db::Statement statement = connection.prepare(sql);
  rows::bind_moment(statement, 1, moment);
  statement.run();
}

// ?6: the slack of institutions that have none of their own.
void end_contents(db::Connection& connection, std::string_view sql, const Moment& moment) {
  db::Statement statement = connection.prepare(sql);
  rows::bind_moment(statement, 1, moment);
  statement.bind(rows::kMomentColumns + 1, rows::read_policy(connection, rows::kWholeStore).slack.count());
  statement.run();
}

}  // namespace

std::set<std::string> texts_of(db::Connection& connection, std::string_view sql) {
  db::Statement rows = connection.prepare(sql);
  std::set<std::string> texts;
  while (rows.step()) {
    texts.insert(rows.text(0));
  }
  return texts;
}

std::set<std::string> take_over_unknown_institutions(db::Connection& connection, WallTime now) {
  std::set<std::string> served = texts_of(connection,
                                          "SELECT code FROM live.institution WHERE phase <> 'departed' AND code "
                                          "NOT IN (SELECT code FROM main.institution WHERE phase <> 'departed')");
  db::Statement institutions = connection.prepare(
      "INSERT INTO main.institution (code, algorithm, phase, added_ms, departed_ms) "
      "SELECT code, algorithm, 'departed', added_ms, coalesce(departed_ms, ?1) FROM live.institution "
      "WHERE code NOT IN (SELECT code FROM main.institution)");
  institutions.bind(1, rows::to_column(now)).run();
  connection.execute(
      "INSERT INTO main.slot (institution_id, slot) "
      "SELECT here.institution_id, s.slot FROM main.institution AS here "
      "JOIN live.institution AS there USING (code) JOIN live.slot AS s ON s.institution_id = there.institution_id "
      "WHERE NOT EXISTS (SELECT 1 FROM main.slot AS x WHERE x.institution_id = here.institution_id)");
  return served;
}

void make_tables(db::Connection& connection, bool has_live) {
  connection.execute(
      "CREATE TEMP TABLE pair (here INTEGER PRIMARY KEY, there INTEGER NOT NULL);"
      "CREATE TEMP TABLE gone (key_id TEXT PRIMARY KEY, revoked_ms INTEGER NOT NULL);"
      "CREATE TEMP TABLE gone_public (public_key BLOB PRIMARY KEY, key_id TEXT NOT NULL, revoked_ms INTEGER NOT "
      "NULL);"
      "CREATE TEMP TABLE touched (institution_id INTEGER PRIMARY KEY);"
      "CREATE TEMP TABLE kept (here INTEGER NOT NULL, slot INTEGER NOT NULL, key_id TEXT NOT NULL, "
      "PRIMARY KEY (here, slot));"
      "INSERT OR IGNORE INTO temp.gone_public SELECT public_key, key_id, revoked_ms FROM main.dkim_key "
      "WHERE revoked_ms IS NOT NULL;"
      "INSERT OR IGNORE INTO temp.gone_public SELECT public_key, key_id, revoked_ms FROM main.revoked_elsewhere "
      "WHERE public_key IS NOT NULL;"
      "INSERT OR IGNORE INTO temp.gone SELECT key_id, revoked_ms FROM main.dkim_key WHERE revoked_ms IS NOT NULL;"
      "INSERT OR IGNORE INTO temp.gone SELECT key_id, revoked_ms FROM main.revoked_elsewhere");
  if (has_live) {
    connection.execute(
        "INSERT INTO temp.pair SELECT h.institution_id, t.institution_id "
        "FROM main.institution AS h JOIN live.institution AS t USING (code);"
        "INSERT OR IGNORE INTO temp.gone SELECT key_id, revoked_ms FROM live.dkim_key WHERE revoked_ms IS NOT NULL;"
        "INSERT OR IGNORE INTO temp.gone SELECT key_id, revoked_ms FROM live.revoked_elsewhere;"
        "INSERT OR IGNORE INTO temp.gone_public SELECT public_key, key_id, revoked_ms FROM live.dkim_key "
        "WHERE revoked_ms IS NOT NULL;"
        "INSERT OR IGNORE INTO temp.gone_public SELECT public_key, key_id, revoked_ms FROM live.revoked_elsewhere "
        "WHERE public_key IS NOT NULL");
  }
  // A key is its public key: whatever row has one that was revoked has a revoked key.
  connection.execute(
      "INSERT OR IGNORE INTO temp.gone SELECT k.key_id, g.revoked_ms FROM temp.gone_public AS g CROSS JOIN "
      "main.dkim_key AS k WHERE substr(k.public_key, -37, 16) = substr(g.public_key, -37, 16) "
      "AND k.public_key = g.public_key");
  // What each slot is to serve, and, beside it, what its name serves in the live store.
  connection.execute(
      "CREATE TEMP VIEW wanted AS SELECT institution_id, slot, "
      "CASE WHEN key_id IN (SELECT key_id FROM temp.gone) OR revoked THEN 'revoked' "
      "WHEN key_id IS NULL THEN 'absent' ELSE 'key' END AS kind, "
      "CASE WHEN key_id IN (SELECT key_id FROM temp.gone) THEN NULL ELSE key_id END AS key_id FROM main.slot");
}

void find_touched(db::Connection& connection) {
  connection.execute(
      "INSERT OR IGNORE INTO temp.touched SELECT institution_id FROM main.slot "
      "WHERE key_id IN (SELECT key_id FROM temp.gone);"
      "INSERT OR IGNORE INTO temp.touched SELECT p.here FROM temp.pair AS p "
      "JOIN main.institution AS h ON h.institution_id = p.here "
      "JOIN live.institution AS t ON t.institution_id = p.there "
      "WHERE h.phase <> t.phase OR h.active_slot IS NOT t.active_slot;"
      "INSERT OR IGNORE INTO temp.touched SELECT institution_id FROM main.institution "
      "WHERE phase <> 'departed' AND institution_id NOT IN (SELECT here FROM temp.pair);"
      "INSERT OR IGNORE INTO temp.touched SELECT p.here FROM temp.pair AS p "
      "JOIN temp.wanted AS w ON w.institution_id = p.here "
      "JOIN live.selector_content AS c ON c.institution_id = p.there AND c.slot = w.slot AND c.ended_wall_ms IS NULL "
      "WHERE c.kind <> w.kind OR c.key_id IS NOT w.key_id");
}

void take_over_contents(db::Connection& connection, const Moment& now) {
  // Earlier contents that the backup does not know of.
  connection.execute(
      "INSERT INTO main.selector_content (institution_id, slot, sequence, kind, key_id, largest_ttl, ended_wall_ms, "
      "ended_boot_ms, ended_boot_id, ended_synchronised, ended_trusted_ms, slack_s) "
      "SELECT p.here, c.slot, (SELECT coalesce(max(x.sequence), 0) FROM main.selector_content AS x "
      "WHERE x.institution_id = p.here AND x.slot = c.slot) "
      "+ row_number() OVER (PARTITION BY p.here, c.slot ORDER BY c.sequence), "
      "c.kind, c.key_id, c.largest_ttl, c.ended_wall_ms, c.ended_boot_ms, c.ended_boot_id, "
      "c.ended_synchronised, c.ended_trusted_ms, c.slack_s "
      "FROM temp.pair AS p JOIN live.selector_content AS c ON c.institution_id = p.there "
      "WHERE c.ended_wall_ms IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.selector_content AS x "
      "WHERE x.institution_id = p.here AND x.slot = c.slot AND x.kind = c.kind AND x.key_id IS c.key_id "
      "AND x.ended_wall_ms = c.ended_wall_ms)");
  // What is served until now and will not be any more.
  end_contents(
      connection,
      "INSERT INTO main.selector_content (institution_id, slot, sequence, kind, key_id, largest_ttl, ended_wall_ms, "
      "ended_boot_ms, ended_boot_id, ended_synchronised, ended_trusted_ms, slack_s) "
      "SELECT p.here, c.slot, (SELECT coalesce(max(x.sequence), 0) + 1 FROM main.selector_content AS x "
      "WHERE x.institution_id = p.here AND x.slot = c.slot), c.kind, c.key_id, c.largest_ttl, ?1, ?2, ?3, ?4, ?5, "
      "coalesce((SELECT value_s FROM main.policy AS y WHERE y.institution_id = p.here AND y.key = 'slack'), ?6) "
      "FROM temp.pair AS p JOIN live.selector_content AS c ON c.institution_id = p.there "
      "JOIN temp.wanted AS w ON w.institution_id = p.here AND w.slot = c.slot "
      "WHERE c.ended_wall_ms IS NULL AND (c.kind <> w.kind OR c.key_id IS NOT w.key_id)",
      now);
  // The live store never heard of some, and its names answered that there is nothing.
  end_contents(
      connection,
      "INSERT INTO main.selector_content (institution_id, slot, sequence, kind, key_id, largest_ttl, ended_wall_ms, "
      "ended_boot_ms, ended_boot_id, ended_synchronised, ended_trusted_ms, slack_s) "
      "SELECT w.institution_id, w.slot, (SELECT coalesce(max(x.sequence), 0) + 1 FROM main.selector_content AS x "
      "WHERE x.institution_id = w.institution_id AND x.slot = w.slot), 'absent', NULL, "
      "(SELECT min(z.soa_ttl, z.minimum) FROM live.zone AS z JOIN live.store AS o ON o.dkim_zone_id = z.zone_id), "
      "?1, ?2, ?3, ?4, ?5, coalesce((SELECT value_s FROM main.policy AS y WHERE y.institution_id = w.institution_id "
      "AND y.key = 'slack'), ?6) FROM temp.wanted AS w "
      "WHERE w.kind <> 'absent' AND w.institution_id NOT IN (SELECT here FROM temp.pair)",
      now);
  // What goes on being served may be remembered with either's largest TTL.
  connection.execute(
      "UPDATE main.selector_content AS m SET largest_ttl = max(m.largest_ttl, "
      "(SELECT coalesce(max(c.largest_ttl), 0) FROM temp.pair AS p JOIN live.selector_content AS c "
      "ON c.institution_id = p.there WHERE p.here = m.institution_id AND c.slot = m.slot "
      "AND c.ended_wall_ms IS NULL)) WHERE m.ended_wall_ms IS NULL");
}

void take_over_taken_signers(db::Connection& connection) {
  connection.execute(
      "INSERT OR IGNORE INTO main.revocation_to_come (key_id, institution_id, slot, signer, since_ms) "
      "SELECT r.key_id, m.institution_id, m.slot, r.signer, r.since_ms FROM live.revocation_to_come AS r "
      "JOIN main.slot AS m ON m.key_id = r.key_id;"
      "UPDATE main.signer AS m SET enabled = 0, taken_ms = "
      "(SELECT l.taken_ms FROM live.signer AS l WHERE l.name = m.name) "
      "WHERE EXISTS (SELECT 1 FROM live.signer AS l WHERE l.name = m.name AND l.taken_ms IS NOT NULL)");
}

namespace {

// A drain that both stores know of the same key, as the columns of a row from `first` on.
struct StoredDrain {
  Moment began;
  Milliseconds lasts{0};

  static constexpr int kColumns = rows::kMomentColumns + 1;
  static StoredDrain from(const db::Statement& row, int first) {
    return {rows::moment_columns(row, first), Milliseconds(row.integer(first + rows::kMomentColumns))};
  }
  [[nodiscard]] Milliseconds remaining(const Now& now) const { return lasts - elapsed(began, now); }
};

struct SlotDrain {
  std::int64_t institution = 0;
  std::int64_t slot = 0;
  StoredDrain drain;
};

// Of keys that drain in the live store. Where they drain in the backup too, both are to be over: what is left of the
// longer one begins now. Which one that is may not be asked later: what is proven of either may grow at once, when
// the clock is synchronised again.
std::vector<SlotDrain> live_drains(db::Connection& connection, const Now& now) {
  db::Statement rows = connection.prepare(
      "SELECT m.institution_id, m.slot, l.drain_wall_ms, l.drain_boot_ms, l.drain_boot_id, l.drain_synchronised, "
      "l.drain_trusted_ms, l.drain_for_ms, m.drain_wall_ms, m.drain_boot_ms, m.drain_boot_id, "
      "m.drain_synchronised, m.drain_trusted_ms, m.drain_for_ms "
      "FROM main.slot AS m JOIN temp.pair AS p ON p.here = m.institution_id "
      "JOIN live.slot AS l ON l.institution_id = p.there AND l.slot = m.slot AND l.key_id = m.key_id "
      "WHERE l.drain_wall_ms IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.institution AS i "
      "WHERE i.institution_id = m.institution_id AND i.active_slot = m.slot)");
  constexpr int kLive = 2;
  constexpr int kBackup = kLive + StoredDrain::kColumns;
  std::vector<SlotDrain> drains;
  while (rows.step()) {
    StoredDrain drain = StoredDrain::from(rows, kLive);
    if (!rows.is_null(kBackup)) {
      const Milliseconds left = std::max(drain.remaining(now), StoredDrain::from(rows, kBackup).remaining(now));
      drain = {now.moment, std::max(left, Milliseconds(0))};
    }
    drains.push_back({rows.integer(0), rows.integer(1), drain});
  }
  return drains;
}

}  // namespace

void take_over_drains(db::Connection& connection, const Now& now) {
  for (const SlotDrain& each : live_drains(connection, now)) {
    db::Statement& update = connection.cached(
        "UPDATE main.slot SET drain_wall_ms = ?1, drain_boot_ms = ?2, drain_boot_id = ?3, drain_synchronised = ?4, "
        "drain_trusted_ms = ?5, drain_for_ms = ?6 WHERE institution_id = ?7 AND slot = ?8");
    rows::bind_moment(update, 1, each.drain.began);
    update.bind(6, each.drain.lasts.count()).bind(7, each.institution).bind(8, each.slot);
    update.run();
  }
}

// Whatever table has moments: each has such a column.
void set_trusted_time(db::Connection& connection, Milliseconds trusted) {
  const std::set<std::string> statements =
      texts_of(connection,
               "SELECT 'UPDATE main.\"' || t.name || '\" SET \"' || c.name || '\" = ?1 WHERE \"' || c.name || "
               "'\" IS NOT NULL' FROM main.sqlite_schema AS t JOIN pragma_table_info(t.name, 'main') AS c "
               "WHERE t.type = 'table' AND t.name <> 'store' AND c.name GLOB '*_trusted_ms'");
  for (const std::string& statement : statements) {
    db::Statement update = connection.prepare(statement);
    update.bind(1, trusted.count());
    update.run();
  }
}

std::vector<std::string> take_over_freezes(db::Connection& connection) {
  const std::set<std::string> codes = texts_of(
      connection,
      "SELECT h.code FROM main.institution AS h JOIN live.institution AS t USING (code) "
      "WHERE h.frozen_ms IS NULL AND t.frozen_ms IS NOT NULL AND h.phase <> 'departed' UNION ALL "
      "SELECT '' FROM main.store AS h, live.store AS t WHERE h.frozen_ms IS NULL AND t.frozen_ms IS NOT NULL");
  connection.execute(
      "UPDATE main.institution AS h SET frozen_ms = t.frozen_ms, frozen_reason = t.frozen_reason "
      "FROM live.institution AS t WHERE t.code = h.code AND h.frozen_ms IS NULL AND t.frozen_ms IS NOT NULL;"
      "UPDATE main.store AS h SET frozen_ms = t.frozen_ms, frozen_reason = t.frozen_reason "
      "FROM live.store AS t WHERE h.frozen_ms IS NULL AND t.frozen_ms IS NOT NULL");
  return {codes.begin(), codes.end()};
}

void take_over_negative_ttls(db::Connection& connection, const Moment& now) {
  connection.execute(
      "INSERT INTO main.earlier_negative_ttl (zone_id, ttl, ended_wall_ms, ended_boot_ms, ended_boot_id, "
      "ended_synchronised, ended_trusted_ms) SELECT h.zone_id, e.ttl, e.ended_wall_ms, e.ended_boot_ms, "
      "e.ended_boot_id, e.ended_synchronised, e.ended_trusted_ms FROM live.earlier_negative_ttl AS e JOIN live.zone "
      "AS t USING (zone_id) "
      "JOIN main.zone AS h ON h.apex = t.apex WHERE NOT EXISTS (SELECT 1 FROM main.earlier_negative_ttl AS x "
      "WHERE x.zone_id = h.zone_id AND x.ttl = e.ttl AND x.ended_wall_ms = e.ended_wall_ms)");
  run_with_moment(
      connection,
      "INSERT INTO main.earlier_negative_ttl (zone_id, ttl, ended_wall_ms, ended_boot_ms, ended_boot_id, "
      "ended_synchronised, ended_trusted_ms) SELECT h.zone_id, min(t.soa_ttl, t.minimum), ?1, ?2, ?3, ?4, ?5 "
      "FROM live.zone AS t JOIN main.zone AS h ON h.apex = t.apex "
      "WHERE min(t.soa_ttl, t.minimum) <> min(h.soa_ttl, h.minimum)",
      now);
}

void forget_server_serials(db::Connection& connection) {
  connection.execute(
      "DELETE FROM main.server_serial;"
      "DELETE FROM main.server_evidence WHERE server GLOB '#*' AND instr(server, ' ') = 0");
}

namespace {

// Lives that the backup does not know end now. As with those that it knows, nobody can say which contents ended
// before them, so they count as there all along, and for all zones.
void end_unknown_secondaries(db::Connection& connection, const Moment& now) {
  run_with_moment(
      connection,
      "INSERT INTO main.secondary (name, anycast, listed, added_wall_ms, added_boot_ms, added_boot_id, "
      "added_synchronised, added_trusted_ms, removed_wall_ms, removed_boot_ms, removed_boot_id, "
      "removed_synchronised, removed_trusted_ms) SELECT t.name, t.anycast, 0, t.added_wall_ms, t.added_boot_ms, "
      "t.added_boot_id, t.added_synchronised, 0, ?1, ?2, ?3, ?4, ?5 FROM live.secondary AS t WHERE NOT EXISTS "
      "(SELECT 1 FROM main.secondary AS h WHERE h.name = t.name AND h.added_wall_ms = t.added_wall_ms)",
      now);
}

// What the restore takes away from secondaries that are enabled in the live store.
std::vector<std::string> secondaries_lost(db::Connection& connection) {
  db::Statement rows = connection.prepare(
      "SELECT t.name, EXISTS (SELECT 1 FROM main.secondary AS h WHERE h.name = t.name AND h.listed = 1) "
      "FROM live.secondary AS t WHERE t.listed = 1 AND t.removed_wall_ms IS NULL AND NOT EXISTS "
      "(SELECT 1 FROM main.secondary AS h WHERE h.name = t.name AND h.listed = 1 AND h.removed_wall_ms IS NULL) "
      "ORDER BY t.name");
  std::vector<std::string> lost;
  while (rows.step()) {
    const std::string name = rows.text(0);
    const bool is_listed = rows.integer(1) != 0;
    lost.push_back("the secondary " + name + (is_listed ? " is disabled in the backup" : " is not in the backup") +
                   ": it is neither notified nor served any more; " +
                   (is_listed ? "zonectl secondary set " + name + " --enable" : "zonectl secondary add " + name) +
                   " makes it one again");
  }
  return lost;
}

}  // namespace

std::vector<std::string> take_over_propagation(db::Connection& connection, const Moment& now) {
  connection.execute("UPDATE main.secondary SET added_trusted_ms = 0");
  end_unknown_secondaries(connection, now);
  run_with_moment(
      connection,
      "INSERT INTO main.earlier_refresh (zone_id, refresh_and_retry, ended_wall_ms, ended_boot_ms, ended_boot_id, "
      "ended_synchronised, ended_trusted_ms) SELECT h.zone_id, t.refresh + t.retry, ?1, ?2, ?3, ?4, ?5 "
      "FROM live.zone AS t JOIN main.zone AS h ON h.apex = t.apex WHERE t.refresh + t.retry <> h.refresh + h.retry",
      now);
  connection.execute(
      "INSERT INTO main.earlier_refresh (zone_id, refresh_and_retry, ended_wall_ms, ended_boot_ms, ended_boot_id, "
      "ended_synchronised, ended_trusted_ms) SELECT h.zone_id, e.refresh_and_retry, e.ended_wall_ms, "
      "e.ended_boot_ms, e.ended_boot_id, e.ended_synchronised, e.ended_trusted_ms FROM live.earlier_refresh AS e "
      "JOIN live.zone AS t USING (zone_id) JOIN main.zone AS h ON h.apex = t.apex WHERE NOT EXISTS "
      "(SELECT 1 FROM main.earlier_refresh AS x WHERE x.zone_id = h.zone_id "
      "AND x.refresh_and_retry = e.refresh_and_retry AND x.ended_wall_ms = e.ended_wall_ms)");
  return secondaries_lost(connection);
}

void assume_unknown_contents(db::Connection& connection, const Moment& now) {
  end_contents(
      connection,
      "INSERT INTO main.selector_content (institution_id, slot, sequence, kind, key_id, largest_ttl, ended_wall_ms, "
      "ended_boot_ms, ended_boot_id, ended_synchronised, ended_trusted_ms, slack_s) "
      "SELECT s.institution_id, s.slot, (SELECT coalesce(max(x.sequence), 0) + 1 FROM main.selector_content AS x "
      "WHERE x.institution_id = s.institution_id AND x.slot = s.slot), 'key', NULL, "
      "(SELECT coalesce(max(largest_ttl), 3600) FROM main.selector_content), ?1, ?2, ?3, ?4, ?5, "
      "coalesce((SELECT value_s FROM main.policy AS y WHERE y.institution_id = s.institution_id AND y.key = "
      "'slack'), "
      "?6) FROM main.slot AS s",
      now);
}

void leave_gap_in_journal(db::Connection& connection, bool has_live) {
  // More changes than a store sees between a backup and its restore.
  constexpr std::string_view kUnknown =
      "UPDATE main.sqlite_sequence SET seq = seq + 1000000 WHERE name = 'journal_change'";
  constexpr std::string_view kKnown =
      "UPDATE main.sqlite_sequence SET seq = 1 + max(seq, coalesce((SELECT seq FROM live.sqlite_sequence "
      "WHERE name = 'journal_change'), 0)) WHERE name = 'journal_change'";
  connection.execute(has_live ? kKnown : kUnknown);
}

std::vector<std::string> switch_signers_off(db::Connection& connection, bool has_live) {
  if (has_live) {  // one that was enrolled after the backup still signs with what it has
    connection.execute(
        "INSERT OR IGNORE INTO main.signer (name, format, directory, command, added_ms, marked, taken_ms) "
        "SELECT name, format, directory, command, added_ms, marked, taken_ms FROM live.signer");
  }
  const std::set<std::string> names = texts_of(connection, "SELECT name FROM main.signer");
  connection.execute("UPDATE main.signer SET enabled = 0");
  if (connection.integer("SELECT count(*) FROM main.signer WHERE taken_ms IS NULL") > 0) {
    // Whichever key they sign with goes on being used until they have followed.
    connection.execute("UPDATE main.slot SET drain_waits = 1 WHERE drain_wall_ms IS NOT NULL");
  }
  if (has_live) {  // so that an acknowledgement that is under way is not taken for one of a change to come
    connection.execute(
        "UPDATE main.store SET signer_change = max(signer_change, (SELECT signer_change FROM live.store))");
  }
  connection.execute("INSERT INTO main.signer_outbox (institution_id) SELECT institution_id FROM main.institution");
  return {names.begin(), names.end()};
}

void note_unused_keys(db::Connection& connection, bool has_live) {
  connection.execute("DELETE FROM main.unused_key WHERE withdrawn = 0");  // whose moments are of another life
  if (has_live) {
    connection.execute(
        "INSERT OR IGNORE INTO main.unused_key (key_id, withdrawn) "
        "SELECT key_id, 1 FROM live.slot WHERE key_id IS NOT NULL UNION "
        "SELECT key_id, 1 FROM live.unused_key WHERE withdrawn = 1");
  }
  connection.execute(
      "DELETE FROM main.unused_key WHERE key_id IN (SELECT key_id FROM main.slot WHERE key_id IS NOT NULL)");
}

void take_over_evidence(db::Connection& connection) {
  constexpr std::string_view kColumns =
      "verdict, detail, key_id, behind, seen_wall_ms, seen_boot_ms, seen_boot_id, seen_synchronised, seen_trusted_ms";
  constexpr std::string_view kServerColumns =
      "verdict, serial, detail, seen_wall_ms, seen_boot_ms, seen_boot_id, seen_synchronised, seen_trusted_ms";
  // Of two looks the later one, but none at which nobody answered in the place of one that settled something.
  constexpr std::string_view kUnlessBetter =
      "x.verdict NOT IN ('unreachable', 'lame-server') AND (l.verdict IN ('unreachable', 'lame-server') OR "
      "x.seen_wall_ms > l.seen_wall_ms)";
  const std::string columns(kColumns);
  const std::string server_columns(kServerColumns);
  const std::string unless_better(kUnlessBetter);
  connection.execute("INSERT OR REPLACE INTO main.evidence (institution_id, domain, subject, " + columns +
                     ") SELECT p.here, l.domain, l.subject, l.verdict, l.detail, l.key_id, l.behind, l.seen_wall_ms, "
                     "l.seen_boot_ms, l.seen_boot_id, l.seen_synchronised, l.seen_trusted_ms FROM live.evidence AS l "
                     "JOIN temp.pair AS p ON p.there = l.institution_id WHERE NOT EXISTS (SELECT 1 FROM "
                     "main.evidence AS x WHERE x.institution_id = p.here AND x.domain = l.domain AND "
                     "x.subject = l.subject AND " +
                     unless_better + ")");
  connection.execute("INSERT OR REPLACE INTO main.server_evidence (zone_id, server, " + server_columns +
                     ") SELECT h.zone_id, l.server, l.verdict, l.serial, l.detail, l.seen_wall_ms, l.seen_boot_ms, "
                     "l.seen_boot_id, l.seen_synchronised, l.seen_trusted_ms FROM live.server_evidence AS l "
                     "JOIN live.zone AS t ON t.zone_id = l.zone_id JOIN main.zone AS h ON h.apex = t.apex "
                     "WHERE NOT (l.server GLOB '#*' AND instr(l.server, ' ') = 0) AND NOT EXISTS (SELECT 1 FROM "
                     "main.server_evidence AS x WHERE x.zone_id = h.zone_id AND "
                     "x.server = l.server AND " +
                     unless_better + ")");
  connection.execute("UPDATE main.store SET seen_served = max(seen_served, (SELECT seen_served FROM live.store))");
}

void remember_revoked(db::Connection& connection) {
  connection.execute(
      "UPDATE main.dkim_key AS k SET revoked_ms = (SELECT revoked_ms FROM temp.gone AS g WHERE g.key_id = k.key_id) "
      "WHERE revoked_ms IS NULL AND key_id IN (SELECT key_id FROM temp.gone);"
      "INSERT OR IGNORE INTO main.revoked_elsewhere (key_id, revoked_ms) SELECT key_id, revoked_ms FROM temp.gone "
      "WHERE key_id NOT IN (SELECT key_id FROM main.dkim_key);"
      "UPDATE main.revoked_elsewhere AS r SET public_key = "
      "(SELECT public_key FROM temp.gone_public AS g WHERE g.key_id = r.key_id) WHERE public_key IS NULL "
      "AND key_id IN (SELECT key_id FROM temp.gone_public)");
}

}  // namespace zonestore
