#include "zonestore/rows/static_rows.h"

#include <utility>

#include "zonestore/rows/id_columns.h"
#include "zonestore/zone/record_data.h"

namespace zonestore::rows {
namespace {

// The keys of the names below one: from its own key on (which ends in the byte 0), up to that key with a 1 at its
// end.
Bytes end_of_subtree(Bytes key) {
  if (key.empty()) {
    return Bytes(kMaxLabelBytes + 1, 0xFF);  // a key has a 0 among its first 64 bytes
  }
  key.back() = 1;
  return key;
}

RecordSet set_of(const db::Statement& row, const Name& apex) {
  return RecordSet{db::unwrap(decode_owner_key(row.blob(0), apex)), static_cast<RecordType>(row.integer(1)),
                   Ttl{static_cast<std::uint32_t>(row.integer(2))}, db::unwrap(unpack_rdata(row.blob(3)))};
}

bool has_target_row(RecordType type) {
  return type == RecordType::kNs || type == RecordType::kMx || type == RecordType::kSrv;
}

void for_each_target(const PublishedZone& zone, const RecordSet& set, const std::function<void(const Bytes&)>& take) {
  if (!has_target_row(set.type)) {
    return;
  }
  for (const Bytes& rdata : set.rdata) {
    const std::optional<Name> target = target_of(set.type, rdata);
    if (target && target->is_at_or_below(zone.apex)) {
      take(encode_owner_key(*target, zone.apex));
    }
  }
}

void delete_rows(db::Connection& connection, const PublishedZone& zone, const RecordSet& set) {
  const Bytes owner = encode_owner_key(set.owner, zone.apex);
  for_each_target(zone, set, [&](const Bytes& target) {
    connection.cached("DELETE FROM static_target WHERE zone_id = ?1 AND target = ?2 AND type = ?3 AND owner = ?4")
        .bind(1, to_column(zone.id))
        .bind(2, ByteView(target))
        .bind(3, to_column(set.type))
        .bind(4, ByteView(owner))
        .run();
  });
  connection.cached("DELETE FROM static_record_set WHERE zone_id = ?1 AND owner = ?2 AND type = ?3")
      .bind(1, to_column(zone.id))
      .bind(2, ByteView(owner))
      .bind(3, to_column(set.type))
      .run();
}

void insert_rows(db::Connection& connection, const PublishedZone& zone, const RecordSet& set) {
  const Bytes owner = encode_owner_key(set.owner, zone.apex);
  const Bytes packed = pack_rdata(set.rdata);
  connection.cached("INSERT INTO static_record_set (zone_id, owner, type, ttl, rdata) VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind(1, to_column(zone.id))
      .bind(2, ByteView(owner))
      .bind(3, to_column(set.type))
      .bind(4, std::int64_t{seconds(set.ttl)})
      .bind(5, ByteView(packed))
      .run();
  for_each_target(zone, set, [&](const Bytes& target) {
    connection.cached("INSERT OR IGNORE INTO static_target (zone_id, target, type, owner) VALUES (?1, ?2, ?3, ?4)")
        .bind(1, to_column(zone.id))
        .bind(2, ByteView(target))
        .bind(3, to_column(set.type))
        .bind(4, ByteView(owner))
        .run();
  });
}

}  // namespace

std::optional<RecordSet> find_static(db::Connection& connection, const PublishedZone& zone, const Name& owner,
                                     RecordType type) {
  for (RecordSet& set : static_sets_at(connection, zone, owner)) {
    if (set.type == type) {
      return std::move(set);
    }
  }
  return std::nullopt;
}

std::vector<RecordSet> static_sets_at(db::Connection& connection, const PublishedZone& zone, const Name& owner) {
  std::vector<RecordSet> sets;
  if (!owner.is_at_or_below(zone.apex)) {
    return sets;
  }
  const Bytes key = encode_owner_key(owner, zone.apex);
  db::Statement& rows = connection.cached(
      "SELECT owner, type, ttl, rdata FROM static_record_set WHERE zone_id = ?1 AND owner = ?2 ORDER BY type");
  rows.bind(1, to_column(zone.id)).bind(2, ByteView(key));
  while (rows.step()) {
    sets.push_back(set_of(rows, zone.apex));
  }
  rows.reset();
  return sets;
}

std::vector<RecordType> static_types_at(db::Connection& connection, const PublishedZone& zone, const Name& owner) {
  std::vector<RecordType> types;
  if (!owner.is_at_or_below(zone.apex)) {
    return types;
  }
  const Bytes key = encode_owner_key(owner, zone.apex);
  db::Statement& rows =
      connection.cached("SELECT type FROM static_record_set WHERE zone_id = ?1 AND owner = ?2 ORDER BY type");
  rows.bind(1, to_column(zone.id)).bind(2, ByteView(key));
  while (rows.step()) {
    types.push_back(static_cast<RecordType>(rows.integer(0)));
  }
  rows.reset();
  return types;
}

std::uint64_t count_static(db::Connection& connection, ZoneId zone) {
  db::Statement& row = connection.cached("SELECT count(*) FROM static_record_set WHERE zone_id = ?1");
  row.bind(1, to_column(zone));
  row.step();
  const auto count = static_cast<std::uint64_t>(row.integer(0));
  row.reset();
  return count;
}

void for_each_static(db::Connection& connection, const PublishedZone& zone, const Name& top,
                     const StaticVisitor& visitor) {
  const Bytes first = encode_owner_key(top, zone.apex);
  const Bytes end = end_of_subtree(first);
  // Not cached: the visitor may ask for the same.
  db::Statement rows = connection.prepare(
      "SELECT owner, type, ttl, rdata FROM static_record_set WHERE zone_id = ?1 AND owner >= ?2 AND owner < ?3 "
      "ORDER BY owner, type");
  rows.bind(1, to_column(zone.id)).bind(2, ByteView(first)).bind(3, ByteView(end));
  while (rows.step()) {
    if (!visitor(set_of(rows, zone.apex))) {
      return;
    }
  }
}

std::vector<Pointer> pointers_to(db::Connection& connection, const PublishedZone& zone, const Name& target,
                                 Reach reach, std::size_t limit) {
  std::vector<Pointer> pointers;
  if (!target.is_at_or_below(zone.apex)) {
    return pointers;
  }
  const Bytes key = encode_owner_key(target, zone.apex);
  const Bytes end = end_of_subtree(key);
  db::Statement& rows = connection.cached(
      reach == Reach::kAt
          ? std::string_view("SELECT owner, type FROM static_target WHERE zone_id = ?1 AND target = ?2 "
                             "AND target < ?3 ORDER BY type, owner LIMIT ?4")
          : std::string_view("SELECT owner, type FROM static_target WHERE zone_id = ?1 AND target > ?2 "
                             "AND target < ?3 ORDER BY type, target, owner LIMIT ?4"));
  rows.bind(1, to_column(zone.id)).bind(2, ByteView(key)).bind(3, ByteView(end));
  rows.bind(4, static_cast<std::int64_t>(limit));
  while (rows.step()) {
    pointers.push_back(
        {db::unwrap(decode_owner_key(rows.blob(0), zone.apex)), static_cast<RecordType>(rows.integer(1))});
  }
  rows.reset();
  return pointers;
}

void put_static(db::Connection& connection, ZoneChange& change, const PublishedZone& zone, const RecordSet& set) {
  if (const std::optional<RecordSet> before = find_static(connection, zone, set.owner, set.type)) {
    delete_rows(connection, zone, *before);
  }
  RecordSet ordered = set;
  put_in_canonical_order(ordered.rdata);
  insert_rows(connection, zone, ordered);
  change.put(ordered);
}

void remove_static(db::Connection& connection, ZoneChange& change, const PublishedZone& zone, const Name& owner,
                   RecordType type) {
  if (const std::optional<RecordSet> before = find_static(connection, zone, owner, type)) {
    delete_rows(connection, zone, *before);
    change.remove(owner, type);
  }
}

void delete_static(db::Connection& connection, ZoneId zone) {
  connection.cached("DELETE FROM static_target WHERE zone_id = ?1").bind(1, to_column(zone)).run();
  connection.cached("DELETE FROM static_record_set WHERE zone_id = ?1").bind(1, to_column(zone)).run();
}

}  // namespace zonestore::rows
