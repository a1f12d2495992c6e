#include "zonestore/rows/content_rows.h"

#include "zonestore/rows/id_columns.h"
#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/policy_rows.h"
#include "zonestore/rows/server_serial_rows.h"
#include "zonestore/rows/settings_rows.h"
#include "zonestore/rows/store_row.h"

namespace zonestore::rows {
namespace {

struct CurrentContent {
  std::int64_t sequence = 0;
  std::string kind;
  std::string key_id;
};

std::optional<CurrentContent> current_content(db::Connection& connection, InstitutionId id, dkim::SlotId slot) {
  db::Statement& row = connection.cached(
      "SELECT sequence, kind, coalesce(key_id, '') FROM selector_content "
      "WHERE institution_id = ?1 AND slot = ?2 AND ended_wall_ms IS NULL");
  row.bind(1, to_column(id)).bind(2, to_column(slot));
  std::optional<CurrentContent> current;
  if (row.step()) {
    current = CurrentContent{row.integer(0), row.text(1), row.text(2)};
  }
  row.reset();
  return current;
}

void insert_content(db::Connection& connection, InstitutionId id, dkim::SlotId slot, const ContentRow& content,
                    const ContentEnd* ended) {
  db::Statement& insert = connection.cached(
      "INSERT INTO selector_content (institution_id, slot, sequence, kind, key_id, largest_ttl, "
      "ended_wall_ms, ended_boot_ms, ended_boot_id, ended_synchronised, ended_trusted_ms, slack_s, ended_serial) "
      "VALUES (?1, ?2, "
      "(SELECT coalesce(max(sequence), 0) + 1 FROM selector_content WHERE institution_id = ?1 AND slot = ?2), "
      "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
  insert.bind(1, to_column(id)).bind(2, to_column(slot)).bind(3, std::string_view(content.kind));
  if (content.key_id.empty()) {
    insert.bind_null(4);
  } else {
    insert.bind(4, std::string_view(content.key_id));
  }
  insert.bind(5, std::int64_t{zonestore::seconds(content.ttl)});
  if (ended != nullptr) {
    bind_moment(insert, 6, ended->moment);
    insert.bind(11, ended->slack.count()).bind(12, kSerialNotYetKnown);
  } else {
    bind_no_moment(insert, 6);
    insert.bind_null(11).bind_null(12);
  }
  insert.run();
}

// A slack that is there already is that of a life that has just ended (end_life): the wait begins with the longer
// one.
void end_content(db::Connection& connection, InstitutionId id, dkim::SlotId slot, std::int64_t sequence,
                 const ContentEnd& ended) {
  db::Statement& update = connection.cached(
      "UPDATE selector_content SET ended_wall_ms = ?4, ended_boot_ms = ?5, ended_boot_id = ?6, "
      "ended_synchronised = ?7, ended_trusted_ms = ?8, slack_s = max(coalesce(slack_s, 0), ?9), ended_serial = ?10 "
      "WHERE institution_id = ?1 AND slot = ?2 AND sequence = ?3");
  update.bind(1, to_column(id)).bind(2, to_column(slot)).bind(3, sequence);
  bind_moment(update, 4, ended.moment);
  update.bind(9, ended.slack.count()).bind(10, kSerialNotYetKnown);
  update.run();
}

void raise_largest_ttl(db::Connection& connection, InstitutionId id, dkim::SlotId slot, std::int64_t sequence,
                       Ttl ttl) {
  db::Statement& update = connection.cached(
      "UPDATE selector_content SET largest_ttl = max(largest_ttl, ?4) "
      "WHERE institution_id = ?1 AND slot = ?2 AND sequence = ?3");
  update.bind(1, to_column(id))
      .bind(2, to_column(slot))
      .bind(3, sequence)
      .bind(4, std::int64_t{zonestore::seconds(ttl)});
  update.run();
}

}  // namespace

void record_content(db::Connection& connection, const PublishedZone& dkim_zone, InstitutionId id, dkim::SlotId slot,
                    const ContentRow& content, const ContentEnd& now) {
  const std::optional<CurrentContent> current = current_content(connection, id, slot);
  if (current && current->kind == content.kind && current->key_id == content.key_id) {
    raise_largest_ttl(connection, id, slot, current->sequence, content.ttl);
    return;
  }
  if (current) {
    end_content(connection, id, slot, current->sequence, now);
  } else {
    for (const dkim::EarlierContent& absence : absence_until(connection, dkim_zone.id, now.moment)) {
      const ContentEnd ended{absence.ended, now.slack};
      insert_content(connection, id, slot, {"absent", "", absence.largest_ttl}, &ended);
    }
  }
  insert_content(connection, id, slot, content, nullptr);
}

std::vector<dkim::EarlierContent> earlier_contents(db::Connection& connection, InstitutionId id, dkim::SlotId slot) {
  db::Statement& rows = connection.cached(
      "SELECT largest_ttl, ended_wall_ms, ended_boot_ms, ended_boot_id, ended_synchronised, ended_trusted_ms, "
      "slack_s, ended_serial "
      "FROM selector_content "
      "WHERE institution_id = ?1 AND slot = ?2 AND ended_wall_ms IS NOT NULL ORDER BY sequence");
  rows.bind(1, to_column(id)).bind(2, to_column(slot));
  std::vector<dkim::EarlierContent> contents;
  std::vector<std::optional<Serial>> serials;
  while (rows.step()) {
    contents.push_back({Ttl{static_cast<std::uint32_t>(rows.integer(0))}, moment_columns(rows, 1),
                        Seconds(rows.integer(1 + kMomentColumns))});
    serials.push_back(ended_serial_column(rows, 2 + kMomentColumns));
  }
  rows.reset();
  ServerWaits servers(connection);
  for (std::size_t i = 0; i < contents.size(); ++i) {
    contents[i].servers = servers.waits_of(contents[i].ended, serials[i]);
  }
  return contents;
}

std::string served_key_id(db::Connection& connection, InstitutionId id, dkim::SlotId slot) {
  const std::optional<CurrentContent> current = current_content(connection, id, slot);
  return current ? current->key_id : std::string();
}

std::optional<Ttl> largest_ttl_served(db::Connection& connection, InstitutionId id, dkim::SlotId slot) {
  db::Statement& row = connection.cached(
      "SELECT largest_ttl FROM selector_content WHERE institution_id = ?1 AND slot = ?2 AND ended_wall_ms IS NULL");
  row.bind(1, to_column(id)).bind(2, to_column(slot));
  std::optional<Ttl> ttl;
  if (row.step()) {
    ttl = Ttl{static_cast<std::uint32_t>(row.integer(0))};
  }
  row.reset();
  return ttl;
}

std::optional<WallTime> last_answer_with_revoked(db::Connection& connection, WallTime since) {
  db::Statement row = connection.prepare(
      "SELECT max(c.ended_wall_ms + c.largest_ttl * 1000) FROM dkim_key AS k JOIN selector_content AS c "
      "ON c.institution_id = k.institution_id AND c.slot = k.slot AND c.key_id = k.key_id WHERE k.revoked_ms >= ?1");
  row.bind(1, to_column(since));
  return row.step() ? wall_column_or_none(row, 0) : std::nullopt;  // of no row, max() is one row of NULL
}

void store_ended_serial(db::Connection& connection, Serial serial) {
  db::Statement& store =
      connection.cached("UPDATE selector_content SET ended_serial = ?1 WHERE ended_serial = -1");  // by its index
  store.bind(1, std::int64_t{serial.value}).run();
}

void end_a_moment_later(db::Connection& connection, InstitutionId id, dkim::SlotId slot) {
  db::Statement& later = connection.cached(
      "UPDATE selector_content SET ended_wall_ms = ended_wall_ms + 1, ended_boot_ms = ended_boot_ms + 1 "
      "WHERE institution_id = ?1 AND slot = ?2 AND ended_serial = -1");
  later.bind(1, to_column(id)).bind(2, to_column(slot)).run();
}

void keep_slack(db::Connection& connection, InstitutionId id, Seconds slack) {
  db::Statement& keep = connection.cached(
      "UPDATE selector_content SET slack_s = ?2 WHERE institution_id = ?1 AND ended_wall_ms IS NULL AND kind <> "
      "'absent'");
  keep.bind(1, to_column(id)).bind(2, slack.count());
  keep.run();
}

void renew_absences(db::Connection& connection, ZoneId zone, Ttl ttl, const Moment& now) {
  db::Statement& end = connection.cached(
      "UPDATE selector_content SET ended_wall_ms = ?2, ended_boot_ms = ?3, ended_boot_id = ?4, "
      "ended_synchronised = ?5, ended_trusted_ms = ?6, slack_s = coalesce((SELECT value_s FROM policy AS p "
      "WHERE p.institution_id = selector_content.institution_id AND p.key = 'slack'), ?7), ended_serial = ?8 "
      "WHERE kind = 'absent' AND ended_wall_ms IS NULL AND ?1 = (SELECT dkim_zone_id FROM store)");
  end.bind(1, to_column(zone));
  bind_moment(end, 2, now);
  end.bind(7, read_policy(connection, kWholeStore).slack.count()).bind(8, kSerialNotYetKnown);
  end.run();
  // Every name that was ever served has one content without an end, but for those that have just ended.
  db::Statement& begin = connection.cached(
      "INSERT INTO selector_content (institution_id, slot, sequence, kind, largest_ttl) "
      "SELECT institution_id, slot, max(sequence) + 1, 'absent', ?1 FROM selector_content "
      "GROUP BY institution_id, slot HAVING sum(ended_wall_ms IS NULL) = 0");
  begin.bind(1, std::int64_t{zonestore::seconds(ttl)});
  begin.run();
}

}  // namespace zonestore::rows
