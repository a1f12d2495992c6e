#include "zonestore/rows/store_row.h"

#include "zonestore/rows/freeze_rows.h"
#include "zonestore/rows/id_columns.h"
#include "zonestore/rows/moment_columns.h"

namespace zonestore::rows {

void insert_store(db::Connection& connection, const StoreRow& row, WallTime made) {
  // highest_wall_ms is from before there was trusted time: it may not be NULL, and nothing asks for it any more.
  db::Statement insert = connection.prepare(
      "INSERT INTO store (one, store_id, made_ms, highest_wall_ms, dkim_zone_id, spf_zone_id, customer_selector) "
      "VALUES (1, ?1, ?2, ?2, ?3, ?4, ?5)");
  insert.bind(1, std::string_view(row.store_id)).bind(2, to_column(made));
  insert.bind(3, to_column(row.dkim_zone)).bind(4, to_column(row.spf_zone));
  insert.bind(5, std::string_view(row.customer_selectors.word()));
  insert.run();
}

std::string read_store_id(db::Connection& connection) {
  db::Statement row = connection.prepare("SELECT store_id FROM store");
  return row.step() ? row.text(0) : std::string();
}

ZoneId read_dkim_zone(db::Connection& connection) {
  return ZoneId{connection.integer("SELECT dkim_zone_id FROM store")};
}

dkim::CustomerSelectors read_customer_selectors(db::Connection& connection) {
  db::Statement& row = connection.cached("SELECT customer_selector FROM store");
  const std::string word = row.step() ? row.text(0) : std::string();
  row.reset();
  return db::unwrap(dkim::CustomerSelectors::parse(word));
}

std::optional<ZoneId> read_catalog_zone(db::Connection& connection) {
  db::Statement& row = connection.cached("SELECT catalog_zone_id FROM store");
  std::optional<ZoneId> zone;
  if (row.step() && !row.is_null(0)) {
    zone = static_cast<ZoneId>(row.integer(0));
  }
  row.reset();
  return zone;
}

void store_catalog_zone(db::Connection& connection, const std::optional<ZoneId>& zone) {
  db::Statement& update = connection.cached("UPDATE store SET catalog_zone_id = ?1");
  if (zone) {
    update.bind(1, to_column(*zone));
  } else {
    update.bind_null(1);
  }
  update.run();
}

KeptTime read_kept_time(db::Connection& connection) {
  db::Statement& row = connection.cached(
      "SELECT last_wall_ms, last_boot_ms, last_boot_id, last_synchronised, last_trusted_ms, known_ms FROM store");
  KeptTime kept;
  if (row.step()) {
    if (!row.is_null(0)) {
      kept.last = moment_columns(row, 0);
    }
    if (!row.is_null(kMomentColumns)) {
      kept.known = Milliseconds(row.integer(kMomentColumns));
    }
  }
  row.reset();
  return kept;
}

void store_kept_time(db::Connection& connection, const KeptTime& kept) {
  db::Statement& update = connection.cached(
      "UPDATE store SET last_wall_ms = ?1, last_boot_ms = ?2, last_boot_id = ?3, last_synchronised = ?4, "
      "last_trusted_ms = ?5, known_ms = ?6");
  if (kept.last) {
    bind_moment(update, 1, *kept.last);
  } else {
    bind_no_moment(update, 1);
  }
  if (kept.known) {
    update.bind(kMomentColumns + 1, kept.known->count());
  } else {
    update.bind_null(kMomentColumns + 1);
  }
  update.run();
}

Now keep_moment(db::Connection& connection, const Clock& clock) {
  KeptTime kept = read_kept_time(connection);
  Now now{trust(kept, clock.now())};
  keep(kept, now.moment);
  store_kept_time(connection, kept);
  return now;
}

bool was_seen_served(db::Connection& connection) {
  return connection.integer("SELECT seen_served FROM store") != 0;
}

void note_seen_served(db::Connection& connection) {
  // Nearly every look finds it set: then no page is written.
  connection.execute("UPDATE store SET seen_served = 1 WHERE seen_served = 0");
}

std::optional<AuditEnd> read_audit_end(db::Connection& connection) {
  db::Statement& row = connection.cached("SELECT audit_chain, audit_count FROM store");
  std::optional<AuditEnd> end;
  if (row.step()) {
    const ByteView chain = row.is_null(0) ? ByteView() : row.blob(0);
    end = AuditEnd{{chain.begin(), chain.end()}, row.integer(1)};
  }
  row.reset();
  return end;
}

void add_to_audit_end(db::Connection& connection, ByteView chain) {
  connection.cached("UPDATE store SET audit_chain = ?1, audit_count = audit_count + 1").bind(1, chain).run();
}

std::optional<WallTime> read_audit_told(db::Connection& connection) {
  db::Statement& row = connection.cached("SELECT audit_told_ms FROM store");
  std::optional<WallTime> told;
  if (row.step() && !row.is_null(0)) {
    told = wall_column(row, 0);
  }
  row.reset();
  return told;
}

void store_audit_told(db::Connection& connection, WallTime told) {
  connection.cached("UPDATE store SET audit_told_ms = ?1").bind(1, to_column(told)).run();
}

void store_whole_freeze(db::Connection& connection, const std::optional<dkim::Freeze>& freeze) {
  db::Statement& update = connection.cached("UPDATE store SET frozen_ms = ?1, frozen_reason = ?2");
  bind_freeze(update, 1, freeze);
  update.run();
}

void count_signer_change(db::Connection& connection) {
  connection.execute("UPDATE store SET signer_change = signer_change + 1");
}

}  // namespace zonestore::rows
