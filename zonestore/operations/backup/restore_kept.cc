#include "zonestore/operations/backup/restore_kept.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "zonestore/base/joined.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/rows/moment_columns.h"

namespace zonestore {
namespace {

constexpr std::size_t kNamedCodes = 3;  // in the warning; the notes name them all

// A slot of the live store whose key differs from the one that the backup has there.
struct LiveSlot {
  std::int64_t here = 0;  // the institution's ids: in the restored store, and in the live one
  std::int64_t there = 0;
  std::string code;
  std::int64_t slot = 0;
  std::string key_id;
  Bytes public_spki;
  bool signs = false;
  bool drains = false;
  bool unknown = false;  // the backup does not have the institution

  [[nodiscard]] bool is_used() const { return signs || drains; }
  [[nodiscard]] std::string name() const { return dkim::to_text(static_cast<dkim::SlotId>(slot)); }
};

LiveSlot live_slot(const db::Statement& row, const Now& now) {
  LiveSlot slot{row.integer(0), row.integer(1), row.text(2), row.integer(3), row.text(4), {}, false, false, false};
  const ByteView spki = row.blob(5);
  slot.public_spki.assign(spki.begin(), spki.end());
  slot.signs = row.integer(6) != 0;
  slot.unknown = row.integer(7) != 0;
  if (!row.is_null(8)) {
    const bool waits = row.integer(9) != 0;
    slot.drains = waits || elapsed(rows::moment_columns(row, 10), now) < Milliseconds(row.integer(8));
  }
  return slot;
}

// Those that may have to be kept, an institution's together. A revoked key is none of them.
std::vector<LiveSlot> differing_slots(db::Connection& connection, const Now& now) {
  db::Statement rows = connection.prepare(
      "SELECT p.here, p.there, t.code, l.slot, l.key_id, k.public_key, t.active_slot IS l.slot, "
      "h.phase = 'departed', l.drain_for_ms, l.drain_waits, l.drain_wall_ms, l.drain_boot_ms, l.drain_boot_id, "
      "l.drain_synchronised, l.drain_trusted_ms FROM temp.pair AS p "
      "JOIN main.institution AS h ON h.institution_id = p.here "
      "JOIN live.institution AS t ON t.institution_id = p.there "
      "JOIN live.slot AS l ON l.institution_id = p.there JOIN live.dkim_key AS k ON k.key_id = l.key_id "
      "JOIN main.slot AS m ON m.institution_id = p.here AND m.slot = l.slot "
      "WHERE t.phase <> 'departed' AND l.key_id IS NOT m.key_id "
      "AND (t.active_slot IS l.slot OR l.drain_for_ms IS NOT NULL OR h.phase = 'departed') "
      "AND l.key_id NOT IN (SELECT key_id FROM temp.gone) "
      "AND NOT EXISTS (SELECT 1 FROM temp.gone_public AS g WHERE g.public_key = k.public_key) "
      "ORDER BY p.here, l.slot");
  std::vector<LiveSlot> slots;
  while (rows.step()) {
    slots.push_back(live_slot(rows, now));
  }
  return slots;
}

void run_sql(db::Connection& connection, std::string_view sql, std::int64_t here, std::int64_t there) {
  db::Statement& statement = connection.cached(sql);
  statement.bind(1, here).bind(2, there);
  statement.run();
}

void run_sql(db::Connection& connection, std::string_view sql, const LiveSlot& slot) {
  db::Statement& statement = connection.cached(sql);
  statement.bind(1, slot.here).bind(2, slot.slot).bind(3, std::string_view(slot.key_id));
  statement.run();
}

// What the names served is the live store's whole history: the backup's key in that slot is a part of it.
void take_over_history(db::Connection& connection, const LiveSlot& of, std::int64_t slot) {
  db::Statement& forget =
      connection.cached("DELETE FROM main.selector_content WHERE institution_id = ?1 AND slot = ?2");
  forget.bind(1, of.here).bind(2, slot).run();
  db::Statement& copy = connection.cached(
      "INSERT INTO main.selector_content (institution_id, slot, sequence, kind, key_id, largest_ttl, ended_wall_ms, "
      "ended_boot_ms, ended_boot_id, ended_synchronised, ended_trusted_ms, slack_s) "
      "SELECT ?1, slot, sequence, kind, key_id, largest_ttl, ended_wall_ms, ended_boot_ms, ended_boot_id, "
      "ended_synchronised, ended_trusted_ms, slack_s FROM live.selector_content "
      "WHERE institution_id = ?3 AND slot = ?2");
  copy.bind(1, of.here).bind(2, slot).bind(3, of.there).run();
}

// Its drain comes with those of all keys that both stores have, once it is known which slot signs.
void keep_key(db::Connection& connection, const LiveSlot& slot, WallTime now) {
  db::Statement& replaced = connection.cached(
      "UPDATE main.dkim_key SET withdrawn_ms = ?3 WHERE key_id = "
      "(SELECT key_id FROM main.slot WHERE institution_id = ?1 AND slot = ?2)");
  replaced.bind(1, slot.here).bind(2, slot.slot).bind(3, rows::to_column(now)).run();
  run_sql(connection,
          "INSERT INTO main.dkim_key (key_id, institution_id, slot, algorithm, public_key, published_ms) "
          "SELECT key_id, ?1, ?2, algorithm, public_key, published_ms FROM live.dkim_key WHERE key_id = ?3 "
          "ON CONFLICT (key_id) DO UPDATE SET withdrawn_ms = NULL",
          slot);
  run_sql(connection,
          "UPDATE main.slot SET key_id = ?3, revoked = 0, drain_wall_ms = NULL, drain_boot_ms = NULL, "
          "drain_boot_id = NULL, drain_synchronised = NULL, drain_trusted_ms = NULL, drain_for_ms = NULL "
          "WHERE institution_id = ?1 AND slot = ?2",
          slot);
  take_over_history(connection, slot, slot.slot);
  run_sql(connection, "INSERT INTO temp.kept (here, slot, key_id) VALUES (?1, ?2, ?3)", slot);
}

// As `remove` leaves it. A slot that was revoked stays so; the slot that signs begins to drain when it is merged.
void let_depart(db::Connection& connection, const LiveSlot& of) {
  for (const dkim::SlotId slot : dkim::kSlots) {
    take_over_history(connection, of, static_cast<std::int64_t>(slot));
  }
  for (const std::string_view sql : {
           std::string_view(
               "UPDATE main.institution AS h SET algorithm = t.algorithm, added_ms = t.added_ms, phase = "
               "'departing', "
               "departed_ms = NULL, moved_by = t.moved_by, move_count = max(h.move_count, t.move_count), "
               "removed_phase = CASE WHEN t.phase = 'departing' THEN t.removed_phase ELSE t.phase END, "
               "removed_slot = CASE WHEN t.phase = 'departing' THEN t.removed_slot ELSE t.active_slot END, "
               "moved_wall_ms = t.moved_wall_ms, moved_boot_ms = t.moved_boot_ms, moved_boot_id = t.moved_boot_id, "
               "moved_synchronised = t.moved_synchronised, moved_trusted_ms = t.moved_trusted_ms "
               "FROM live.institution AS t WHERE h.institution_id = ?1 AND t.institution_id = ?2"),
           std::string_view("UPDATE main.slot AS m SET revoked = 1 FROM live.slot AS l WHERE m.institution_id = ?1 "
                            "AND l.institution_id = ?2 AND l.slot = m.slot AND m.key_id IS NULL "
                            "AND (l.revoked = 1 OR l.key_id IN (SELECT key_id FROM temp.gone))"),
           // A domain that the backup gives to somebody else is theirs.
           std::string_view("INSERT OR IGNORE INTO main.domain (institution_id, name, added_ms) "
                            "SELECT ?1, name, added_ms FROM live.domain WHERE institution_id = ?2"),
           std::string_view("INSERT OR REPLACE INTO main.policy (institution_id, key, value_s) "
                            "SELECT ?1, key, value_s FROM live.policy WHERE institution_id = ?2"),
           std::string_view("INSERT OR REPLACE INTO main.rotation_window (institution_id, text) "
                            "SELECT ?1, text FROM live.rotation_window WHERE institution_id = ?2"),
       }) {
    run_sql(connection, sql, of.here, of.there);
  }
}

// Signing stays where it is in the live store, if the key that signs there is there, and the backup has no better:
// it did not sign, or the slot with which it signed holds a kept key.
void stay_where_it_signs(db::Connection& connection, const LiveSlot& of) {
  run_sql(connection,
          "UPDATE main.institution AS h SET phase = 'signing', active_slot = t.active_slot, moved_by = t.moved_by, "
          "move_count = max(h.move_count, t.move_count), moved_wall_ms = t.moved_wall_ms, "
          "moved_boot_ms = t.moved_boot_ms, moved_boot_id = t.moved_boot_id, "
          "moved_synchronised = t.moved_synchronised, moved_trusted_ms = t.moved_trusted_ms "
          "FROM live.institution AS t WHERE h.institution_id = ?1 AND t.institution_id = ?2 AND t.phase = 'signing' "
          "AND (h.phase = 'starting' OR h.active_slot IN (SELECT slot FROM temp.kept WHERE here = ?1)) "
          "AND EXISTS (SELECT 1 FROM main.slot AS m JOIN live.slot AS l ON l.institution_id = ?2 AND l.slot = m.slot "
          "AND l.key_id = m.key_id WHERE m.institution_id = ?1 AND m.slot = t.active_slot)",
          of.here, of.there);
}

class Keeping {
 public:
  Keeping(db::Connection& connection, const Now& now, const HasPrivateHalf& has_private_half,
          std::set<std::string>& leaving, Restored& outcome)
      : connection_(connection),
        now_(now),
        has_private_half_(has_private_half),
        leaving_(leaving),
        outcome_(outcome) {}

