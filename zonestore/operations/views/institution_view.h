// What readers see of an institution: its phase, its two slots with their records, and whether it can rotate now.
// What `list` and `show` tell, and what a change gives back of what it changed.
//
// A view is a value: it is of the moment and of the transaction that it was read in. Threads: that of the Store.
// Errors: as in base/error.h.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/crypto/key_pair.h"
#include "zonestore/dkim/lifecycle.h"
#include "zonestore/judgement/evidence.h"
#include "zonestore/operations/change/store.h"

namespace zonestore {

struct SlotView {
  dkim::SlotId slot = dkim::SlotId::kSel1;
  dkim::SlotState state = dkim::SlotState::kEmpty;
  Name owner;          // sel1-mosa._domainkey.dkim.secutix.com.
  std::string key_id;  // empty: no key, or a fresh one
  bool fresh = false;  // in a dry run: a key that would be made; it has no id and no record text yet
  std::optional<crypto::Algorithm> algorithm;
  std::string record_text;             // "v=DKIM1; ...", empty: no record
  Ttl ttl{};                           // of the record
  std::size_t answer_size_bytes = 0;   // over UDP without EDNS
  std::optional<WallTime> published;   // since when this key is published
  std::optional<WallTime> ripe_at;     // set while PUBLISHED
  std::optional<WallTime> drained_at;  // set while DRAINING or DRAINED
  bool waits_for_signers = false;      // then drained_at is what it would be if the last of them followed now
};

struct InstitutionView {
  std::string code;
  dkim::Phase phase = dkim::Phase::kSigning;
  std::optional<dkim::SlotId> active;
  crypto::Algorithm algorithm = crypto::Algorithm::kRsa2048;  // of new keys
  std::vector<Name> domains;
  std::vector<SlotView> slots;  // sel1, sel2
  WallTime added;
  std::optional<WallTime> leaves_at;        // departing: when the records may leave
  std::optional<dkim::SlotId> starts_with;  // starting: the slot that will sign once it is ripe; nullopt: none can
  std::optional<dkim::Freeze> frozen;       // its own, else the whole store's
  std::optional<WallTime> next_rotation;    // by policy, if guards let it: the time planned; nullopt: none is
  bool rotation_overdue = false;            // by policy, for more than a day past its window
  std::optional<Error> rotate_refusal;      // why `rotate` would be refused now; nullopt: it would be done
  std::optional<Error> policy_refusal;  // why a rotation that policy has made due is held back; nullopt: it is not
  bool maintain_due = false;            // `maintain` has something to do here
  std::vector<EvidenceView> evidence;   // of show_institution; empty in a list
};

// Errors: kNotFound (also for a departed one).
[[nodiscard]] Result<InstitutionView> show_institution(Store& store, const dkim::Code& code);

// One of all.
struct ListedInstitution : InstitutionView {
  // Why somebody must look at it: "not-signing", "no-standby", "overdue", "to-revoke", "unseen", "evidence"; of each
  // `status` counts as many. Empty: nobody must.
  std::vector<std::string> attention;
  bool never_seen = false;  // nobody ever saw an answer about it in the DNS
};
// All of them by code, one at a time, in one read transaction; departed ones only if asked for. The visitor
// returns false to stop.
[[nodiscard]] Result<void> list_institutions(Store& store, bool with_departed,
                                             const std::function<bool(const ListedInstitution&)>& visitor);

}  // namespace zonestore
