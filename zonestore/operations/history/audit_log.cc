#include "zonestore/operations/history/audit_log.h"

#include <limits>

#include "zonestore/operations/change/store_impl.h"
#include "zonestore/rows/moment_columns.h"

namespace zonestore {
namespace {

AuditEntry entry_from(const db::Statement& row) {
  AuditEntry entry;
  entry.id = row.integer(0);
  entry.at = rows::wall_column(row, 1);
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

// Rows of the filter from an id (?1) on, by one subject (?2) and since a time (?3); each way has its index, and all
// come in the order of their ids without being sorted. The plus keeps the index by time out: it is for first_since.
std::string from_audit(const LogFilter& filter) {
  std::string text = " FROM audit WHERE audit_id >= ?1";
  text += filter.subject ? " AND subject = ?2" : "";
  text += filter.since ? " AND +at_ms >= ?3" : "";
  return text;
}

void bind(db::Statement& rows, const LogFilter& filter, std::int64_t first) {
  rows.bind(1, first);
  if (filter.subject) {
    rows.bind(2, std::string_view(*filter.subject));
  }
  if (filter.since) {
    rows.bind(3, rows::to_column(*filter.since));
  }
}

// Of the rows since then, the first; ids rise, but a clock may have been set back.
std::int64_t first_since(db::Connection& connection, WallTime since) {
  db::Statement row =
      connection.prepare("SELECT min(audit_id) FROM audit INDEXED BY audit_by_time WHERE at_ms >= ?1");
  row.bind(1, rows::to_column(since));
  return row.step() && !row.is_null(0) ? row.integer(0) : std::numeric_limits<std::int64_t>::max();
}

// Of the newest rows of the filter, the first.
std::int64_t first_of_newest(db::Connection& connection, const LogFilter& filter, std::int64_t first) {
  db::Statement row = connection.prepare("SELECT min(audit_id) FROM (SELECT audit_id" + from_audit(filter) +
                                         " ORDER BY audit_id DESC LIMIT ?4)");
  bind(row, filter, first);
  row.bind(4, std::int64_t{*filter.newest});
  return row.step() && !row.is_null(0) ? row.integer(0) : std::numeric_limits<std::int64_t>::max();
}

std::int64_t first_row(db::Connection& connection, const LogFilter& filter) {
  std::int64_t first = 0;
  if (filter.since && !filter.subject) {
    first = first_since(connection, *filter.since);
  }
  return filter.newest ? first_of_newest(connection, filter, first) : first;
}

}  // namespace

Result<void> read_log(Store& store, const LogFilter& filter, const std::function<bool(const AuditEntry&)>& visitor) {
  return db::at_border<void>([&]() -> Result<void> {
    db::Connection& connection = store.impl().connection;
    const db::Transaction reading(connection, db::Transaction::Kind::kRead);
    const std::int64_t first = first_row(connection, filter);
    db::Statement rows = connection.prepare(
        "SELECT audit_id, at_ms, actor, login, command, subject, what, coalesce(override_code, ''), "
        "coalesce(reason, ''), before_json, after_json" +
        from_audit(filter) + " ORDER BY audit_id");
    bind(rows, filter, first);
    while (rows.step()) {
      if (!visitor(entry_from(rows))) {
        break;
      }
    }
    return {};
  });
}

}  // namespace zonestore
