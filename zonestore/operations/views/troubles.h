// What of a store somebody must see to, and how bad it is: the one list behind `status`, its exit code and its
// monitoring line.
//
//   critical   it breaks mail, or will: a name server of ours that is ahead, behind or silent, a secondary that is
//              ahead, damaged content, no time that passes, institutions that do not sign, a signer that does not
//              follow past its limit
//   warning    everything else that waits for somebody
//
// Pure: no SQL, no clock. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/operations/views/status.h"

namespace zonestore {

enum class Severity : std::uint8_t { kWarning, kCritical };
[[nodiscard]] std::string_view to_text(Severity severity);  // "warning", "critical"

struct Trouble {
  // Stable: "server-ahead", "server-behind", "server-silent", "secondary-ahead", "secondary-behind",
  // "secondary-silent", "content", "clock", "not-signing", "signer-late", "signer", "maintain-late", "evidence",
  // "no-standby", "overdue", "to-revoke", "unseen".
  std::string what;
  Severity severity = Severity::kWarning;
  std::string text;               // one line for people
  std::optional<WallTime> since;  // known of some
  std::string run;                // the command to use
};

// `maintain` runs every quarter of an hour: what is due is late after this.
inline constexpr Seconds kMaintainIsLate{3600};

// The worst first; empty: nothing needs attention.
[[nodiscard]] std::vector<Trouble> troubles_of(const StoreStatus& status);
[[nodiscard]] bool needs_attention(const StoreStatus& status);

}  // namespace zonestore
