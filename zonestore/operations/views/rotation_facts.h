// All that the judgement of a rotation needs to know, read from the rows; but for what signers hold, which lies in
// their directories. For the sources of zonestore/operations only. Errors: db::Failure is thrown.
#pragma once

#include "zonestore/db/connection.h"
#include "zonestore/judgement/rotation_judgement.h"
#include "zonestore/rows/institution_rows.h"

namespace zonestore {

// Of our own name servers; the same for every institution.
[[nodiscard]] OwnServers own_servers(db::Connection& connection);

[[nodiscard]] RotationFacts rotation_facts(db::Connection& connection, const Name& dkim_zone,
                                           const rows::InstitutionRow& institution,
                                           const dkim::LifecyclePolicy& policy, const OwnServers& servers);

}  // namespace zonestore
