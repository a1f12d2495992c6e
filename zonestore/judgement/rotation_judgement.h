// May it rotate? The one answer, for rotate by hand, by policy, in a dry run, and for those who only want to know
// (list, status, plan).
//
//   lifecycle facts   evidence of the DNS   our name servers   what signers hold
//          └─────────────────┴──────────┬────────┴──────────────────┘
//                              may_rotate ──> refusal, warnings, the slot that it would move to
//
// Good news ages, bad news stands: what was seen to be right counts for 24 h and for the very key that was looked at;
// what was seen to be wrong counts until somebody has seen it mended. What counts is what the zone and the
// institution name now. Pure: no SQL, file or clock in it; what it needs was read before.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/dkim/customer_selectors.h"
#include "zonestore/dkim/lifecycle.h"
#include "zonestore/judgement/evidence.h"

namespace zonestore {

// How long what was seen to be right counts.
inline constexpr Milliseconds kEvidenceIsFresh{std::chrono::hours{24}};

// Of our own name servers, for all institutions alike.
struct OwnServers {
  // One of them was once seen to serve the zone of the keys. Until then it is not delegated: what is seen of the
  // world says nothing of us, and is told as a warning.
  bool delegated = false;
  std::vector<Name> named;           // by the zone, now
  std::vector<ServerSight> lagging;  // those that were last seen behind
};

struct TargetKey {
  std::string key_id;  // empty: none
  Serial published;    // the serial that brought it; read only if a server was seen behind
};

// An enrolled signer that is switched on and does not hold the keys as the vault has them, and why.
struct StaleSigner {
  std::string name;
  std::string why;
};

struct RotationFacts {
  std::string code;
  Name dkim_zone;
  dkim::CustomerSelectors customer_selectors{};
  dkim::InstitutionFacts lifecycle;
  dkim::LifecyclePolicy policy;
  std::vector<Name> domains;
  std::array<TargetKey, dkim::kSlots.size()> keys;  // by slot, sel1 first
  std::vector<EvidenceView> evidence;
  OwnServers servers;
  std::vector<StaleSigner> stale_signers;  // empty too where nobody asked them
};

struct RotationRequest {
  bool by_policy = false;  // then somebody must have seen that all is right (kUnseen)
  bool dry_run = false;    // signers that do not hold the key are told: a rotation makes them follow first
  std::optional<Guard> override_guard{};
  std::optional<dkim::SlotId> expect{};
};

struct RotationJudgement {
  std::optional<dkim::SlotId> to;  // set if the lifecycle lets it, whatever was seen
  std::optional<Error> refusal;    // those of dkim::may_rotate, then of what was seen, then of the signers
  std::vector<std::string> warnings;
};

[[nodiscard]] RotationJudgement may_rotate(const RotationFacts& facts, const RotationRequest& request,
                                           const Now& now);

}  // namespace zonestore
