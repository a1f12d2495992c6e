#include "zonestore/rows/ttl_rows.h"

namespace zonestore::rows {

std::optional<std::string> read_ttls_behind(db::Connection& connection) {
  db::Statement& row = connection.cached("SELECT after_code FROM ttls_behind");
  std::optional<std::string> after_code;
  if (row.step()) {
    after_code = row.text(0);
  }
  row.reset();
  return after_code;
}

void store_ttls_behind(db::Connection& connection, const std::optional<std::string>& after_code) {
  if (!after_code) {
    connection.cached("DELETE FROM ttls_behind").run();
    return;
  }
  db::Statement& put = connection.cached("INSERT OR REPLACE INTO ttls_behind (one, after_code) VALUES (1, ?1)");
  put.bind(1, std::string_view(*after_code)).run();
}

std::uint64_t count_institutions_after(db::Connection& connection, const std::string& after_code) {
  db::Statement& row = connection.cached("SELECT count(*) FROM institution WHERE code > ?1 AND phase <> 'departed'");
  row.bind(1, std::string_view(after_code));
  const std::int64_t count = row.step() ? row.integer(0) : 0;
  row.reset();
  return static_cast<std::uint64_t>(count);
}

}  // namespace zonestore::rows
