#include "zonestore/operations/audit_log.h"

#include <limits>

#include "zonestore/operations/store_impl.h"
#include "zonestore/publish/moment_columns.h"

namespace zonestore {
namespace {

AuditEntry entry_from(const db::Statement& row) {
  AuditEntry entry;
  entry.id = row.integer(0);
  entry.at = publish::wall_column(row, 1);
  entry.actor = row.text(2);
  entry.login = row.text(3);
  entry.command = row.text(4);
  entry.subject = row.text(5);
  entry.what = row.text(6);
  entry.override_code = row.text(7);
  entry.reason = row.text(8);
  entry.before_json = row.text(9);
  entry.after_json = row.text(10);
  return entry;
}

}  // namespace

Result<void> read_log(Store& store, const LogFilter& filter, const std::function<bool(const AuditEntry&)>& visitor) {
  return db::at_border<void>([&]() -> Result<void> {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    db::Statement rows = connection.prepare(
        "SELECT audit_id, at_ms, actor, login, command, subject, what, coalesce(override_code, ''), "
        "coalesce(reason, ''), before_json, after_json FROM "
        "(SELECT * FROM audit WHERE (?1 IS NULL OR subject = ?1) AND (?2 IS NULL OR at_ms >= ?2) "
        "ORDER BY audit_id DESC LIMIT ?3) ORDER BY audit_id");
    rows.bind_null(1);
    rows.bind_null(2);
    if (filter.subject) {
      rows.bind(1, std::string_view(*filter.subject));
    }
    if (filter.since) {
      rows.bind(2, publish::to_column(*filter.since));
    }
    rows.bind(3, filter.newest ? std::int64_t{*filter.newest} : std::numeric_limits<std::int64_t>::max());
    while (rows.step()) {
      if (!visitor(entry_from(rows))) {
        break;
      }
    }
    return {};
  });
}

}  // namespace zonestore
