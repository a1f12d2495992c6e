#include "zonestore/operations/views/evidence_rows.h"

#include <algorithm>
#include <utility>

#include "zonestore/rows/moment_columns.h"
#include "zonestore/rows/settings_rows.h"

namespace zonestore {
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

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? std::string_view() : between);
    text += word;
  }
  return text;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

ByteView domain_column(const std::optional<Name>& domain) {
  return domain ? domain->wire() : ByteView();
}

// A server that was not asked this time: it is ours no longer if the zone does not name it, if its name was seen to
// answer at another address, and, named by its address alone, if others were asked in its place and answered.
bool is_gone(const std::string& server, const std::vector<std::string>& asked,
             const std::vector<std::string>& answered, const std::vector<Name>& named) {
  if (has(asked, server)) {
    return false;
  }
  const std::string_view name = server_name(server);
  if (name.empty()) {
    return !answered.empty();
  }
  return !is_named(server, named) || std::any_of(answered.begin(), answered.end(), [name](const std::string& each) {
    return server_name(each) == name;
  });
}

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
  view.seen = rows::moment_columns(row, 6);
  return view;
}

std::optional<EvidenceView> find(db::Connection& connection, rows::InstitutionId institution,
                                 const Evidence& evidence) {
  db::Statement& row = connection.cached(
      "SELECT domain, subject, verdict, detail, key_id, behind, seen_wall_ms, seen_boot_ms, seen_boot_id, "
      "seen_synchronised, seen_trusted_ms FROM evidence WHERE institution_id = ?1 AND domain = ?2 AND subject = ?3");
  row.bind(1, static_cast<std::int64_t>(institution)).bind(2, domain_column(evidence.domain));
  row.bind(3, std::string_view(evidence.subject));
  std::optional<EvidenceView> found = row.step() ? std::optional(view_of(row)) : std::nullopt;
  row.reset();
  return found;
}

