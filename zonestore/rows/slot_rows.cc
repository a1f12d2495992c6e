#include "zonestore/rows/slot_rows.h"

#include <utility>

#include "zonestore/dkim/algorithm.h"
#include "zonestore/rows/content_rows.h"
#include "zonestore/rows/id_columns.h"
#include "zonestore/rows/moment_columns.h"

namespace zonestore::rows {

void insert_slots(db::Connection& connection, InstitutionId id) {
  for (const dkim::SlotId slot : dkim::kSlots) {
    db::Statement& slots = connection.cached("INSERT INTO slot (institution_id, slot) VALUES (?1, ?2)");
    slots.bind(1, to_column(id)).bind(2, to_column(slot));
    slots.run();
  }
}

void read_slots(db::Connection& connection, InstitutionRow& institution) {
  for (const dkim::SlotId slot : dkim::kSlots) {
    db::Statement& row = connection.cached(
        "SELECT s.revoked, s.drain_for_ms, s.drain_waits, k.key_id, k.algorithm, k.public_key, k.published_ms, "
        "s.drain_wall_ms, s.drain_boot_ms, s.drain_boot_id, s.drain_synchronised, s.drain_trusted_ms "
        "FROM slot AS s LEFT JOIN dkim_key AS k ON k.key_id = s.key_id WHERE s.institution_id = ?1 AND s.slot = ?2");
    row.bind(1, to_column(institution.id)).bind(2, to_column(slot));
    if (!row.step()) {
      throw db::Failure(
          Error{ErrorCode::kDamaged,
                "the store contradicts itself: " + institution.code.text() + " has no slot " + dkim::to_text(slot),
                "restore the store from a backup", std::nullopt});
    }
    dkim::SlotFacts facts;
    facts.slot = slot;
    facts.revoked = row.integer(0) != 0;
    if (!row.is_null(1)) {
      facts.drain = dkim::Drain{moment_columns(row, 7), Milliseconds(row.integer(1)), row.integer(2) != 0};
    }
    if (!row.is_null(3)) {
      facts.has_key = true;
      const ByteView spki = row.blob(5);
      institution.key(slot) = SlotKey{row.text(3), db::unwrap(dkim::parse_algorithm(row.text(4))),
                                      Bytes(spki.begin(), spki.end()), wall_column(row, 6)};
    }
    row.reset();
    facts.earlier = earlier_contents(connection, institution.id, slot);
    institution.facts.slots.push_back(std::move(facts));
  }
}

void store_slot(db::Connection& connection, InstitutionId id, const dkim::SlotFacts& facts) {
  // Not drain_waits: whether a drain waits for signers is said by triggers, whoever begins it (schema step 009).
  db::Statement& update = connection.cached(
      "UPDATE slot SET revoked = ?3, drain_for_ms = ?4, drain_wall_ms = ?5, drain_boot_ms = ?6, "
      "drain_boot_id = ?7, drain_synchronised = ?8, drain_trusted_ms = ?9 WHERE institution_id = ?1 AND slot = ?2");
  update.bind(1, to_column(id)).bind(2, to_column(facts.slot)).bind(3, std::int64_t{facts.revoked});
  if (facts.drain) {
    update.bind(4, facts.drain->lasts.count());
    bind_moment(update, 5, facts.drain->began);
  } else {
    update.bind_null(4);
    bind_no_moment(update, 5);
  }
  update.run();
}

void put_key(db::Connection& connection, InstitutionId id, dkim::SlotId slot, const SlotKey& key) {
  // The key first: the slot refers to it.
  db::Statement& insert = connection.cached(
      "INSERT INTO dkim_key (key_id, institution_id, slot, algorithm, public_key, published_ms) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  insert.bind(1, std::string_view(key.key_id)).bind(2, to_column(id)).bind(3, to_column(slot));
  insert.bind(4, crypto::to_text(key.algorithm)).bind(5, ByteView(key.public_spki));
  insert.bind(6, rows::to_column(key.published));
  insert.run();
  db::Statement& update =
      connection.cached("UPDATE slot SET key_id = ?3, revoked = 0 WHERE institution_id = ?1 AND slot = ?2");
  update.bind(1, to_column(id)).bind(2, to_column(slot)).bind(3, std::string_view(key.key_id));
  update.run();
}

void withdraw_key(db::Connection& connection, InstitutionId id, dkim::SlotId slot, WallTime now) {
  // While the slot still says which key it was.
  db::Statement& date = connection.cached(
      "UPDATE dkim_key SET withdrawn_ms = ?3 WHERE key_id = "
      "(SELECT key_id FROM slot WHERE institution_id = ?1 AND slot = ?2)");
  date.bind(1, to_column(id)).bind(2, to_column(slot)).bind(3, rows::to_column(now));
  date.run();
  db::Statement& update = connection.cached("UPDATE slot SET key_id = NULL WHERE institution_id = ?1 AND slot = ?2");
  update.bind(1, to_column(id)).bind(2, to_column(slot));
  update.run();
}

void revoke_key(db::Connection& connection, InstitutionId id, dkim::SlotId slot, WallTime now) {
  db::Statement& date = connection.cached(
      "UPDATE dkim_key SET revoked_ms = ?3 WHERE key_id = "
      "(SELECT key_id FROM slot WHERE institution_id = ?1 AND slot = ?2)");
  date.bind(1, to_column(id)).bind(2, to_column(slot)).bind(3, rows::to_column(now));
  date.run();
  // Then the mark: the schema has no slot that is revoked and holds a key.
  withdraw_key(connection, id, slot, now);
  db::Statement& update = connection.cached("UPDATE slot SET revoked = 1 WHERE institution_id = ?1 AND slot = ?2");
  update.bind(1, to_column(id)).bind(2, to_column(slot));
  update.run();
}

std::int64_t begin_waiting_drains(db::Connection& connection, const Moment& now) {
  // A drain counts from when the last signer stopped using the key, which is when its task goes, not from the
  // rotation.
  db::Statement& update = connection.cached(
      "UPDATE slot SET drain_waits = 0, drain_wall_ms = ?1, drain_boot_ms = ?2, drain_boot_id = ?3, "
      "drain_synchronised = ?4, drain_trusted_ms = ?5 "
      "WHERE drain_waits = 1 AND NOT EXISTS "
      "(SELECT 1 FROM signer_task AS t WHERE t.institution_id = slot.institution_id)");
  bind_moment(update, 1, now);
  update.run();
  return connection.changed_rows();
}

void for_each_key(db::Connection& connection, InstitutionId id, const std::function<void(KeyRow&&)>& visitor) {
  db::Statement rows = connection.prepare(
      "SELECT key_id, slot, algorithm, public_key, published_ms, withdrawn_ms, revoked_ms FROM dkim_key "
      "WHERE institution_id = ?1 ORDER BY published_ms, slot, key_id");
  rows.bind(1, to_column(id));
  while (rows.step()) {
    const ByteView spki = rows.blob(3);
    KeyRow row;
    row.slot = static_cast<dkim::SlotId>(rows.integer(1));
    row.key = SlotKey{rows.text(0), db::unwrap(dkim::parse_algorithm(rows.text(2))), Bytes(spki.begin(), spki.end()),
                      wall_column(rows, 4)};
    row.withdrawn = wall_column_or_none(rows, 5);
    row.revoked = wall_column_or_none(rows, 6);
    visitor(std::move(row));
  }
}

std::set<std::string> keys_in_slots(db::Connection& connection) {
  db::Statement held = connection.prepare("SELECT key_id FROM slot WHERE key_id IS NOT NULL");
  std::set<std::string> keys;
  while (held.step()) {
    keys.insert(held.text(0));
  }
  return keys;
}

bool is_in_a_slot(db::Connection& connection, const std::string& key_id) {
  db::Statement& row = connection.cached("SELECT 1 FROM slot WHERE key_id = ?1");
  const bool found = row.bind(1, std::string_view(key_id)).step();
  row.reset();
  return found;
}

}  // namespace zonestore::rows
