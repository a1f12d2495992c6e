// The members of the catalog (RFC 9432) as rows: each zone that is for the world, and the label that it is listed
// under (zone.member_label). Which zone the catalog is: store_row.h.
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/db/connection.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore::rows {

struct MemberRow {
  ZoneId zone{};
  Name apex;
  // It goes with the row of its zone: one that is made anew gets another. nullopt: no catalog has listed it yet.
  std::optional<std::string> label;
};

[[nodiscard]] std::vector<MemberRow> read_members(db::Connection& connection);  // by apex, in canonical order
void store_member_label(db::Connection& connection, ZoneId zone, const std::string& label);

}  // namespace zonestore::rows
