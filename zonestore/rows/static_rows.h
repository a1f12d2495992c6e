// Static records as rows, and from there into the published zone.
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "zonestore/zone/published_writer.h"
#include "zonestore/zone/record_set.h"

namespace zonestore::rows {

[[nodiscard]] std::optional<RecordSet> find_static(db::Connection& connection, const PublishedZone& zone,
                                                   const Name& owner, RecordType type);
[[nodiscard]] std::vector<RecordSet> static_sets_at(db::Connection& connection, const PublishedZone& zone,
                                                    const Name& owner);
[[nodiscard]] std::vector<RecordType> static_types_at(db::Connection& connection, const PublishedZone& zone,
                                                      const Name& owner);
[[nodiscard]] std::uint64_t count_static(db::Connection& connection, ZoneId zone);

// What stands at `top` and below it, in canonical order. The visitor returns false to stop; it must not change rows.
using StaticVisitor = std::function<bool(const RecordSet&)>;
void for_each_static(db::Connection& connection, const PublishedZone& zone, const Name& top,
                     const StaticVisitor& visitor);

// Owners of NS, MX and SRV records that lead to a name of the same zone; with `below`, to a name below it.
struct Pointer {
  Name owner;
  RecordType type{};
};
enum class Reach : std::uint8_t { kAt, kBelow };
[[nodiscard]] std::vector<Pointer> pointers_to(db::Connection& connection, const PublishedZone& zone,
                                               const Name& target, Reach reach, std::size_t limit);

// The row and what is published from it. put replaces the set of that owner and type.
void put_static(db::Connection& connection, ZoneChange& change, const PublishedZone& zone, const RecordSet& set);
void remove_static(db::Connection& connection, ZoneChange& change, const PublishedZone& zone, const Name& owner,
                   RecordType type);
// All rows of a zone that is to be removed.
void delete_static(db::Connection& connection, ZoneId zone);

}  // namespace zonestore::rows