  // The slots of one institution.
  void run(const std::vector<LiveSlot>& slots) {
    const LiveSlot& first = slots.front();
    std::vector<LiveSlot> kept;
    for (const LiveSlot& slot : slots) {
      if (!slot.is_used() && !slot.unknown) {
        continue;
      }
      if (has_private_half_(slot.key_id, slot.public_spki)) {
        kept.push_back(slot);
      } else if (slot.is_used()) {
        note(slot, slot.name() + " loses the key that it had until now: its private half is lost");
      }
    }
    if (std::none_of(kept.begin(), kept.end(), [](const LiveSlot& slot) { return slot.is_used(); })) {
      return;
    }
    for (const LiveSlot& slot : kept) {
      keep_key(connection_, slot, now_.moment.wall);
    }
    if (first.unknown) {
      let_depart(connection_, first);
      leaving_.erase(first.code);
      departing_.push_back(first.code);
      note(first,
           "is not in the backup: it is being removed, and its records stay until the mail under way has "
           "arrived; zonectl undo " +
               first.code + " takes that back");
    } else {
      tell(kept);
      stay_where_it_signs(connection_, first);
    }
    run_sql(connection_,
            "INSERT OR IGNORE INTO temp.touched SELECT here FROM temp.pair "
            "WHERE here = ?1 AND there = ?2",
            first.here, first.there);
  }

