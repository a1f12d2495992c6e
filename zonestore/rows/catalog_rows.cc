#include "zonestore/rows/catalog_rows.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "zonestore/rows/id_columns.h"

namespace zonestore::rows {

std::vector<MemberRow> read_members(db::Connection& connection) {
  db::Statement& rows = connection.cached("SELECT zone_id, apex, member_label FROM zone WHERE private = 0");
  std::vector<MemberRow> members;
  while (rows.step()) {
    MemberRow member;
    member.zone = static_cast<ZoneId>(rows.integer(0));
    member.apex = db::unwrap(Name::from_wire(rows.blob(1)));
    if (!rows.is_null(2)) {
      member.label = rows.text(2);
    }
    members.push_back(std::move(member));
  }
  rows.reset();
  std::sort(members.begin(), members.end(),
            [](const MemberRow& left, const MemberRow& right) { return left.apex < right.apex; });
  return members;
}

void store_member_label(db::Connection& connection, ZoneId zone, const std::string& label) {
  connection.cached("UPDATE zone SET member_label = ?2 WHERE zone_id = ?1")
      .bind(1, to_column(zone))
      .bind(2, std::string_view(label))
      .run();
}

}  // namespace zonestore::rows
