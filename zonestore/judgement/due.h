// What time alone has made due: of an institution's lifecycle (what `maintain` does), and by policy (a rotation).
//
//   starting    its first slot is ripe                       signing begins
//   signing     the other slot is empty, or has drained      a fresh key goes into it
//   departing   all mail under way has arrived               its records leave
//
// Whether a rotation that is due may be done is another question: rotation_judgement.h. Who may be due is found by
// index first (rows/due_rows.h), and each of these is asked here. Pure: no SQL, file or clock. Threads: any.
#pragma once

#include <optional>
#include <string_view>

#include "zonestore/dkim/lifecycle.h"

namespace zonestore {

// Is there something for maintain to do here, rotations by policy aside?
[[nodiscard]] bool is_maintain_due(const dkim::InstitutionFacts& facts, const dkim::LifecyclePolicy& policy,
                                   const Now& now);
// Since when; nullopt: nothing is due. `added`: when the institution was. Of an empty slot, nobody knows since when
// it is empty: that is when signing last moved here, or when the institution was added.
[[nodiscard]] std::optional<WallTime> maintain_due_since(const dkim::InstitutionFacts& facts, WallTime added,
                                                         const dkim::LifecyclePolicy& policy, const Now& now);

// Has policy made a rotation due, in an open window, and nobody frozen it? The code decides the jitter.
[[nodiscard]] bool is_rotation_due(const dkim::InstitutionFacts& facts, std::string_view code,
                                   const dkim::LifecyclePolicy& policy, const Now& now);

// Since when maintain could have done it, and did not; nullopt: it is not due. Not before maintain last ran to its
// end
// (`maintained`): that run would have done it, so something held it back then, such as a look that nobody had taken.
[[nodiscard]] std::optional<WallTime> rotation_due_since(const dkim::InstitutionFacts& facts, std::string_view code,
                                                         const dkim::LifecyclePolicy& policy,
                                                         const std::optional<WallTime>& maintained, const Now& now);

// Of a departing institution: has all of its mail arrived?
[[nodiscard]] bool has_left(const dkim::InstitutionFacts& facts, const Now& now);

}  // namespace zonestore
