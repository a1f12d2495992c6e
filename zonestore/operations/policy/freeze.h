// Stopping rotations for a while: of one institution, or of the whole store.
//
// A freeze refuses `rotate` and the rotations that policy makes due (kFrozen); undo, revoke, prepare, and the fresh
// keys that maintain puts after a drain go on: they are for emergencies, or move no signing.
#pragma once

#include <optional>
#include <string>

#include "zonestore/dkim/lifecycle.h"
#include "zonestore/operations/change/store.h"

namespace zonestore {

struct FreezeChanged : Changed {
  std::optional<dkim::Freeze> frozen;  // of that institution or the store, after the change
  // Of an institution that was thawed: the whole store is frozen still.
  std::optional<dkim::Freeze> store_frozen;
};

// `code` nullopt: the whole store. Frozen already with that reason: changed is false; with another: the reason is
// replaced, the time stays. Errors: kInvalid (no reason), kNotFound.
[[nodiscard]] Result<FreezeChanged> freeze(Store& store, const ChangeContext& context,
                                           const std::optional<dkim::Code>& code, const std::string& reason);
// Of the store: institutions that were frozen by themselves stay so. Not frozen: changed is false. Errors: kNotFound.
[[nodiscard]] Result<FreezeChanged> thaw(Store& store, const ChangeContext& context,
                                         const std::optional<dkim::Code>& code);
// Of the whole store.
[[nodiscard]] Result<std::optional<dkim::Freeze>> store_freeze(Store& store);

}  // namespace zonestore
