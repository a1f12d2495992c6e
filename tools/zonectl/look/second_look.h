// What a second look makes of a first one that found bad what was right before. For the sources of this folder only.
// Pure.
#pragma once

#include <vector>

#include "tools/zonectl/probe/institution.h"
#include "zonestore/judgement/evidence.h"

namespace zonectl::look {

// Has anything turned bad since it was known to be right?
[[nodiscard]] bool has_turned_bad(const probe::Report& report, const std::vector<zonestore::EvidenceView>& known);
[[nodiscard]] bool has_turned_bad(const std::vector<zonestore::ServerEvidence>& seen,
                                  const std::vector<zonestore::ServerEvidenceView>& known);

// The second look, but for what it alone found bad that was right before: of that the first one's word stands.
[[nodiscard]] probe::Report agreed(const probe::Report& first, probe::Report second,
                                   const std::vector<zonestore::EvidenceView>& known);
[[nodiscard]] std::vector<zonestore::ServerEvidence> agreed(const std::vector<zonestore::ServerEvidence>& first,
                                                            std::vector<zonestore::ServerEvidence> second,
                                                            const std::vector<zonestore::ServerEvidenceView>& known);

}  // namespace zonectl::look
