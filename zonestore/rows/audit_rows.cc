#include "zonestore/rows/audit_rows.h"

#include <array>
#include <limits>
#include <string_view>

#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/store_row.h"

namespace zonestore::rows {
namespace {

// The columns of a row that the chain covers, in the order in which it does; audit_id first.
constexpr std::string_view kChainedColumns =
    "audit_id, at_ms, actor, login, command, subject, what, override_code, reason, before_json, after_json";
constexpr int kIntegerColumns = 2;  // audit_id and at_ms; the rest is text or NULL
constexpr int kColumns = 11;        // then the value that it carries

// Integers as eight bytes, most significant first.
void add_number(crypto::Sha256& digest, std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = bytes.size(); i-- > 0; number >>= 8U) {
    bytes.at(i) = static_cast<std::uint8_t>(number);
  }
  digest.add(bytes);
}

// With its length before it, so that no two rows are the same bytes.
void add_text(crypto::Sha256& digest, std::string_view text) {
  add_number(digest, text.size());
  digest.add({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void add_tag(crypto::Sha256& digest, char tag) {
  const auto byte = static_cast<std::uint8_t>(tag);
  digest.add({&byte, 1});
}

// The chain's value of a row whose columns 0 to 10 are kChainedColumns.
crypto::Sha256Digest audit_chain_value(ByteView previous, const db::Statement& row) {
  crypto::Sha256 digest;
  digest.add(previous);
  for (int column = 0; column < kColumns; ++column) {
    if (row.is_null(column)) {
      add_tag(digest, 'n');
    } else if (column < kIntegerColumns) {
      add_tag(digest, 'i');
      add_number(digest, static_cast<std::uint64_t>(row.integer(column)));
    } else {
      add_tag(digest, 't');
      add_text(digest, row.text(column));
    }
  }
  return digest.finish();
}

void bind_or_null(db::Statement& insert, int column, const std::string& text) {
  if (text.empty()) {
    insert.bind_null(column);
  } else {
    insert.bind(column, std::string_view(text));
  }
}

std::int64_t insert_row(db::Connection& connection, const AuditRow& row) {
  db::Statement& insert = connection.cached(
      "INSERT INTO audit (at_ms, actor, login, command, subject, what, override_code, reason, before_json, "
      "after_json) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
  insert.bind(1, to_column(row.at)).bind(2, std::string_view(row.actor)).bind(3, std::string_view(row.login));
  insert.bind(4, std::string_view(row.command)).bind(5, std::string_view(row.subject));
  insert.bind(6, std::string_view(row.what));
  bind_or_null(insert, 7, row.override_code);
  bind_or_null(insert, 8, row.reason);
  insert.bind(9, std::string_view(row.before_json)).bind(10, std::string_view(row.after_json));
  insert.run();
  return connection.last_insert_rowid();
}

Bytes newest_value(db::Connection& connection) {
  std::optional<AuditEnd> end = read_audit_end(connection);
  if (end && !end->chain.empty()) {
    return std::move(end->chain);
  }
  const crypto::Sha256Digest start = audit_chain_start(connection);
  return {start.begin(), start.end()};
}

AuditRow row_from(const db::Statement& row) {
  AuditRow entry;
  entry.id = row.integer(0);
  entry.at = wall_column(row, 1);
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

constexpr int kFirstSubject = 5;

// Rows of the filter from an id (?1) on, by subjects (?5 and on) and since a time (?3); each way has its index, and
// all come in the order of their ids without being sorted. The plus keeps the index by time out: it is for
// first_since.
std::string from_audit(const AuditFilter& filter) {
  std::string text = " FROM audit WHERE audit_id >= ?1";
  for (std::size_t i = 0; i < filter.subjects.size(); ++i) {
    text += (i == 0 ? " AND subject IN (?" : ", ?") + std::to_string(kFirstSubject + static_cast<int>(i));
  }
  text += filter.subjects.empty() ? "" : ")";
  text += filter.since ? " AND +at_ms >= ?3" : "";
  return text;
}

void bind(db::Statement& rows, const AuditFilter& filter, std::int64_t first) {
  rows.bind(1, first);
  for (std::size_t i = 0; i < filter.subjects.size(); ++i) {
    rows.bind(kFirstSubject + static_cast<int>(i), std::string_view(filter.subjects[i]));
  }
  if (filter.since) {
    rows.bind(3, to_column(*filter.since));
  }
}

// Of the rows since then, the first; ids rise, but a clock may have been set back.
std::int64_t first_since(db::Connection& connection, WallTime since) {
  db::Statement row =
      connection.prepare("SELECT min(audit_id) FROM audit INDEXED BY audit_by_time WHERE at_ms >= ?1");
  row.bind(1, to_column(since));
  return row.step() && !row.is_null(0) ? row.integer(0) : std::numeric_limits<std::int64_t>::max();
}

// Of the newest rows of the filter, the first.
std::int64_t first_of_newest(db::Connection& connection, const AuditFilter& filter, std::int64_t first) {
  db::Statement row = connection.prepare("SELECT min(audit_id) FROM (SELECT audit_id" + from_audit(filter) +
                                         " ORDER BY audit_id DESC LIMIT ?4)");
  bind(row, filter, first);
  row.bind(4, std::int64_t{*filter.newest});
  return row.step() && !row.is_null(0) ? row.integer(0) : std::numeric_limits<std::int64_t>::max();
}

std::int64_t first_row(db::Connection& connection, const AuditFilter& filter) {
  std::int64_t first = 0;
  if (filter.since && filter.subjects.empty()) {
    first = first_since(connection, *filter.since);
  }
  return filter.newest ? first_of_newest(connection, filter, first) : first;
}

ChainedRow chained_row(const db::Statement& row) {
  ChainedRow chained{row.integer(0), wall_column(row, 1), row.text(4), std::nullopt, {}};
  if (!row.is_null(kColumns)) {
    const ByteView value = row.blob(kColumns);
    chained.carried.emplace(value.begin(), value.end());
  }
  return chained;
}

}  // namespace

void insert_audit(db::Connection& connection, const AuditRow& row) {
  const std::int64_t id = insert_row(connection, row);
  // Over what the database gives back, not what went in: whoever verifies sees nothing else.
  db::Statement& written =
      connection.cached("SELECT " + std::string(kChainedColumns) + " FROM audit WHERE audit_id = ?1");
  written.bind(1, id).step();
  const crypto::Sha256Digest value = audit_chain_value(newest_value(connection), written);
  written.reset();
  db::Statement& chain = connection.cached("UPDATE audit SET chain = ?2 WHERE audit_id = ?1");
  chain.bind(1, id).bind(2, ByteView(value)).run();
  add_to_audit_end(connection, value);
}

void read_audit(db::Connection& connection, const AuditFilter& filter,
                const std::function<bool(const AuditRow&)>& visitor) {
  const std::int64_t first = first_row(connection, filter);
  db::Statement rows = connection.prepare(
      "SELECT audit_id, at_ms, actor, login, command, subject, what, coalesce(override_code, ''), "
      "coalesce(reason, ''), before_json, after_json" +
      from_audit(filter) + " ORDER BY audit_id");
  bind(rows, filter, first);
  while (rows.step()) {
    if (!visitor(row_from(rows))) {
      return;
    }
  }
}

bool has_audit(db::Connection& connection, std::string_view command, std::string_view after_json) {
  db::Statement row = connection.prepare("SELECT 1 FROM audit WHERE command = ?1 AND after_json = ?2");
  return row.bind(1, command).bind(2, after_json).step();
}

crypto::Sha256Digest audit_chain_start(db::Connection& connection) {
  crypto::Sha256 digest;
  add_text(digest, "zonestore audit chain 1");
  add_text(digest, read_store_id(connection));
  return digest.finish();
}

std::int64_t read_chained(db::Connection& connection, std::int64_t after_id, std::int64_t most,
                          const std::function<void(const ChainedRow&)>& visitor) {
  db::Statement& rows = connection.cached("SELECT " + std::string(kChainedColumns) +
                                          ", chain FROM audit WHERE audit_id > ?1 ORDER BY audit_id LIMIT ?2");
  rows.bind(1, after_id).bind(2, most);
  std::int64_t count = 0;
  for (; rows.step(); ++count) {
    ChainedRow row = chained_row(rows);
    row.value_after = [&rows](ByteView previous) { return audit_chain_value(previous, rows); };
    visitor(row);
  }
  rows.reset();
  return count;
}

std::optional<ChainedRow> newest_chained(db::Connection& connection) {
  db::Statement row = connection.prepare("SELECT " + std::string(kChainedColumns) +
                                         ", chain FROM audit WHERE chain IS NOT NULL ORDER BY audit_id DESC LIMIT 1");
  return row.step() ? std::optional(chained_row(row)) : std::nullopt;
}

}  // namespace zonestore::rows
