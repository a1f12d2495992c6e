#include "zonestore/rows/signer_rows.h"

#include <utility>

#include "zonestore/rows/id_columns.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/store_row.h"

namespace zonestore::rows {
namespace {

SignerRow signer_columns(const db::Statement& row) {
  SignerRow signer;
  signer.id = SignerId{row.integer(0)};
  signer.name = row.text(1);
  signer.format = db::unwrap(signer::parse_format(row.text(2)));
  signer.directory = row.text(3);
  signer.command = row.is_null(4) ? "" : row.text(4);
  signer.enabled = row.integer(5) != 0;
  signer.added = wall_column(row, 6);
  signer.marked = row.integer(7) != 0;
  return signer;
}

// What of a format's name stands in `form`: the table's column `format` names the program alone.
constexpr std::string_view kFolders = "-folders";

constexpr std::string_view kSigners =
    "SELECT signer_id, name, format || CASE form WHEN 'folders' THEN '-folders' ELSE '' END, directory, command, "
    "enabled, added_ms, marked FROM signer ";

// Both lists come by institution: the domains of each are taken as its row comes by.
void add_domains(db::Connection& connection, std::vector<std::pair<std::int64_t, signer::Signing>>& all) {
  db::Statement rows = connection.prepare(
      "SELECT institution_id, d.name FROM domain AS d JOIN institution AS i USING (institution_id) "
      "WHERE i.phase <> 'departed' ORDER BY i.code, d.name");
  auto at = all.begin();
  while (rows.step()) {
    while (at != all.end() && at->first != rows.integer(0)) {
      ++at;
    }
    if (at == all.end()) {
      return;
    }
    at->second.domains.push_back(db::unwrap(Name::from_wire(rows.blob(1))).to_text_no_dot());
  }
}

}  // namespace

std::vector<SignerRow> read_signers(db::Connection& connection) {
  db::Statement rows = connection.prepare(std::string(kSigners) + "ORDER BY name");
  std::vector<SignerRow> signers;
  while (rows.step()) {
    signers.push_back(signer_columns(rows));
  }
  return signers;
}

std::optional<SignerRow> find_signer(db::Connection& connection, const std::string& name) {
  db::Statement row = connection.prepare(std::string(kSigners) + "WHERE name = ?1");
  row.bind(1, std::string_view(name));
  if (!row.step()) {
    return std::nullopt;
  }
  return signer_columns(row);
}

SignerId insert_signer(db::Connection& connection, const SignerRow& row) {
  db::Statement& insert = connection.cached(
      "INSERT INTO signer (name, format, directory, command, added_ms, marked, form) "
      "VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6)");
  std::string_view program = signer::to_text(row.format);
  const bool in_folders = program.ends_with(kFolders);
  program.remove_suffix(in_folders ? kFolders.size() : 0);
  insert.bind(1, std::string_view(row.name)).bind(2, program);
  insert.bind(6, std::string_view(in_folders ? "folders" : "tables"));
  insert.bind(3, std::string_view(row.directory));
  if (row.command.empty()) {
    insert.bind_null(4);
  } else {
    insert.bind(4, std::string_view(row.command));
  }
  insert.bind(5, rows::to_column(row.added));
  insert.run();
  const SignerId id{connection.last_insert_rowid()};
  count_signer_change(connection);
  // All that there is, is new to it; the number is one that no earlier task had.
  db::Statement& tasks = connection.cached(
      "INSERT INTO signer_task (signer_id, institution_id, change, since_ms) "
      "SELECT ?1, i.institution_id, s.signer_change, ?2 FROM institution AS i, store AS s WHERE i.phase <> "
      "'departed'");
  tasks.bind(1, to_column(id)).bind(2, rows::to_column(row.added));
  tasks.run();
  return id;
}

void delete_signer(db::Connection& connection, SignerId id) {
  db::Statement& remove = connection.cached("DELETE FROM signer WHERE signer_id = ?1");
  remove.bind(1, to_column(id));
  remove.run();
}

void enable_signer(db::Connection& connection, SignerId id) {
  db::Statement& update = connection.cached("UPDATE signer SET enabled = 1 WHERE signer_id = ?1");
  update.bind(1, to_column(id));
  update.run();
}

void mark_signer(db::Connection& connection, SignerId id) {
  db::Statement& update = connection.cached("UPDATE signer SET marked = 1 WHERE signer_id = ?1");
  update.bind(1, to_column(id));
  update.run();
}

std::vector<signer::Signing> read_signings(db::Connection& connection) {
  const dkim::CustomerSelectors selectors = read_customer_selectors(connection);
  db::Statement rows = connection.prepare(
      "SELECT i.institution_id, i.code, i.active_slot, s.slot, s.key_id FROM institution AS i "
      "JOIN slot AS s USING (institution_id) WHERE i.phase <> 'departed' ORDER BY i.code, s.slot");
  std::vector<std::pair<std::int64_t, signer::Signing>> all;
  while (rows.step()) {
    if (all.empty() || all.back().first != rows.integer(0)) {
      signer::Signing signing;
      signing.code = rows.text(1);
      signing.selectors = selectors;
      if (!rows.is_null(2)) {
        signing.active = static_cast<dkim::SlotId>(rows.integer(2));
      }
      all.emplace_back(rows.integer(0), std::move(signing));
    }
    if (!rows.is_null(4)) {
      all.back().second.keys.push_back({static_cast<dkim::SlotId>(rows.integer(3)), rows.text(4)});
    }
  }
  add_domains(connection, all);
  std::vector<signer::Signing> signings;
  signings.reserve(all.size());
  for (auto& [id, signing] : all) {
    signings.push_back(std::move(signing));
  }
  return signings;
}

std::vector<SignerTask> read_tasks(db::Connection& connection, SignerId signer) {
  db::Statement rows = connection.prepare(
      "SELECT institution_id, i.code, t.change FROM signer_task AS t JOIN institution AS i USING (institution_id) "
      "WHERE t.signer_id = ?1 ORDER BY i.code");
  rows.bind(1, to_column(signer));
  std::vector<SignerTask> tasks;
  while (rows.step()) {
    tasks.push_back({InstitutionId{rows.integer(0)}, rows.text(1), rows.integer(2)});
  }
  return tasks;
}

bool has_task(db::Connection& connection, SignerId signer, const std::string& code) {
  db::Statement& row = connection.cached(
      "SELECT 1 FROM signer_task WHERE signer_id = ?1 AND institution_id = "
      "(SELECT institution_id FROM institution WHERE code = ?2)");
  row.bind(1, to_column(signer)).bind(2, std::string_view(code));
  const bool found = row.step();
  row.reset();
  return found;
}

void insert_task(db::Connection& connection, SignerId signer, const std::string& code, WallTime now) {
  count_signer_change(connection);
  // One that is there keeps its age: the signer has not followed since then.
  db::Statement& insert = connection.cached(
      "INSERT INTO signer_task (signer_id, institution_id, change, since_ms) "
      "SELECT ?1, i.institution_id, s.signer_change, ?3 FROM store AS s, institution AS i WHERE i.code = ?2 "
      "ON CONFLICT (signer_id, institution_id) DO UPDATE SET change = excluded.change");
  insert.bind(1, to_column(signer)).bind(2, std::string_view(code)).bind(3, rows::to_column(now));
  insert.run();
}

void date_new_tasks(db::Connection& connection, WallTime now) {
  db::Statement& update = connection.cached("UPDATE signer_task SET since_ms = ?1 WHERE since_ms = 0");
  update.bind(1, rows::to_column(now));
  update.run();
}

void finish_task(db::Connection& connection, SignerId signer, const SignerTask& task) {
  // By its number: a change that came in since the task was read has given it another.
  db::Statement& remove =
      connection.cached("DELETE FROM signer_task WHERE signer_id = ?1 AND institution_id = ?2 AND change = ?3");
  remove.bind(1, to_column(signer)).bind(2, to_column(task.institution)).bind(3, task.change);
  remove.run();
}

void note_failure(db::Connection& connection, SignerId signer, const std::string& failure) {
  db::Statement& update =
      connection.cached("UPDATE signer_task SET attempts = attempts + 1, failure = ?2 WHERE signer_id = ?1");
  update.bind(1, to_column(signer)).bind(2, std::string_view(failure));
  update.run();
}

SignerBacklog read_backlog(db::Connection& connection, SignerId signer) {
  db::Statement row = connection.prepare(
      "SELECT count(*), min(since_ms), coalesce(max(attempts), 0) FROM signer_task WHERE signer_id = ?1");
  row.bind(1, to_column(signer));
  SignerBacklog backlog;
  if (row.step() && row.integer(0) > 0) {
    backlog.tasks = static_cast<std::uint64_t>(row.integer(0));
    backlog.since = wall_column(row, 1);
    backlog.attempts = static_cast<std::uint64_t>(row.integer(2));
  }
  db::Statement said =
      connection.prepare("SELECT failure FROM signer_task WHERE signer_id = ?1 ORDER BY attempts DESC LIMIT 1");
  said.bind(1, to_column(signer));
  if (said.step()) {
    backlog.failure = said.text(0);
  }
  return backlog;
}

std::optional<WallTime> signer_taken(db::Connection& connection, const std::string& name) {
  db::Statement row = connection.prepare("SELECT taken_ms FROM signer WHERE name = ?1");
  row.bind(1, std::string_view(name));
  if (!row.step() || row.is_null(0)) {
    return std::nullopt;
  }
  return wall_column(row, 0);
}

void mark_signer_taken(db::Connection& connection, const std::string& name, WallTime now) {
  connection.prepare("UPDATE signer SET enabled = 0, taken_ms = ?2 WHERE name = ?1")
      .bind(1, std::string_view(name))
      .bind(2, rows::to_column(now))
      .run();
  // It follows nothing any more, and no drain is to wait for it.
  connection.prepare("DELETE FROM signer_task WHERE signer_id = (SELECT signer_id FROM signer WHERE name = ?1)")
      .bind(1, std::string_view(name))
      .run();
}

SignerLookState read_look(db::Connection& connection, SignerId signer) {
  db::Statement& row =
      connection.cached("SELECT looked_code, looked_ms, tables_looked_ms FROM signer WHERE signer_id = ?1");
  SignerLookState state;
  if (row.bind(1, to_column(signer)).step()) {
    state = {row.text(0), wall_column(row, 1), wall_column(row, 2)};
  }
  row.reset();
  return state;
}

void store_look(db::Connection& connection, SignerId signer, const SignerLookState& state) {
  db::Statement& update = connection.cached(
      "UPDATE signer SET looked_code = ?2, looked_ms = ?3, tables_looked_ms = ?4 WHERE signer_id = ?1");
  update.bind(1, to_column(signer)).bind(2, std::string_view(state.code));
  update.bind(3, to_column(state.looked)).bind(4, to_column(state.tables_looked));
  update.run();
}

}  // namespace zonestore::rows
