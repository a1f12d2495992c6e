#include "zonestore/rows/evidence_rows.h"

#include <algorithm>
#include <utility>

#include "zonestore/rows/id_columns.h"
#include "zonestore/rows/moment_columns.h"

namespace zonestore::rows {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += (text.empty() ? "" : "\n") + line;
  }
  return text;
}

ByteView domain_column(const std::optional<Name>& domain) {
  return domain ? domain->wire() : ByteView();
}

// A verdict that this program does not know (of a later one) counts as not having been seen: neither good nor bad
// news.
EvidenceView view_of(const db::Statement& row) {
  EvidenceView view;
  if (!row.blob(0).empty()) {
    view.domain = db::unwrap(Name::from_wire(row.blob(0)));
  }
  view.subject = row.text(1);
  view.verdict = parse_verdict(row.text(2)).value_or(Verdict::kUnreachable);
  view.detail = row.text(3);
  view.key_id = row.text(4);
  view.behind = lines_of(row.text(5));
  view.seen = moment_columns(row, 6);
  return view;
}

ServerEvidenceView server_of(const db::Statement& row) {
  ServerEvidenceView view;
  view.zone = db::unwrap(Name::from_wire(row.blob(0)));
  view.server = row.text(1);
  view.verdict = parse_verdict(row.text(2)).value_or(Verdict::kUnreachable);
  if (!row.is_null(3)) {
    view.serial = Serial{static_cast<std::uint32_t>(row.integer(3))};
  }
  view.detail = row.text(4);
  view.seen = moment_columns(row, 5);
  return view;
}

}  // namespace

std::vector<EvidenceView> read_evidence(db::Connection& connection, InstitutionId institution) {
  // Our own side has the empty domain, which sorts before every name.
  db::Statement& rows = connection.cached(
      "SELECT domain, subject, verdict, detail, key_id, behind, seen_wall_ms, seen_boot_ms, seen_boot_id, "
      "seen_synchronised, seen_trusted_ms FROM evidence WHERE institution_id = ?1 AND "
      "(domain = x'' OR domain IN (SELECT name FROM domain WHERE institution_id = ?1)) ORDER BY domain, subject");
  rows.bind(1, to_column(institution));
  std::vector<EvidenceView> evidence;
  while (rows.step()) {
    evidence.push_back(view_of(rows));
  }
  rows.reset();
  return evidence;
}

std::optional<EvidenceView> find_evidence(db::Connection& connection, InstitutionId institution,
                                          const std::optional<Name>& domain, const std::string& subject) {
  db::Statement& row = connection.cached(
      "SELECT domain, subject, verdict, detail, key_id, behind, seen_wall_ms, seen_boot_ms, seen_boot_id, "
      "seen_synchronised, seen_trusted_ms FROM evidence WHERE institution_id = ?1 AND domain = ?2 AND subject = ?3");
  row.bind(1, to_column(institution)).bind(2, domain_column(domain));
  row.bind(3, std::string_view(subject));
  std::optional<EvidenceView> found = row.step() ? std::optional(view_of(row)) : std::nullopt;
  row.reset();
  return found;
}

