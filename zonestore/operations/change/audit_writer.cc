#include "zonestore/operations/change/audit_writer.h"

#include "zonestore/rows/moment_columns.h"

namespace zonestore {
namespace {

constexpr int kIntegerColumns = 2;  // audit_id and at_ms; the rest is text or NULL
constexpr int kColumns = 11;

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

void bind_reason(db::Statement& insert, const std::optional<std::string>& reason) {
  if (reason) {
    insert.bind(8, std::string_view(*reason));
  } else {
    insert.bind_null(8);
  }
}

std::int64_t insert_row(db::Connection& connection, const ChangeContext& context, std::string_view command,
                        std::string_view subject, const AuditNote& note, WallTime at) {
  db::Statement& insert = connection.cached(
      "INSERT INTO audit (at_ms, actor, login, command, subject, what, override_code, reason, before_json, "
      "after_json) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
  insert.bind(1, rows::to_column(at));
  insert.bind(2, std::string_view(context.actor.name)).bind(3, std::string_view(context.actor.login));
  insert.bind(4, command).bind(5, subject).bind(6, std::string_view(note.what));
  if (context.override_guard) {
    insert.bind(7, guard_code(context.override_guard->guard));
    insert.bind(8, std::string_view(context.override_guard->reason));
  } else {
    insert.bind_null(7);
    bind_reason(insert, context.reason);
  }
  insert.bind(9, std::string_view(note.before_json)).bind(10, std::string_view(note.after_json));
  insert.run();
  return connection.last_insert_rowid();
}

Bytes newest_value(db::Connection& connection) {
  db::Statement& store = connection.cached("SELECT audit_chain FROM store");
  if (store.step() && !store.is_null(0)) {
    const ByteView value = store.blob(0);
    return {value.begin(), value.end()};
  }
  const crypto::Sha256Digest start = audit_chain_start(connection);
  return {start.begin(), start.end()};
}

}  // namespace

crypto::Sha256Digest audit_chain_start(db::Connection& connection) {
  db::Statement store = connection.prepare("SELECT store_id FROM store");
  crypto::Sha256 digest;
  add_text(digest, "zonestore audit chain 1");
  add_text(digest, store.step() ? store.text(0) : std::string());
  return digest.finish();
}

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

void write_audit(db::Connection& connection, const ChangeContext& context, std::string_view command,
                 std::string_view subject, const AuditNote& note, WallTime at) {
  const std::int64_t id = insert_row(connection, context, command, subject, note, at);
  // Over what the database gives back, not what went in: whoever verifies sees nothing else.
  db::Statement& written =
      connection.cached("SELECT " + std::string(kChainedColumns) + " FROM audit WHERE audit_id = ?1");
  written.bind(1, id).step();
  const crypto::Sha256Digest value = audit_chain_value(newest_value(connection), written);
  written.reset();
  db::Statement& chain = connection.cached("UPDATE audit SET chain = ?2 WHERE audit_id = ?1");
  chain.bind(1, id).bind(2, ByteView(value)).run();
  db::Statement& newest = connection.cached("UPDATE store SET audit_chain = ?1, audit_count = audit_count + 1");
  newest.bind(1, ByteView(value)).run();
}

}  // namespace zonestore