void put(db::Connection& connection, rows::InstitutionId institution, const EvidenceView& view) {
  db::Statement& insert = connection.cached(
      "INSERT OR REPLACE INTO evidence (institution_id, domain, subject, verdict, detail, key_id, behind, "
      "seen_wall_ms, seen_boot_ms, seen_boot_id, seen_synchronised, seen_trusted_ms) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
  insert.bind(1, static_cast<std::int64_t>(institution)).bind(2, domain_column(view.domain));
  insert.bind(3, std::string_view(view.subject)).bind(4, to_text(view.verdict));
  insert.bind(5, std::string_view(view.detail)).bind(6, std::string_view(view.key_id));
  insert.bind(7, std::string_view(joined(view.behind, "\n")));
  rows::bind_moment(insert, 8, view.seen);
  insert.run();
}

// Who was seen behind stays so, though others were seen to follow meanwhile.
void keep_behind(EvidenceView& now, const EvidenceView& before, const Evidence& evidence,
                 const std::vector<Name>& named) {
  std::vector<std::string> still;
  for (const std::string& server : before.behind) {
    if (!has(evidence.served, server) && !has(now.behind, server) &&
        !is_gone(server, evidence.asked, evidence.served, named)) {
      still.push_back(server);
    }
  }
  if (still.empty()) {
    return;
  }
  now.verdict = Verdict::kLagging;
  now.detail = (now.behind.empty() ? "" : now.detail + "; ") + joined(still, ", ") +
               " served other bytes when it was last seen to answer";
  now.behind.insert(now.behind.end(), still.begin(), still.end());
}

void write_one(db::Connection& connection, rows::InstitutionId institution, const Evidence& evidence,
               const Moment& seen, const std::vector<Name>& named) {
  const std::optional<EvidenceView> before = find(connection, institution, evidence);
  if (!is_settled(evidence.verdict) && before && is_settled(before->verdict)) {
    return;
  }
  EvidenceView now{evidence.domain, evidence.subject, evidence.verdict, evidence.detail, seen,
                   evidence.key_id, evidence.behind};
  if (before && before->key_id == now.key_id) {
    keep_behind(now, *before, evidence, named);
  }
  put(connection, institution, now);
}

void forget_other_domains(db::Connection& connection, rows::InstitutionId institution) {
  db::Statement& forget = connection.cached(
      "DELETE FROM evidence WHERE institution_id = ?1 AND domain <> x'' AND domain NOT IN "
      "(SELECT name FROM domain WHERE institution_id = ?1)");
  forget.bind(1, static_cast<std::int64_t>(institution));
  forget.run();
}

// Somebody answered for the zone of the keys: from now on it is delegated.
void note_served(db::Connection& connection) {
  connection.execute("UPDATE store SET seen_served = 1 WHERE seen_served = 0");
}

bool is_of_the_keys(db::Connection& connection, ZoneId zone) {
  return connection.integer("SELECT dkim_zone_id FROM store") == static_cast<std::int64_t>(zone);
}

void write_server(db::Connection& connection, ZoneId zone, const ServerEvidence& evidence, const Moment& seen) {
  db::Statement& insert = connection.cached(
      "INSERT INTO server_evidence (zone_id, server, verdict, serial, detail, seen_wall_ms, seen_boot_ms, "
      "seen_boot_id, seen_synchronised, seen_trusted_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
      "ON CONFLICT DO UPDATE SET verdict = excluded.verdict, serial = excluded.serial, detail = excluded.detail, "
      "seen_wall_ms = excluded.seen_wall_ms, seen_boot_ms = excluded.seen_boot_ms, "
      "seen_boot_id = excluded.seen_boot_id, seen_synchronised = excluded.seen_synchronised, "
      "seen_trusted_ms = excluded.seen_trusted_ms WHERE ?11 = 1 OR verdict IN ('unreachable', 'lame-server')");
  insert.bind(1, static_cast<std::int64_t>(zone));
  insert.bind(2, std::string_view(evidence.server)).bind(3, to_text(evidence.verdict));
  insert.bind_null(4);
  if (evidence.serial) {
    insert.bind(4, std::int64_t{evidence.serial->value});
  }
  insert.bind(5, std::string_view(evidence.detail));
  rows::bind_moment(insert, 6, seen);
  insert.bind(11, std::int64_t{is_settled(evidence.verdict) ? 1 : 0});
  insert.run();
}

std::vector<std::string> servers_of(db::Connection& connection, ZoneId zone) {
  db::Statement& rows = connection.cached("SELECT server FROM server_evidence WHERE zone_id = ?1");
  rows.bind(1, static_cast<std::int64_t>(zone));
  std::vector<std::string> servers;
  while (rows.step()) {
    servers.push_back(rows.text(0));
  }
  rows.reset();
  return servers;
}

void forget_gone_servers(db::Connection& connection, ZoneId zone, const std::vector<ServerEvidence>& evidence) {
  std::vector<std::string> asked;
  std::vector<std::string> answered;
  for (const ServerEvidence& each : evidence) {
    asked.push_back(each.server);
    if (is_settled(each.verdict)) {
      answered.push_back(each.server);
    }
  }
  const std::vector<Name> named = rows::read_zone_settings(connection, zone).name_servers;
  for (const std::string& server : servers_of(connection, zone)) {
    if (is_gone(server, asked, answered, named)) {
      db::Statement& forget = connection.cached("DELETE FROM server_evidence WHERE zone_id = ?1 AND server = ?2");
      forget.bind(1, static_cast<std::int64_t>(zone)).bind(2, std::string_view(server));
      forget.run();
    }
  }
}

// The serial that brought the key: the journal's, else what it was at least, since a serial is never before the
// clock.
Serial serial_of_publication(db::Connection& connection, WallTime published) {
  db::Statement& row = connection.cached(
      "SELECT serial_after FROM journal_change WHERE zone_id = (SELECT dkim_zone_id FROM store) AND at_ms = ?1 "
      "ORDER BY change_id DESC LIMIT 1");
  row.bind(1, rows::to_column(published));
  const auto clock = std::chrono::duration_cast<Seconds>(published.time_since_epoch()).count();
  const Serial serial{static_cast<std::uint32_t>(row.step() ? row.integer(0) : clock)};
  row.reset();
  return serial;
}

}  // namespace

