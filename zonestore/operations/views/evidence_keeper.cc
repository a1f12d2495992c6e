#include "zonestore/operations/views/evidence_keeper.h"

#include <algorithm>

#include "zonestore/judgement/evidence_rules.h"
#include "zonestore/rows/evidence_rows.h"
#include "zonestore/rows/server_serial_rows.h"
#include "zonestore/rows/settings_rows.h"
#include "zonestore/rows/store_row.h"

namespace zonestore {
namespace {

// Held against the serial that the store has now, after the look: a later one is of other history.
void judge_anew(ServerEvidence& evidence, Serial stored) {
  const bool is_well = evidence.verdict == Verdict::kOk || evidence.verdict == Verdict::kIncomplete;
  if (is_well && evidence.serial && is_before(stored, *evidence.serial)) {
    evidence.verdict = Verdict::kAhead;
    evidence.detail =
        "serves serial " + std::to_string(evidence.serial->value) + ", the store has " + std::to_string(stored.value);
  }
}

}  // namespace

void keep_evidence(db::Connection& connection, rows::InstitutionId institution, const Look& look,
                   const std::vector<Name>& named) {
  for (const Evidence& each : look.evidence) {
    const std::optional<EvidenceView> before =
        rows::find_evidence(connection, institution, each.domain, each.subject);
    if (const std::optional<EvidenceView> known = known_after(before, each, look.seen, named)) {
      rows::put_evidence(connection, institution, *known);
    }
    if (shows_delegation(each)) {
      rows::note_seen_served(connection);
    }
  }
  rows::delete_evidence_of_other_domains(connection, institution);
}

void keep_server_evidence(db::Connection& connection, const PublishedZone& zone,
                          std::vector<ServerEvidence>& evidence, const Moment& seen, const Moment& now) {
  const bool is_of_the_keys = rows::read_dkim_zone(connection) == zone.id;
  const std::vector<ServerEvidenceView> known = rows::read_server_evidence(connection, zone.id);
  for (ServerEvidence& each : evidence) {
    judge_anew(each, zone.serial);
    const auto before = std::find_if(known.begin(), known.end(),
                                     [&each](const ServerEvidenceView& one) { return one.server == each.server; });
    if (replaces(each, before == known.end() ? std::nullopt : std::optional(*before))) {
      rows::put_server_evidence(connection, zone.id, {each, seen});
    }
    if (is_of_the_keys && each.serial) {
      rows::note_seen_served(connection);
    }
    if (each.serial) {
      rows::keep_server_serial(connection, zone.id, {each.server}, *each.serial, now);
    }
  }
  const std::vector<Name> named = rows::read_zone_settings(connection, zone.id).name_servers;
  for (const std::string& server : servers_gone(known, evidence, named)) {
    rows::delete_server_evidence(connection, zone.id, server);
    rows::forget_server_serials(connection, zone.id, server);
  }
}

}  // namespace zonestore