  void warn() {
    warn(keeping_, "more recent keys than the backup's, which sign or whose mail is under way, stay in");
    warn(departing_, "not in the backup, and being removed with their drain:");
  }

 private:
  void note(const LiveSlot& slot, const std::string& what) { outcome_.notes.push_back({slot.code, what}); }

  void tell(const std::vector<LiveSlot>& kept) {
    keeping_.push_back(kept.front().code);
    for (const LiveSlot& slot : kept) {
      note(slot, slot.name() + " keeps its key, which is not the backup's: " +
                     (slot.signs ? "signers sign with it" : "mail that was signed with it is under way"));
    }
  }

  void warn(const std::vector<std::string>& codes, const std::string& what) {
    if (codes.empty()) {
      return;
    }
    outcome_.warnings.push_back(what + " " + std::to_string(codes.size()) +
                                (codes.size() == 1 ? " institution: " : " institutions: ") +
                                joined_first(codes, kNamedCodes));
  }

  db::Connection& connection_;
  const Now now_;
  const HasPrivateHalf& has_private_half_;
  std::set<std::string>& leaving_;
  Restored& outcome_;
  std::vector<std::string> keeping_;
  std::vector<std::string> departing_;
};

}  // namespace

void keep_used_keys(db::Connection& connection, const Now& now, const HasPrivateHalf& has_private_half,
                    std::set<std::string>& leaving, Restored& outcome) {
  Keeping keeping(connection, now, has_private_half, leaving, outcome);
  const std::vector<LiveSlot> slots = differing_slots(connection, now);
  for (auto first = slots.begin(); first != slots.end();) {
    const auto last =
        std::find_if(first, slots.end(), [&](const LiveSlot& slot) { return slot.here != first->here; });
    keeping.run({first, last});
    first = last;
  }
  keeping.warn();
}

}  // namespace zonestore
