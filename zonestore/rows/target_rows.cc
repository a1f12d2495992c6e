#include "zonestore/rows/target_rows.h"

#include <string_view>

#include "zonestore/rows/id_columns.h"

namespace zonestore::rows {
namespace {

// ?1 is the slot; 0 stands for either, and is no slot's number.
std::vector<dkim::Code> codes_by_slot(db::Connection& connection, std::string_view statement,
                                      std::optional<dkim::SlotId> slot) {
  db::Statement rows = connection.prepare(statement);
  rows.bind(1, slot ? to_column(*slot) : std::int64_t{0});
  std::vector<dkim::Code> codes;
  while (rows.step()) {
    codes.push_back(db::unwrap(dkim::Code::parse(rows.text(0))));
  }
  return codes;
}

}  // namespace

std::vector<dkim::Code> signing_codes(db::Connection& connection) {
  db::Statement rows = connection.prepare("SELECT code FROM institution WHERE phase = 'signing' ORDER BY code");
  std::vector<dkim::Code> codes;
  while (rows.step()) {
    codes.push_back(db::unwrap(dkim::Code::parse(rows.text(0))));
  }
  return codes;
}

std::vector<dkim::Code> codes_with_key(db::Connection& connection, std::optional<dkim::SlotId> slot) {
  return codes_by_slot(
      connection,
      "SELECT code FROM institution AS i WHERE phase <> 'departed' AND EXISTS (SELECT 1 FROM slot AS s "
      "WHERE s.institution_id = i.institution_id AND s.key_id IS NOT NULL AND (?1 = 0 OR s.slot = ?1)) ORDER BY code",
      slot);
}

std::vector<dkim::Code> codes_to_prepare(db::Connection& connection, std::optional<dkim::SlotId> slot) {
  // A key that signs no longer has a drain; one that signs, or never did, has none.
  return codes_by_slot(
      connection,
      "SELECT code FROM institution AS i WHERE phase IN ('starting', 'signing') AND EXISTS (SELECT 1 FROM slot AS s "
      "WHERE s.institution_id = i.institution_id AND (s.key_id IS NULL OR s.drain_wall_ms IS NOT NULL) "
      "AND (?1 = 0 OR s.slot = ?1)) ORDER BY code",
      slot);
}

std::uint64_t count_not_departed(db::Connection& connection) {
  return static_cast<std::uint64_t>(connection.integer("SELECT count(*) FROM institution WHERE phase <> 'departed'"));
}

}  // namespace zonestore::rows
