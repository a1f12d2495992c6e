// Moving signing from one selector to the other, and back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/operations/institutions/institutions.h"
#include "zonestore/operations/views/checking.h"

namespace zonestore {

// Of an undo that took a removal back.
struct Returned {
  std::optional<dkim::SlotId> signs_with;  // nullopt: it does not sign (yet): it did not, or that slot was revoked
};

struct Swapped : InstitutionChanged {
  dkim::SlotId from = dkim::SlotId::kSel1;
  dkim::SlotId to = dkim::SlotId::kSel2;
  WallTime drains_until;               // of the slot that was left
  std::optional<WallTime> undo_until;  // nullopt: this swap cannot be undone (it was an undo)
  bool redo = false;                   // of a rotation: forward again, after an undo
  std::optional<Returned> returned;    // of an undo: then nothing above says anything
  std::int64_t move = 0;               // the number of this move of signing, by which it alone can be undone
  // Of a rotation that was undone because signers had not followed within signer-limit: each with why. `from` and
  // `to` tell of the undo then, which is what the store holds.
  std::vector<std::string> undone_for;
  // Of a rotation that stands although signers had not followed: it could not be undone (a warning says why).
  std::vector<std::string> unfollowed;
};

struct SwapOptions {
  bool by_policy = false;  // of rotate: only if policy makes it due, asked in the transaction; else changed is false
  dkim::MoveToUndo undoes{};  // of undo: refuse with kNothingToUndo unless the last move is this one
  // Of rotate: what the caller has just seen of the institution (none in a dry run, which goes by what is known).
  // Kept with the change; of a refused one by itself, unless the caller does so for many at once (record_evidence).
  std::optional<Look> look = std::nullopt;
  bool keeps_refused_look = true;
};

// At once and safely: no key data changes, only states and TTLs. The key in the vault must verify against the
// bytes that are served (kKeyMismatch), and every enrolled signer must hold it (kSignerStale; it is synced first).
// After the commit the signers are made to follow; if they do not, signing goes back (undone_for), but only this move
// of it, not one that somebody made meanwhile (unfollowed). Errors: kNotFound; the refusals of may_rotate
// (rotation_judgement.h).
[[nodiscard]] Result<Swapped> rotate(Store& store, const ChangeContext& context, const dkim::Code& code,
                                     const SwapOptions& options = {});

// A rotation that was made with signers_later.
struct RotationMade {
  dkim::Code code;
  std::int64_t move = 0;  // Swapped::move
};
// What became of it.
struct Settled {
  std::vector<std::string> undone_for;  // signers that had not followed, each with why: signing went back
  std::vector<std::string> unfollowed;  // likewise, but it could not go back: the rotation stands
  std::string unknown;                  // whether signers follow could not be asked: the rotation stands
  std::vector<std::string> warnings;
};
// Makes the signers follow all of these at once, as `rotate` does one: each signer's tables are written and its
// command run once for all of them. In the order of `made`. Nothing is thrown away that was committed: there are no
// errors.
[[nodiscard]] std::vector<Settled> settle_rotations(Store& store, const ChangeContext& context,
                                                    const std::vector<RotationMade>& made);

// Back to the slot that is still draining; of an institution that is being removed, the removal is taken back. A
// signer that does not follow at once is a warning. Errors: kNotFound; the refusals of dkim::may_undo, is_last_move
// and may_return.
[[nodiscard]] Result<Swapped> undo(Store& store, const ChangeContext& context, const dkim::Code& code,
                                   const SwapOptions& options = {});

// After a rotation: `slot` signs, and the key in the vault verifies against what is published there now.
// Errors: kNotFound; kRefused/kKeyMismatch; kExpect if another slot signs.
[[nodiscard]] Result<void> prove_signing_key(Store& store, const dkim::Code& code, dkim::SlotId slot);

}  // namespace zonestore
