#include "zonestore/rows/revocation_rows.h"

#include "zonestore/rows/id_columns.h"
#include "zonestore/rows/moment_columns.h"

namespace zonestore::rows {

std::vector<RevocationRow> read_revocations(db::Connection& connection) {
  db::Statement rows = connection.prepare(
      "SELECT i.code, r.slot, r.signer FROM revocation_to_come AS r JOIN institution AS i USING (institution_id) "
      "ORDER BY i.code, r.slot");
  std::vector<RevocationRow> pending;
  while (rows.step()) {
    pending.push_back(
        {db::unwrap(dkim::Code::parse(rows.text(0))), static_cast<dkim::SlotId>(rows.integer(1)), rows.text(2)});
  }
  return pending;
}

void insert_revocation(db::Connection& connection, const InstitutionRow& institution, dkim::SlotId slot,
                       const std::string& signer, WallTime now) {
  db::Statement& insert = connection.cached(
      "INSERT OR IGNORE INTO revocation_to_come (key_id, institution_id, slot, signer, since_ms) "
      "VALUES (?1, ?2, ?3, ?4, ?5)");
  insert.bind(1, std::string_view(institution.key(slot).value().key_id));
  insert.bind(2, to_column(institution.id)).bind(3, to_column(slot));
  insert.bind(4, std::string_view(signer)).bind(5, rows::to_column(now));
  insert.run();
}

void delete_revocations(db::Connection& connection, InstitutionId id) {
  connection.cached("DELETE FROM revocation_to_come WHERE institution_id = ?1").bind(1, to_column(id)).run();
}

}  // namespace zonestore::rows
