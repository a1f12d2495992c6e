// What a look into the DNS says of one thing: an institution's CNAME, its SPF record, one of our name servers.
//
// The names (to_text) are stable: they stand in the store's evidence and in --json. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "zonestore/base/error.h"

namespace zonestore {

enum class Verdict : std::uint8_t {
  kOk,
  kUnreachable,  // no server answered: nothing is known
  kLame,         // the servers that answered do not hold the zone
  // of a CNAME; kMissing also of SPF and DMARC records
  kMissing,
  kDomainDoubled,  // it stands at NAME.DOMAIN.DOMAIN: a panel added the domain once more
  kNoSuchDomain,   // the domain itself does not exist
  kWrongInstitution,
  kSlotsSwapped,    // leads to the other slot's name
  kDotLost,         // leads to TARGET.ZONE: the target was taken as relative
  kTxtInPlace,      // a TXT record stands where the CNAME should
  kCnameBesideTxt,  // both
  kFlattened,       // addresses, or a copy of our record: a provider resolves the alias itself
  kLoop,
  kWrongTarget,  // any other
  kDisagree,     // the domain's servers do not say the same
  // of SPF and DMARC
  kSeveralRecords,
  kNoInclude,
  kSyntax,
  kTooManyLookups,
  kTooManyVoids,
  kBrokenInclude,
  // of our own name servers and keys
  kLagging,     // serves older bytes than the store has
  kAhead,       // has a later serial than the store: of lost history
  kIncomplete,  // not over UDP and TCP, with and without EDNS
  kKeyMismatch,
};

[[nodiscard]] std::string_view to_text(Verdict verdict);
[[nodiscard]] std::optional<Verdict> parse_verdict(std::string_view text);

// False if servers only failed to answer: such a look changes nothing that is known.
[[nodiscard]] bool is_settled(Verdict verdict);

// The guard that a CNAME of this verdict raises for a rotation: kCnameMissing or kCnameWrong.
[[nodiscard]] std::optional<Guard> cname_guard(Verdict verdict);

}  // namespace zonestore