void put_evidence(db::Connection& connection, InstitutionId institution, const EvidenceView& known) {
  db::Statement& insert = connection.cached(
      "INSERT OR REPLACE INTO evidence (institution_id, domain, subject, verdict, detail, key_id, behind, "
      "seen_wall_ms, seen_boot_ms, seen_boot_id, seen_synchronised, seen_trusted_ms) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
  const std::string behind = text_of(known.behind);
  insert.bind(1, to_column(institution)).bind(2, domain_column(known.domain));
  insert.bind(3, std::string_view(known.subject)).bind(4, to_text(known.verdict));
  insert.bind(5, std::string_view(known.detail)).bind(6, std::string_view(known.key_id));
  insert.bind(7, std::string_view(behind));
  bind_moment(insert, 8, known.seen);
  insert.run();
}

void delete_evidence(db::Connection& connection, InstitutionId institution) {
  connection.cached("DELETE FROM evidence WHERE institution_id = ?1").bind(1, to_column(institution)).run();
}

void delete_evidence_of_other_domains(db::Connection& connection, InstitutionId institution) {
  connection
      .cached(
          "DELETE FROM evidence WHERE institution_id = ?1 AND domain <> x'' AND domain NOT IN "
          "(SELECT name FROM domain WHERE institution_id = ?1)")
      .bind(1, to_column(institution))
      .run();
}

namespace {

std::set<InstitutionId> ids_of(db::Statement found) {
  std::set<InstitutionId> ids;
  while (found.step()) {
    ids.insert(InstitutionId{found.integer(0)});
  }
  return ids;
}

}  // namespace

// Of all institutions at once: asked one by one, a million would take minutes.

std::set<InstitutionId> ids_never_seen(db::Connection& connection) {
  return ids_of(connection.prepare(
      "SELECT i.institution_id FROM institution AS i WHERE i.phase <> 'departed' AND NOT EXISTS (SELECT 1 FROM "
      "evidence AS e WHERE e.institution_id = i.institution_id AND e.verdict NOT IN ('unreachable', "
      "'lame-server'))"));
}

std::set<InstitutionId> ids_at_fault(db::Connection& connection) {
  return ids_of(connection.prepare(
      "SELECT i.institution_id FROM institution AS i WHERE i.phase <> 'departed' AND EXISTS (SELECT 1 FROM evidence "
      "AS "
      "e WHERE e.institution_id = i.institution_id AND e.verdict NOT IN ('ok', 'unreachable') AND e.subject <> "
      "'dmarc' "
      "AND (e.domain = x'' OR e.domain IN (SELECT name FROM domain WHERE institution_id = i.institution_id)) AND "
      // Other bytes than those of a key that has been replaced since are no fault any more.
      "(e.verdict <> 'lagging' OR e.key_id = '' OR EXISTS (SELECT 1 FROM slot AS s WHERE s.institution_id = "
      "i.institution_id AND s.key_id = e.key_id)))"));
}

std::set<InstitutionId> ids_with_bad_news(db::Connection& connection) {
  return ids_of(
      connection.prepare("SELECT DISTINCT institution_id FROM evidence WHERE verdict NOT IN ('ok', 'unreachable')"));
}

std::vector<ServerEvidenceView> read_server_evidence(db::Connection& connection, std::optional<ZoneId> zone) {
  db::Statement& rows = connection.cached(
      "SELECT z.apex, e.server, e.verdict, e.serial, e.detail, e.seen_wall_ms, e.seen_boot_ms, e.seen_boot_id, "
      "e.seen_synchronised, e.seen_trusted_ms FROM server_evidence AS e JOIN zone AS z USING (zone_id) "
      // "#N" is a secondary in one of its lives (server_serial_rows.cc), which is told of elsewhere.
      "WHERE (?1 IS NULL OR zone_id = ?1) AND NOT (e.server GLOB '#*' AND instr(e.server, ' ') = 0) "
      "ORDER BY z.apex, e.server");
  rows.bind_null(1);
  if (zone) {
    rows.bind(1, to_column(*zone));
  }
  std::vector<ServerEvidenceView> evidence;
  while (rows.step()) {
    evidence.push_back(server_of(rows));
  }
  rows.reset();
  return evidence;
}

std::optional<ServerEvidenceView> find_server_evidence(db::Connection& connection, ZoneId zone,
                                                       const std::string& server) {
  db::Statement& row = connection.cached(
      "SELECT z.apex, e.server, e.verdict, e.serial, e.detail, e.seen_wall_ms, e.seen_boot_ms, e.seen_boot_id, "
      "e.seen_synchronised, e.seen_trusted_ms FROM server_evidence AS e JOIN zone AS z USING (zone_id) "
      "WHERE zone_id = ?1 AND e.server = ?2");
  row.bind(1, static_cast<std::int64_t>(zone)).bind(2, std::string_view(server));
  std::optional<ServerEvidenceView> found = row.step() ? std::optional(server_of(row)) : std::nullopt;
  row.reset();
  return found;
}

void put_server_evidence(db::Connection& connection, ZoneId zone, const ServerEvidenceView& known) {
  db::Statement& insert = connection.cached(
      "INSERT OR REPLACE INTO server_evidence (zone_id, server, verdict, serial, detail, seen_wall_ms, seen_boot_ms, "
      "seen_boot_id, seen_synchronised, seen_trusted_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
  insert.bind(1, to_column(zone));
  insert.bind(2, std::string_view(known.server)).bind(3, to_text(known.verdict));
  insert.bind_null(4);
  if (known.serial) {
    insert.bind(4, std::int64_t{known.serial->value});
  }
  insert.bind(5, std::string_view(known.detail));
  bind_moment(insert, 6, known.seen);
  insert.run();
}

void delete_server_evidence(db::Connection& connection, ZoneId zone, const std::string& server) {
  connection.cached("DELETE FROM server_evidence WHERE zone_id = ?1 AND server = ?2")
      .bind(1, to_column(zone))
      .bind(2, std::string_view(server))
      .run();
}

void delete_server_evidence(db::Connection& connection, ZoneId zone) {
  connection.cached("DELETE FROM server_evidence WHERE zone_id = ?1").bind(1, to_column(zone)).run();
}

void delete_server_evidence(db::Connection& connection, const std::string& server) {
  connection.cached("DELETE FROM server_evidence WHERE server = ?1").bind(1, std::string_view(server)).run();
}

}  // namespace zonestore::rows
