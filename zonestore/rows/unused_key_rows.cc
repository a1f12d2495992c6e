#include "zonestore/rows/unused_key_rows.h"

#include "zonestore/rows/moment_columns.h"

namespace zonestore::rows {
namespace {

std::vector<std::string> ids_of(db::Statement& rows) {
  std::vector<std::string> ids;
  while (rows.step()) {
    ids.push_back(rows.text(0));
  }
  rows.reset();
  return ids;
}

}  // namespace

std::optional<UnusedKey> find_unused_key(db::Connection& connection, const std::string& key_id) {
  db::Statement& row = connection.cached(
      "SELECT withdrawn, seen_wall_ms, seen_boot_ms, seen_boot_id, seen_synchronised, seen_trusted_ms "
      "FROM unused_key WHERE key_id = ?1");
  std::optional<UnusedKey> found;
  if (row.bind(1, std::string_view(key_id)).step()) {
    found = UnusedKey{row.integer(0) != 0, {}};
    if (!found->withdrawn) {
      found->seen = moment_columns(row, 1);
    }
  }
  row.reset();
  return found;
}

std::vector<std::string> unused_keys_between(db::Connection& connection, const std::string& after,
                                             const std::string& last) {
  db::Statement& rows = connection.cached(
      "SELECT key_id FROM unused_key WHERE withdrawn = 0 AND key_id > ?1 AND key_id <= ?2 ORDER BY key_id");
  return ids_of(rows.bind(1, std::string_view(after)).bind(2, std::string_view(last)));
}

std::vector<std::string> withdrawn_keys_after(db::Connection& connection, const std::string& after,
                                              std::size_t most) {
  db::Statement& rows =
      connection.cached("SELECT key_id FROM unused_key WHERE withdrawn = 1 AND key_id > ?1 ORDER BY key_id LIMIT ?2");
  return ids_of(rows.bind(1, std::string_view(after)).bind(2, static_cast<std::int64_t>(most)));
}

void insert_unused_key(db::Connection& connection, const std::string& key_id, const Moment& seen) {
  db::Statement& insert = connection.cached(
      "INSERT INTO unused_key (key_id, withdrawn, seen_wall_ms, seen_boot_ms, seen_boot_id, seen_synchronised, "
      "seen_trusted_ms) VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6)");
  insert.bind(1, std::string_view(key_id));
  bind_moment(insert, 2, seen);
  insert.run();
}

void delete_unused_key(db::Connection& connection, const std::string& key_id) {
  connection.cached("DELETE FROM unused_key WHERE key_id = ?1").bind(1, std::string_view(key_id)).run();
}

}  // namespace zonestore::rows
