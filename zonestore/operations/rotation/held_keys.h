// A machine that signed was taken, with every key that it held: in both slots of every institution.
//
//   its signer is switched off, for good
//     ──> phase 1, each institution: the idle slot's key is revoked, a fresh one takes its place
//     ──> it ripens (an hour or so: resolvers may hold what was there before)
//     ──> phase 2: signing moves to it, and the key that signed until then is revoked
//
// What is still to be revoked stands in revocation_to_come until the key has left its slot, however it leaves.
// Errors: as in base/error.h. Threads: that of the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/operations/institutions/institutions.h"
#include "zonestore/operations/rotation/maintain.h"
#include "zonestore/operations/rotation/slots.h"

namespace zonestore {

// Switches the signer off, for good: no key goes there again, and no drain waits for it. One that was taken already:
// changed is false. Errors: kNotFound.
struct SignerTaken : Changed {
  std::string other_signers;  // that are on: "a, b"; empty: none signs with the fresh keys
};
[[nodiscard]] Result<SignerTaken> take_signer(Store& store, const ChangeContext& context, const std::string& name);

struct HeldRevoked : Changed {
  std::vector<dkim::SlotId> replaced;       // whose keys were revoked, or that were empty: a fresh key is there
  std::optional<dkim::SlotId> waits;        // signs with a key that is to be revoked once the fresh one is ripe
  std::optional<WallTime> ripe_at;          // of that fresh key
  bool signing_stopped = false;             // both slots were revoked now; signing begins again with the fresh key
  std::optional<WallTime> exposed_until;    // of what was revoked; nullopt: nothing held a key
  std::optional<WallTime> exposed_at_most;  // of the key that waits, if it is revoked as soon as it can be
};
// Phase 1 of one institution, in one transaction. `stop_signing`: the key that signs is revoked now as well. Of one
// that is being removed both keys are revoked, and none is made. In a dry run no key is made. Errors: kNotFound.
[[nodiscard]] Result<HeldRevoked> revoke_held_keys(Store& store, const ChangeContext& context, const dkim::Code& code,
                                                   const std::string& signer, bool stop_signing);

// The institutions that hold a key in any slot, by code; or in that slot.
[[nodiscard]] Result<std::vector<dkim::Code>> institutions_with_keys(Store& store,
                                                                     std::optional<dkim::SlotId> slot = std::nullopt);

// Keys that a taken signer held and that are still to be revoked.
struct ToRevoke {
  dkim::Code code;
  dkim::SlotId slot = dkim::SlotId::kSel1;
  std::string signer;
  std::optional<WallTime> ripe_at;        // of the key that signing is to move to; nullopt: it is, or there is none
  std::optional<WallTime> exposed_until;  // if it is revoked at that time, or now
};
[[nodiscard]] Result<std::vector<ToRevoke>> revocations_to_come(Store& store);

// Phase 2 of one of them, if it can be done now: signing moves, and the key is revoked. The signers are given the
// other key first; one that does not hold it holds the revocation back. Errors: kLastKey with the time from which it
// can be done; kSignerStale; those of revoke.
[[nodiscard]] Result<Revoked> revoke_when_ripe(Store& store, const ChangeContext& context, const ToRevoke& due);

// All of them that can be done now, each a step; signers follow later.
[[nodiscard]] Result<void> revoke_what_is_ripe(Store& store, const ChangeContext& context, Maintained& outcome);

// Of a bulk run: until when a resolver may hold a key that was revoked since it began; nullopt: none was.
[[nodiscard]] Result<std::optional<WallTime>> exposed_since(Store& store, WallTime began);

}  // namespace zonestore
