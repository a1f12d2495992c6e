// What fresh evidence means for a rotation. For the sources of this folder only. Errors: db::Failure is thrown.
#pragma once

#include <optional>
#include <vector>

#include "zonestore/operations/change_scope.h"
#include "zonestore/operations/views.h"
#include "zonestore/publish/institution_rows.h"

namespace zonestore {

// Refuses to let signing move to this slot if fresh evidence speaks against it: kCnameMissing, kCnameWrong (a
// domain's CNAME for the slot), kNsLag (a name server that did not serve the slot's present key). Each can be
// overridden. What nobody looked at, or what did not answer, becomes a warning.
void check_evidence(ChangeScope& change, const publish::InstitutionRow& institution, dkim::SlotId to,
                    const std::optional<Guard>& override_guard, Changed& outcome);

// The same without an override, for those who only want to know.
[[nodiscard]] std::optional<Error> evidence_refusal(db::Connection& connection, const Name& dkim_zone,
                                                    const publish::InstitutionRow& institution, dkim::SlotId to,
                                                    const Now& now);

// All of one institution, our own side first, then by domain.
[[nodiscard]] std::vector<EvidenceView> evidence_of(db::Connection& connection, publish::InstitutionId institution);

}  // namespace zonestore
