// What a look may change of what is known.
//
//   settled (somebody answered)      replaces whatever was known
//   not settled (nobody did)         changes nothing that is known
//   one of our servers seen behind   stays behind until that very server was seen to follow, or is none of ours any
//                                    more
//
// Pure: what was known is read before, and what comes back is written after.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/judgement/evidence.h"

namespace zonestore {

// What is known after this look; nullopt: it changes nothing. `named`: the name servers of the zone of the keys now.
[[nodiscard]] std::optional<EvidenceView> known_after(const std::optional<EvidenceView>& before,
                                                      const Evidence& evidence, const Moment& seen,
                                                      const std::vector<Name>& named);

// The same of one server.
[[nodiscard]] bool replaces(const ServerEvidence& evidence, const std::optional<ServerEvidenceView>& before);
// Of the servers that are known of a zone, those that are ours no longer. `evidence`: of all that were asked now.
[[nodiscard]] std::vector<std::string> servers_gone(const std::vector<ServerEvidenceView>& known,
                                                    const std::vector<ServerEvidence>& evidence,
                                                    const std::vector<Name>& named);

// Did one of our servers answer for the zone of the keys? From then on it is delegated.
[[nodiscard]] bool shows_delegation(const Evidence& evidence);

}  // namespace zonestore
