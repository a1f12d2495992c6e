// The tables of evidence: read for the judgement, and written by the rules of what a look may change.
//
//   settled (somebody answered)      replaces whatever was known
//   not settled (nobody did)         changes nothing that is known
//   one of our servers seen behind   stays behind until that very server was seen to follow, or is none of ours any
//   more
//
// For the sources of zonestore/operations only. Threads: that of the connection. Errors: db::Failure is thrown.
#pragma once

#include <vector>

#include "zonestore/judgement/rotation_judgement.h"
#include "zonestore/operations/views/checking.h"
#include "zonestore/rows/institution_rows.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore {

// All of one institution, our own side first, then by domain; of domains that it has now.
[[nodiscard]] std::vector<EvidenceView> evidence_of(db::Connection& connection, rows::InstitutionId institution);

// What the judgement needs to know of our own name servers; the same for every institution.
[[nodiscard]] OwnServers own_servers(db::Connection& connection);

// All that the judgement needs, but for what signers hold.
[[nodiscard]] RotationFacts rotation_facts(db::Connection& connection, const Name& dkim_zone,
                                           const rows::InstitutionRow& institution,
                                           const dkim::LifecyclePolicy& policy, const OwnServers& servers);

// `named`: the name servers of the zone of the keys now.
void write_evidence(db::Connection& connection, rows::InstitutionId institution, const Look& look,
                    const std::vector<Name>& named);
void write_server_evidence(db::Connection& connection, ZoneId zone, const std::vector<ServerEvidence>& evidence,
                           const Moment& seen);

}  // namespace zonestore
