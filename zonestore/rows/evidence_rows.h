// What is known of the DNS (tables evidence, server_evidence). What a look may change of it:
// judgement/evidence_rules.h.
//
// Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "zonestore/db/connection.h"
#include "zonestore/judgement/evidence.h"
#include "zonestore/rows/institution_rows.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore::rows {

// All of one institution, our own side first, then by domain; of domains that it has now.
[[nodiscard]] std::vector<EvidenceView> read_evidence(db::Connection& connection, InstitutionId institution);
[[nodiscard]] std::optional<EvidenceView> find_evidence(db::Connection& connection, InstitutionId institution,
                                                        const std::optional<Name>& domain,
                                                        const std::string& subject);
void put_evidence(db::Connection& connection, InstitutionId institution, const EvidenceView& known);
void delete_evidence(db::Connection& connection, InstitutionId institution);  // all of it
void delete_evidence_of_other_domains(db::Connection& connection, InstitutionId institution);

// Institutions of which nobody ever saw an answer; without the departed.
[[nodiscard]] std::set<InstitutionId> ids_never_seen(db::Connection& connection);
// Those of which `check` saw last that something is wrong, however long ago. Not what is only advice
// (DMARC), and nothing of a domain that is theirs no more, nor of a key that no slot of theirs holds any more.
[[nodiscard]] std::set<InstitutionId> ids_at_fault(db::Connection& connection);
// All that have anything on record but good news: those above are among them.
[[nodiscard]] std::set<InstitutionId> ids_with_bad_news(db::Connection& connection);

// Of name servers; those of secondaries (server_serial_rows.h names them) are not among them. By zone and server; of
// one zone, by server.
[[nodiscard]] std::vector<ServerEvidenceView> read_server_evidence(db::Connection& connection,
                                                                   std::optional<ZoneId> zone = std::nullopt);
// Of a name server or a secondary.
[[nodiscard]] std::optional<ServerEvidenceView> find_server_evidence(db::Connection& connection, ZoneId zone,
                                                                     const std::string& server);
void put_server_evidence(db::Connection& connection, ZoneId zone, const ServerEvidenceView& known);
void delete_server_evidence(db::Connection& connection, ZoneId zone, const std::string& server);
void delete_server_evidence(db::Connection& connection, ZoneId zone);                // of all servers
void delete_server_evidence(db::Connection& connection, const std::string& server);  // of all zones

}  // namespace zonestore::rows
