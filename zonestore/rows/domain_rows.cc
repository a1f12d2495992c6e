#include "zonestore/rows/domain_rows.h"

#include "zonestore/rows/id_columns.h"
#include "zonestore/rows/moment_columns.h"

namespace zonestore::rows {
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

void delete_domains(db::Connection& connection, InstitutionId id) {
  connection.cached("DELETE FROM domain WHERE institution_id = ?1").bind(1, to_column(id)).run();
}

}  // namespace zonestore::rows
