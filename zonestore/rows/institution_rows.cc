#include "zonestore/rows/institution_rows.h"

#include <utility>

#include "zonestore/rows/freeze_rows.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/policy_rows.h"

namespace zonestore::rows {
namespace {

[[noreturn]] void throw_damaged(const std::string& what) {
  throw db::Failure(Error{ErrorCode::kDamaged, "the store contradicts itself: " + what,
                          "restore the store from a backup", std::nullopt});
}

std::int64_t to_column(InstitutionId id) {
  return static_cast<std::int64_t>(id);
}
std::int64_t to_column(dkim::SlotId slot) {
  return static_cast<std::int64_t>(slot);
}

dkim::SlotId slot_from(std::int64_t column) {
  for (const dkim::SlotId slot : dkim::kSlots) {
    if (to_column(slot) == column) {
      return slot;
    }
  }
  throw_damaged("there is no slot " + std::to_string(column));
}

std::optional<dkim::Swap> swap_from(const db::Statement& row, int column) {
  if (row.is_null(column)) {
    return std::nullopt;
  }
  return row.text(column) == "undo" ? dkim::Swap::kUndo : dkim::Swap::kRotate;
}

dkim::Phase phase_from(const std::string& text) {
  const std::optional<dkim::Phase> phase = dkim::parse_phase(text);
  if (!phase) {
    throw_damaged("there is no phase '" + text + "'");
  }
  return *phase;
}

// Five columns from `first` on: who made the last move, in which bulk run, its number, and what a removal has ended.
void read_ways_back(const db::Statement& row, int first, dkim::InstitutionFacts& facts) {
  facts.moved_by = row.text(first);
  if (!row.is_null(first + 1)) {
    facts.moved_in_run = row.integer(first + 1);
  }
  facts.moves = row.integer(first + 2);
  if (!row.is_null(first + 3)) {
    facts.removal =
        dkim::Removal{row.is_null(first + 4) ? std::nullopt : std::optional(slot_from(row.integer(first + 4)))};
  }
}

void store_ways_back(db::Connection& connection, InstitutionId id, const dkim::InstitutionFacts& facts) {
  db::Statement& update = connection.cached(
      "UPDATE institution SET moved_by = nullif(?2, ''), moved_in_run = ?3, move_count = ?4, removed_phase = ?5, "
      "removed_slot = ?6 WHERE institution_id = ?1");
  update.bind(1, to_column(id)).bind(2, std::string_view(facts.moved_by)).bind(4, facts.moves);
  if (facts.moved_in_run) {
    update.bind(3, *facts.moved_in_run);
  } else {
    update.bind_null(3);
  }
  update.bind_null(5);
  update.bind_null(6);
  if (facts.removal) {
    update.bind(5, dkim::to_text(facts.removal->signed_with ? dkim::Phase::kSigning : dkim::Phase::kStarting));
  }
  if (facts.removal && facts.removal->signed_with) {
    update.bind(6, to_column(*facts.removal->signed_with));
  }
  update.run();
}

std::vector<dkim::EarlierContent> earlier_contents(db::Connection& connection, InstitutionId id, dkim::SlotId slot) {
  db::Statement& rows = connection.cached(
      "SELECT largest_ttl, ended_wall_ms, ended_boot_ms, ended_boot_id, ended_synchronised, ended_trusted_ms, "
      "slack_s "
      "FROM selector_content "
      "WHERE institution_id = ?1 AND slot = ?2 AND ended_wall_ms IS NOT NULL ORDER BY sequence");
  rows.bind(1, to_column(id)).bind(2, to_column(slot));
  std::vector<dkim::EarlierContent> contents;
  while (rows.step()) {
    contents.push_back({Ttl{static_cast<std::uint32_t>(rows.integer(0))}, moment_columns(rows, 1),
                        Seconds(rows.integer(1 + kMomentColumns))});
  }
  rows.reset();
  return contents;
}

void read_slots(db::Connection& connection, InstitutionRow& institution) {
  for (const dkim::SlotId slot : dkim::kSlots) {
    db::Statement& row = connection.cached(
        "SELECT s.revoked, s.drain_for_ms, s.drain_waits, k.key_id, k.algorithm, k.public_key, k.published_ms, "
        "s.drain_wall_ms, s.drain_boot_ms, s.drain_boot_id, s.drain_synchronised, s.drain_trusted_ms "
        "FROM slot AS s LEFT JOIN dkim_key AS k ON k.key_id = s.key_id WHERE s.institution_id = ?1 AND s.slot = ?2");
    row.bind(1, to_column(institution.id)).bind(2, to_column(slot));
    if (!row.step()) {
      throw_damaged(institution.code.text() + " has no slot " + dkim::to_text(slot));
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
      institution.key(slot) = SlotKey{row.text(3), db::unwrap(crypto::parse_algorithm(row.text(4))),
                                      Bytes(spki.begin(), spki.end()), wall_column(row, 6)};
    }
    row.reset();
    facts.earlier = earlier_contents(connection, institution.id, slot);
    institution.facts.slots.push_back(std::move(facts));
  }
}

void store_slot(db::Connection& connection, InstitutionId id, const dkim::SlotFacts& facts) {
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

// What the names still serve of this life ends later in the change, when its policy is gone: it keeps its slack.
// An absence does not, for it is no part of a life.
void keep_slack(db::Connection& connection, InstitutionId id) {
  db::Statement& keep = connection.cached(
      "UPDATE selector_content SET slack_s = ?2 WHERE institution_id = ?1 AND ended_wall_ms IS NULL AND kind <> "
      "'absent'");
  keep.bind(1, to_column(id)).bind(2, read_policy(connection, id).slack.count());
  keep.run();
}

}  // namespace

std::optional<InstitutionRow> find_institution(db::Connection& connection, const dkim::Code& code) {
  db::Statement& row = connection.cached(
      "SELECT institution_id, algorithm, added_ms, phase, active_slot, last_swap, moved_wall_ms, moved_boot_ms, "
      "moved_boot_id, moved_synchronised, moved_trusted_ms, coalesce(moved_by, ''), moved_in_run, move_count, "
      "removed_phase, removed_slot FROM institution WHERE code = ?1");
  row.bind(1, std::string_view(code.text()));
  if (!row.step()) {
    row.reset();
    return std::nullopt;
  }
  InstitutionRow institution{.id = InstitutionId{row.integer(0)}, .code = code, .added = {}, .facts = {}, .keys = {}};
  institution.algorithm = db::unwrap(crypto::parse_algorithm(row.text(1)));
  institution.added = wall_column(row, 2);
  institution.facts.phase = phase_from(row.text(3));
  if (!row.is_null(4)) {
    institution.facts.active = slot_from(row.integer(4));
  }
  institution.facts.last_swap = swap_from(row, 5);
  if (!row.is_null(6)) {
    institution.facts.moved = moment_columns(row, 6);
  }
  read_ways_back(row, 6 + kMomentColumns, institution.facts);
  row.reset();
  institution.facts.frozen = freeze_in_force(connection, institution.id);
  read_slots(connection, institution);
  return institution;
}

std::vector<dkim::Code> codes_after(db::Connection& connection, const std::string& after, bool with_departed,
                                    std::size_t limit) {
  db::Statement& rows = connection.cached(
      "SELECT code FROM institution WHERE code > ?1 AND (?2 OR phase <> 'departed') ORDER BY code LIMIT ?3");
  rows.bind(1, std::string_view(after))
      .bind(2, std::int64_t{with_departed})
      .bind(3, static_cast<std::int64_t>(limit));
  std::vector<dkim::Code> codes;
  while (rows.step()) {
    codes.push_back(db::unwrap(dkim::Code::parse(rows.text(0))));
  }
  rows.reset();
  return codes;
}

InstitutionId insert_institution(db::Connection& connection, const dkim::Code& code, crypto::Algorithm algorithm,
                                 WallTime now) {
  db::Statement& insert =
      connection.cached("INSERT INTO institution (code, algorithm, phase, added_ms) VALUES (?1, ?2, 'starting', ?3)");
  insert.bind(1, std::string_view(code.text())).bind(2, crypto::to_text(algorithm)).bind(3, rows::to_column(now));
  insert.run();
  const InstitutionId id{connection.last_insert_rowid()};
  for (const dkim::SlotId slot : dkim::kSlots) {
    db::Statement& slots = connection.cached("INSERT INTO slot (institution_id, slot) VALUES (?1, ?2)");
    slots.bind(1, to_column(id)).bind(2, to_column(slot));
    slots.run();
  }
  return id;
}

void store_facts(db::Connection& connection, const InstitutionRow& row, WallTime now) {
  for (const dkim::SlotFacts& slot : row.facts.slots) {
    store_slot(connection, row.id, slot);
  }
  db::Statement& update = connection.cached(
      "UPDATE institution SET phase = ?2, active_slot = ?3, last_swap = ?4, departed_ms = ?5, moved_wall_ms = ?6, "
      "moved_boot_ms = ?7, moved_boot_id = ?8, moved_synchronised = ?9, moved_trusted_ms = ?10 WHERE institution_id "
      "= "
      "?1");
  update.bind(1, to_column(row.id)).bind(2, dkim::to_text(row.facts.phase));
  if (row.facts.active) {
    update.bind(3, to_column(*row.facts.active));
  } else {
    update.bind_null(3);
  }
  if (row.facts.last_swap) {
    update.bind(4, std::string_view(*row.facts.last_swap == dkim::Swap::kUndo ? "undo" : "rotate"));
  } else {
    update.bind_null(4);
  }
  if (row.facts.phase == dkim::Phase::kDeparted) {
    update.bind(5, rows::to_column(now));
  } else {
    update.bind_null(5);
  }
  if (row.facts.moved) {
    bind_moment(update, 6, *row.facts.moved);
  } else {
    bind_no_moment(update, 6);
  }
  update.run();
  store_ways_back(connection, row.id, row.facts);
}

void end_life(db::Connection& connection, InstitutionId id) {
  keep_slack(connection, id);
  constexpr std::string_view kOwnState =
      "UPDATE institution SET frozen_ms = NULL, frozen_reason = NULL, last_swap = NULL, moved_by = NULL, "
      "moved_in_run = NULL, removed_phase = NULL, removed_slot = NULL WHERE institution_id = ?1";
  for (const std::string_view sql :
       {std::string_view("DELETE FROM domain WHERE institution_id = ?1"),
        std::string_view("DELETE FROM policy WHERE institution_id = ?1"),
        std::string_view("DELETE FROM rotation_window WHERE institution_id = ?1"),
        std::string_view("DELETE FROM evidence WHERE institution_id = ?1"),
        std::string_view("DELETE FROM revocation_to_come WHERE institution_id = ?1"), kOwnState}) {
    db::Statement& statement = connection.cached(sql);
    statement.bind(1, to_column(id));
    statement.run();
  }
}

void restart_institution(db::Connection& connection, InstitutionId id, crypto::Algorithm algorithm, WallTime now) {
  db::Statement& update = connection.cached(
      "UPDATE institution SET algorithm = ?2, added_ms = ?3, phase = 'starting', active_slot = NULL, "
      "departed_ms = NULL, moved_wall_ms = NULL, moved_boot_ms = NULL, moved_boot_id = NULL, "
      "moved_synchronised = NULL, moved_trusted_ms = NULL WHERE institution_id = ?1");
  update.bind(1, to_column(id)).bind(2, crypto::to_text(algorithm)).bind(3, rows::to_column(now));
  update.run();
  end_life(connection, id);
}

void put_key(db::Connection& connection, InstitutionId id, dkim::SlotId slot, const SlotKey& key) {
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
  withdraw_key(connection, id, slot, now);
  db::Statement& update = connection.cached("UPDATE slot SET revoked = 1 WHERE institution_id = ?1 AND slot = ?2");
  update.bind(1, to_column(id)).bind(2, to_column(slot));
  update.run();
}

std::optional<Ttl> largest_ttl_served(db::Connection& connection, InstitutionId id, dkim::SlotId slot) {
  db::Statement& row = connection.cached(
      "SELECT largest_ttl FROM selector_content WHERE institution_id = ?1 AND slot = ?2 AND ended_wall_ms IS NULL");
  row.bind(1, to_column(id)).bind(2, to_column(slot));
  std::optional<Ttl> ttl;
  if (row.step()) {
    ttl = Ttl{static_cast<std::uint32_t>(row.integer(0))};
  }
  row.reset();
  return ttl;
}

std::vector<Name> domains_of(db::Connection& connection, InstitutionId id) {
  db::Statement& rows = connection.cached("SELECT name FROM domain WHERE institution_id = ?1 ORDER BY name");
  rows.bind(1, to_column(id));
  std::vector<Name> domains;
  while (rows.step()) {
    domains.push_back(db::unwrap(Name::from_wire(rows.blob(0))));
  }
  rows.reset();
  return domains;
}

std::optional<std::string> owner_of_domain(db::Connection& connection, const Name& domain) {
  const Name lowered = domain.lowered();
  db::Statement& row = connection.cached(
      "SELECT i.code FROM domain AS d JOIN institution AS i USING (institution_id) WHERE d.name = ?1");
  row.bind(1, lowered.wire());
  std::optional<std::string> code;
  if (row.step()) {
    code = row.text(0);
  }
  row.reset();
  return code;
}

void insert_domain(db::Connection& connection, InstitutionId id, const Name& domain, WallTime now) {
  const Name lowered = domain.lowered();
  db::Statement& insert =
      connection.cached("INSERT INTO domain (institution_id, name, added_ms) VALUES (?1, ?2, ?3)");
  insert.bind(1, to_column(id)).bind(2, lowered.wire()).bind(3, rows::to_column(now));
  insert.run();
}

void delete_domain(db::Connection& connection, InstitutionId id, const Name& domain) {
  const Name lowered = domain.lowered();
  db::Statement& remove = connection.cached("DELETE FROM domain WHERE institution_id = ?1 AND name = ?2");
  remove.bind(1, to_column(id)).bind(2, lowered.wire());
  remove.run();
}

}  // namespace zonestore::rows
