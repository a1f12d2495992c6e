#include "zonestore/rows/institution_rows.h"

#include <utility>

#include "zonestore/dkim/algorithm.h"
#include "zonestore/rows/content_rows.h"
#include "zonestore/rows/domain_rows.h"
#include "zonestore/rows/evidence_rows.h"
#include "zonestore/rows/freeze_rows.h"
#include "zonestore/rows/id_columns.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/policy_rows.h"
#include "zonestore/rows/revocation_rows.h"
#include "zonestore/rows/slot_rows.h"

namespace zonestore::rows {
namespace {

[[noreturn]] void throw_damaged(const std::string& what) {
  throw db::Failure(Error{ErrorCode::kDamaged, "the store contradicts itself: " + what,
                          "restore the store from a backup", std::nullopt});
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
  institution.algorithm = db::unwrap(dkim::parse_algorithm(row.text(1)));
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

std::vector<dkim::Code> codes_beginning_with(db::Connection& connection, std::string_view typed, std::size_t limit) {
  constexpr char kAboveAll = '\x7f';  // a code is letters, digits and hyphens
  const std::string end = std::string(typed) + kAboveAll;
  db::Statement& rows = connection.cached(
      "SELECT code FROM institution WHERE code >= ?1 AND code < ?2 AND phase <> 'departed' ORDER BY code LIMIT ?3");
  rows.bind(1, typed).bind(2, std::string_view(end)).bind(3, static_cast<std::int64_t>(limit));
  std::vector<dkim::Code> codes;
  while (rows.step()) {
    codes.push_back(db::unwrap(dkim::Code::parse(rows.text(0))));
  }
  rows.reset();
  return codes;
}

void for_each_institution(db::Connection& connection, bool with_departed,
                          const std::function<bool(const InstitutionRow&)>& visitor) {
  // Codes by the batch, so that no statement is open while the visitor asks its own.
  constexpr std::size_t kBatch = 256;
  std::string after;
  for (;;) {
    const std::vector<dkim::Code> codes = codes_after(connection, after, with_departed, kBatch);
    for (const dkim::Code& code : codes) {
      const std::optional<InstitutionRow> row = find_institution(connection, code);
      if (row && !visitor(*row)) {
        return;
      }
    }
    if (codes.size() < kBatch) {
      return;
    }
    after = codes.back().text();
  }
}

InstitutionId insert_institution(db::Connection& connection, const dkim::Code& code, crypto::Algorithm algorithm,
                                 WallTime now) {
  db::Statement& insert =
      connection.cached("INSERT INTO institution (code, algorithm, phase, added_ms) VALUES (?1, ?2, 'starting', ?3)");
  insert.bind(1, std::string_view(code.text())).bind(2, crypto::to_text(algorithm)).bind(3, rows::to_column(now));
  insert.run();
  const InstitutionId id{connection.last_insert_rowid()};
  insert_slots(connection, id);
  return id;
}

void store_facts(db::Connection& connection, const InstitutionRow& row, WallTime now) {
  for (const dkim::SlotFacts& slot : row.facts.slots) {
    store_slot(connection, row.id, slot);
  }
  // In one statement: the schema ties phase, active slot and end to each other.
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
  // Before its policy goes: what the names serve until now is waited for by the slack under which they served it.
  keep_slack(connection, id, read_policy(connection, id).slack);
  delete_domains(connection, id);
  delete_policy(connection, id);
  delete_evidence(connection, id);
  delete_revocations(connection, id);
  connection
      .cached(
          "UPDATE institution SET frozen_ms = NULL, frozen_reason = NULL, last_swap = NULL, moved_by = NULL, "
          "moved_in_run = NULL, removed_phase = NULL, removed_slot = NULL WHERE institution_id = ?1")
      .bind(1, to_column(id))
      .run();
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

void store_own_freeze(db::Connection& connection, InstitutionId id, const std::optional<dkim::Freeze>& freeze) {
  db::Statement& update =
      connection.cached("UPDATE institution SET frozen_ms = ?2, frozen_reason = ?3 WHERE institution_id = ?1");
  update.bind(1, to_column(id));
  bind_freeze(update, 2, freeze);
  update.run();
}

}  // namespace zonestore::rows
