#include "zonestore/rows/freeze_rows.h"

#include "zonestore/rows/id_columns.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/policy_rows.h"
#include "zonestore/rows/store_row.h"

namespace zonestore::rows {

std::optional<dkim::Freeze> read_freeze(db::Connection& connection, InstitutionId scope) {
  const bool whole_store = scope == kWholeStore;
  db::Statement& row =
      whole_store ? connection.cached("SELECT frozen_ms, frozen_reason FROM store WHERE ?1 = 0")
                  : connection.cached("SELECT frozen_ms, frozen_reason FROM institution WHERE institution_id = ?1");
  row.bind(1, to_column(scope));
  std::optional<dkim::Freeze> freeze;
  if (row.step() && !row.is_null(0)) {
    freeze = dkim::Freeze{whole_store, wall_column(row, 0), row.text(1)};
  }
  row.reset();
  return freeze;
}

std::optional<dkim::Freeze> freeze_in_force(db::Connection& connection, InstitutionId id) {
  std::optional<dkim::Freeze> own = read_freeze(connection, id);
  return own ? own : read_freeze(connection, kWholeStore);
}

void store_freeze(db::Connection& connection, InstitutionId scope, const std::optional<dkim::Freeze>& freeze) {
  if (scope == kWholeStore) {
    store_whole_freeze(connection, freeze);
  } else {
    store_own_freeze(connection, scope, freeze);
  }
}

void bind_freeze(db::Statement& statement, int first, const std::optional<dkim::Freeze>& freeze) {
  if (freeze) {
    statement.bind(first, to_column(freeze->since)).bind(first + 1, std::string_view(freeze->reason));
  } else {
    statement.bind_null(first);
    statement.bind_null(first + 1);
  }
}

}  // namespace zonestore::rows
