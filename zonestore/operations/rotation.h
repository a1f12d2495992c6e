// Moving signing from one selector to the other, and back.
#pragma once

#include <optional>

#include "zonestore/operations/institutions.h"

namespace zonestore {

struct Swapped : InstitutionChanged {
  dkim::SlotId from = dkim::SlotId::kSel1;
  dkim::SlotId to = dkim::SlotId::kSel2;
  WallTime drains_until;               // of the slot that was left
  std::optional<WallTime> undo_until;  // nullopt: this swap cannot be undone (it was an undo)
};

struct SwapOptions {
  std::optional<dkim::SlotId> expect;  // refuse with kExpect unless this slot is active now
  bool by_policy = false;  // of rotate: only if policy makes it due, asked in the transaction; else changed is false
};

// At once and safely: no key data changes, only states and TTLs. The key in the vault must verify against the
// bytes that are served (kKeyMismatch). Errors: kNotFound; the refusals of dkim::may_rotate.
[[nodiscard]] Result<Swapped> rotate(Store& store, const ChangeContext& context, const dkim::Code& code,
                                     const SwapOptions& options = {});

// Back to the slot that is still draining. Errors: kNotFound; the refusals of dkim::may_undo.
[[nodiscard]] Result<Swapped> undo(Store& store, const ChangeContext& context, const dkim::Code& code,
                                   const SwapOptions& options = {});

}  // namespace zonestore
