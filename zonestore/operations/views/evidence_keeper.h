// What a look saw becomes what is known, in the caller's write transaction: read, judged by
// judgement/evidence_rules.h, written. For the sources of zonestore/operations only. Errors: db::Failure is thrown.
#pragma once

#include <vector>

#include "zonestore/db/connection.h"
#include "zonestore/judgement/evidence.h"
#include "zonestore/rows/institution_rows.h"
#include "zonestore/zone/published_reader.h"

namespace zonestore {

// `named`: the name servers of the zone of the keys now.
void keep_evidence(db::Connection& connection, rows::InstitutionId institution, const Look& look,
                   const std::vector<Name>& named);
// All of one zone; it comes to say what is kept. `now`: the moment of this transaction, with which waits for a serial
// begin.
void keep_server_evidence(db::Connection& connection, const PublishedZone& zone,
                          std::vector<ServerEvidence>& evidence, const Moment& seen, const Moment& now);

}  // namespace zonestore
