// The whole store at a glance: how many institutions stand where, what waits for maintain or for somebody, the zones,
// the signers, the clock. What of it is trouble, and how bad: troubles.h.
//
// Read in one transaction, in bounded memory. Threads: that of the Store. Errors: as in base/error.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zonestore/dkim/lifecycle.h"
#include "zonestore/operations/change/clock_report.h"
#include "zonestore/operations/change/store.h"
#include "zonestore/operations/secondaries/sights.h"
#include "zonestore/operations/signers/signers.h"
#include "zonestore/operations/views/attention.h"
#include "zonestore/operations/views/own_servers_seen.h"
#include "zonestore/zone/serial.h"

namespace zonestore {

struct ZoneNow {
  Name apex;
  Serial serial;
  std::optional<WallTime> changed;  // when it got that serial; nullopt: the journal has forgotten
};

// An enabled secondary in one of its zones, as it was last looked at.
struct SecondaryNow {
  std::string name;
  SecondarySeen seen;
};

// What somebody found who looked whether the store is whole: store_verify.h.
struct LastLook {
  std::string what;  // "file", "zones", "keys", "log"
  WallTime at;
  std::string command;  // "store verify", "backup", "maintain"
  std::string fault;    // empty: whole
};

inline constexpr std::size_t kSlotStates = static_cast<std::size_t>(dkim::SlotState::kRevoked) + 1;

struct StoreStatus {
  WallTime as_of;
  std::uint64_t institutions = 0;  // without the departed
  std::uint64_t starting = 0;
  std::uint64_t signing = 0;
  std::uint64_t departing = 0;
  std::array<std::uint64_t, kSlotStates> slots{};  // by dkim::SlotState
  std::uint64_t can_rotate = 0;                    // now
  std::uint64_t ripening = 0;                      // their standby is published but not ripe
  std::uint64_t draining = 0;
  std::uint64_t maintain_due = 0;                   // also by policy; needs attention once it is late: troubles.h
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
  std::string customer_selector;                    // what customers' selectors begin with; only told
  std::vector<Attention> attention;                 // what maintain does not mend; empty: nothing
  std::vector<ZoneNow> zones;
  std::vector<SecondaryNow> secondaries;            // by name; nothing of a zone that nobody has looked at it for
  std::vector<std::string> secondaries_never_seen;  // enabled ones that nobody has looked at yet; only told
  std::vector<SignerView> signers;
  Seconds signer_limit{0};      // the store's policy
  std::vector<LastLook> looks;  // of those that somebody took
  ClockReport clock;
  OwnServersSeen servers;  // by whoever asked them: nobody in store_status
};
[[nodiscard]] Result<StoreStatus> store_status(Store& store);

}  // namespace zonestore
