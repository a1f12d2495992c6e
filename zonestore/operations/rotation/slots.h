// Keys into slots and out of them: prepare puts a fresh one, revoke withdraws one on purpose.
#pragma once

#include <optional>
#include <vector>

#include "zonestore/operations/institutions/institutions.h"

namespace zonestore {

struct Prepared : InstitutionChanged {
  dkim::SlotId slot = dkim::SlotId::kSel1;  // that holds the fresh key
};
// A fresh key of the institution's algorithm, published at once; it ripens from now. `slot` nullopt: the one that
// needs a key (dkim::slot_to_prepare). The key is proven, and durable in the vault before it is published. In a dry
// run it is made and thrown away. Errors: kNotFound; the refusals of dkim::may_prepare.
[[nodiscard]] Result<Prepared> prepare(Store& store, const ChangeContext& context, const dkim::Code& code,
                                       std::optional<dkim::SlotId> slot);

// Those of whose slot `prepare` would not say that a key is in use there or that its mail is under way, by code;
// `slot` nullopt: of the one that needs a key.
[[nodiscard]] Result<std::vector<dkim::Code>> institutions_to_prepare(Store& store, std::optional<dkim::SlotId> slot);

struct RevokeOptions {
  bool stop_signing = false;       // go on even if nothing is left to sign with
  bool signers_must_hold = false;  // where signing moves first: refuse with kSignerStale unless they hold that key
};
struct Revoked : InstitutionChanged {
  dkim::SlotId slot = dkim::SlotId::kSel1;  // that was withdrawn
  std::optional<dkim::SlotId> swapped_to;   // it signed: signing moved there in the same transaction
  bool signing_stopped = false;             // it signed, and nothing was left to sign with
  // Until when a resolver may hold the withdrawn key, and a receiver behind it accept a forged signature: now and the
  // largest TTL that the key was ever served with, without slack; later by what servers take to follow
  // (see_exposure).
  WallTime exposed_until;
  // Servers of the zone that nobody has seen without the key; behind an anycast address always, of which a look sees
  // one site. One that cannot follow answers with it until its copy of the zone expires, after `until_expire`.
  std::vector<std::string> may_still_answer;
  Seconds until_expire{0};
  // Other slots that hold the same key, as "mosa sel2": they go on publishing it, and its private half stays for
  // them.
  std::vector<std::string> also_in;
  // No row of the vault has the private half any more (in a dry run: would have).
  bool private_half_destroyed = false;
  // What it costs: set if the key has signed mail that may still be under way, which fails DKIM from now on; until
  // when the last of it would have arrived.
  std::optional<WallTime> mail_under_way_until;
};
// Publishes an empty p= in the place of the key (RFC 6376 section 3.6.1) and, after the commit, destroys the private
// half, wherever in the vault it is, unless another slot has the same key: also_in. If the slot signs, signing moves
// first: to a ripe standby, else back to a slot that drains. A slot that is REVOKED already: changed is false.
// Neither freeze nor drain refuses it. Errors: kNotFound (institution, or no key in the slot); the refusals of
// dkim::may_revoke; kKeyMismatch if the slot that would take over has no good key.
[[nodiscard]] Result<Revoked> revoke(Store& store, const ChangeContext& context, const dkim::Code& code,
                                     dkim::SlotId slot, const RevokeOptions& options = {});

// After it, and after whatever was seen of the servers since: what is known now of exposed_until and
// may_still_answer. Errors: those of the store.
[[nodiscard]] Result<void> see_exposure(Store& store, Revoked& revoked);

}  // namespace zonestore
