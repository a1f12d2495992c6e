// What readers see: institutions, their slots, and what they must publish themselves.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/crypto/key_pair.h"
#include "zonestore/dkim/lifecycle.h"
#include "zonestore/judgement/evidence.h"
#include "zonestore/operations/change/clock_report.h"
#include "zonestore/operations/change/store.h"
#include "zonestore/operations/signers/signers.h"
#include "zonestore/operations/views/own_servers_seen.h"

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

// All of them by code, one at a time, in one read transaction; departed ones only if asked for. The visitor
// returns false to stop.
[[nodiscard]] Result<void> list_institutions(Store& store, bool with_departed,
                                             const std::function<bool(const InstitutionView&)>& visitor);

// Institutions that somebody must look at, for one reason.
struct Attention {
  std::string what;  // stable: "not-signing", "no-standby", "overdue", "unseen"
  std::string text;  // for people: "cannot rotate: the other slot was revoked"
  std::uint64_t count = 0;
  std::vector<std::string> codes;   // the first 20
  std::string run;                  // the command to use, with CODE in the place of the institution's
  std::optional<WallTime> since{};  // of the one that waits longest; known of some
};

struct ZoneNow {
  Name apex;
  Serial serial;
  std::optional<WallTime> changed;  // when it got that serial; nullopt: the journal has forgotten
};

// What somebody found who looked whether the store is whole: store_verify.h.
struct LastLook {
  std::string what;  // "file", "zones", "keys", "log"
  WallTime at;
  std::string command;  // "store verify", "backup", "maintain"
  std::string fault;    // empty: whole
};

struct StoreStatus {
  WallTime as_of;
  std::uint64_t institutions = 0;  // without the departed
  std::uint64_t starting = 0;
  std::uint64_t signing = 0;
  std::uint64_t departing = 0;
  std::uint64_t can_rotate = 0;  // now
  std::uint64_t ripening = 0;    // their standby is published but not ripe
  std::uint64_t draining = 0;
  std::uint64_t maintain_due = 0;                   // needs attention once it is late: troubles.h
  std::vector<std::string> maintain_due_codes;      // the first 20
  bool spf_step_due = false;                        // likewise
  std::optional<WallTime> maintain_due_since;       // of all that is due, SPF's step too, what waits longest
  std::optional<WallTime> maintained;               // when maintain last ran to its end
  std::uint64_t evidence_against = 0;               // institutions of which `check` saw something wrong
  std::vector<std::string> evidence_against_codes;  // the first 20
  std::uint64_t never_seen = 0;                     // of which nobody ever saw anything in the DNS; only told
  std::uint64_t unseen = 0;                         // rotations by policy that E_UNSEEN holds back
  std::uint64_t frozen = 0;                         // by themselves; only told
  std::optional<dkim::Freeze> store_frozen;         // only told
  std::vector<Attention> attention;                 // what maintain does not mend; empty: nothing
  std::vector<ZoneNow> zones;
  std::vector<SignerView> signers;
  Seconds signer_limit{0};      // the store's policy
  std::vector<LastLook> looks;  // of those that somebody took
  ClockReport clock;
  OwnServersSeen servers;  // by whoever asked them: nobody in store_status
};
[[nodiscard]] Result<StoreStatus> store_status(Store& store);
// Is there any trouble (troubles.h)?
[[nodiscard]] bool needs_attention(const StoreStatus& status);

struct CustomerRecord {
  std::string name;   // absolute, with the final dot
  std::string type;   // "CNAME", "TXT"
  std::string value;  // "sel1-mosa._domainkey.dkim.secutix.com." / "v=spf1 include:spf.secutix.com ~all"
  std::uint32_t ttl = 3600;
  std::string zone_file_line;
};
struct DomainInstructions {
  Name domain;
  std::vector<CustomerRecord> cnames;  // sel1, sel2
  CustomerRecord spf;                  // only if the domain has no SPF record yet
  std::string spf_term;                // "include:spf.secutix.com", to go before the `all` of one that is there
};
// For each domain of the institution; empty if it has none. Errors: kNotFound.
[[nodiscard]] Result<std::vector<DomainInstructions>> instructions(Store& store, const dkim::Code& code);

}  // namespace zonestore