std::vector<EvidenceView> evidence_of(db::Connection& connection, rows::InstitutionId institution) {
  db::Statement& rows = connection.cached(
      "SELECT domain, subject, verdict, detail, key_id, behind, seen_wall_ms, seen_boot_ms, seen_boot_id, "
      "seen_synchronised, seen_trusted_ms FROM evidence WHERE institution_id = ?1 AND "
      "(domain = x'' OR domain IN (SELECT name FROM domain WHERE institution_id = ?1)) ORDER BY domain, subject");
  rows.bind(1, static_cast<std::int64_t>(institution));
  std::vector<EvidenceView> evidence;
  while (rows.step()) {
    evidence.push_back(view_of(rows));
  }
  rows.reset();
  return evidence;
}

OwnServers own_servers(db::Connection& connection) {
  db::Statement& store = connection.cached("SELECT dkim_zone_id, seen_served FROM store");
  OwnServers servers;
  if (!store.step()) {
    return servers;
  }
  const ZoneId zone{store.integer(0)};
  servers.delegated = store.integer(1) != 0;
  store.reset();
  servers.named = rows::read_zone_settings(connection, zone).name_servers;
  db::Statement& rows = connection.cached(
      "SELECT server, verdict, serial, detail, seen_wall_ms, seen_boot_ms, seen_boot_id, seen_synchronised, "
      "seen_trusted_ms FROM server_evidence WHERE zone_id = ?1 AND verdict = 'lagging' AND serial IS NOT NULL "
      "ORDER BY server");
  rows.bind(1, static_cast<std::int64_t>(zone));
  while (rows.step()) {
    servers.lagging.push_back({rows.text(0), Verdict::kLagging, Serial{static_cast<std::uint32_t>(rows.integer(2))},
                               rows.text(3), rows::moment_columns(rows, 4)});
  }
  rows.reset();
  return servers;
}

RotationFacts rotation_facts(db::Connection& connection, const Name& dkim_zone,
                             const rows::InstitutionRow& institution, const dkim::LifecyclePolicy& policy,
                             const OwnServers& servers) {
  RotationFacts facts;
  facts.code = institution.code.text();
  facts.dkim_zone = dkim_zone;
  facts.lifecycle = institution.facts;
  facts.policy = policy;
  facts.domains = rows::domains_of(connection, institution.id);
  for (const dkim::SlotId slot : dkim::kSlots) {
    if (const std::optional<rows::SlotKey>& key = institution.key(slot)) {
      facts.keys.at(rows::InstitutionRow::index_of(slot)) = {
          key->key_id, servers.lagging.empty() ? Serial{} : serial_of_publication(connection, key->published)};
    }
  }
  facts.evidence = evidence_of(connection, institution.id);
  facts.servers = servers;
  return facts;
}

void write_evidence(db::Connection& connection, rows::InstitutionId institution, const Look& look,
                    const std::vector<Name>& named) {
  for (const Evidence& each : look.evidence) {
    write_one(connection, institution, each, look.seen, named);
    if (!each.domain && (each.verdict == Verdict::kOk || each.verdict == Verdict::kLagging)) {
      note_served(connection);
    }
  }
  forget_other_domains(connection, institution);
}

void write_server_evidence(db::Connection& connection, ZoneId zone, const std::vector<ServerEvidence>& evidence,
                           const Moment& seen) {
  const bool is_dkim_zone = is_of_the_keys(connection, zone);
  for (const ServerEvidence& each : evidence) {
    write_server(connection, zone, each, seen);
    if (is_dkim_zone && each.serial) {
      note_served(connection);
    }
  }
  forget_gone_servers(connection, zone, evidence);
}

}  // namespace zonestore
