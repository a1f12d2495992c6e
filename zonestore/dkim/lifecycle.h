// The key lifecycle: which state each selector slot is in, and what may be done now.
//
//   EMPTY --prepare--> PUBLISHED --time--> STANDBY --rotate--> ACTIVE
//                         ^                                      |
//                         +-prepare- DRAINED <-time- DRAINING <--+ (the other slot becomes ACTIVE)
//   DRAINING --undo--> ACTIVE           any --revoke--> REVOKED --prepare--> PUBLISHED
//
// Pure: the stored facts are moments; the state is computed from them and from the time handed in, so that no
// background job is needed for a rotation to be allowed at the right second. Nothing here reads a clock.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/error.h"
#include "zonestore/base/moment.h"
#include "zonestore/dkim/propagation.h"
#include "zonestore/dkim/rotation_window.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/zone/record_set.h"

namespace zonestore::dkim {

enum class SlotState : std::uint8_t { kEmpty, kPublished, kStandby, kActive, kDraining, kDrained, kRevoked };
[[nodiscard]] std::string_view to_text(SlotState state);  // "STANDBY"

enum class Phase : std::uint8_t {
  kStarting,  // does not sign (yet, or any more): begins when the key that it starts with has ripened
  kSigning,
  kDeparting,  // removed: nothing signs, records stay until the mail under way has arrived
  kDeparted,   // records gone; the row stays as history
};
[[nodiscard]] std::string_view to_text(Phase phase);  // "signing"
[[nodiscard]] std::optional<Phase> parse_phase(std::string_view text);

enum class Swap : std::uint8_t { kRotate, kUndo };

// An earlier content of a selector's name: a key, an empty p=, or absence.
struct EarlierContent {
  Ttl largest_ttl{};  // that it was served with; for absence the negative TTL
  Moment ended;       // the commit that replaced it
  // The policy's when it ended: a shorter one that comes later does not shorten what runs. A longer one lengthens it.
  Seconds slack{0};
  // Servers that may answer with it after that, because they follow by transfer; empty: none does.
  std::vector<ServerWait> servers{};
};

struct Drain {
  Moment began;        // when it stopped signing; with signers enrolled, when the last of them had followed
  Milliseconds lasts;  // fixed when it stopped signing: policy drain + TTL + slack
  // Not all signers have followed yet: some may still sign with it, and the drain cannot end. As the store says: a
  // drain that begins is not told here, because the store alone knows its signers.
  bool waits_for_signers = false;
};

struct SlotFacts {
  SlotId slot = SlotId::kSel1;
  bool has_key = false;
  bool revoked = false;
  std::optional<Drain> drain;
  std::vector<EarlierContent> earlier;  // oldest first
};

// An operator stopped rotations, until they are thawed.
struct Freeze {
  bool whole_store = false;
  WallTime since;
  std::string reason;
};

// What a removal has ended, and what taking it back begins again.
struct Removal {
  std::optional<SlotId> signed_with;  // nullopt: it did not sign then
};

struct InstitutionFacts {
  Phase phase = Phase::kSigning;
  std::optional<SlotId> active;  // set if and only if phase is kSigning
  std::optional<Swap> last_swap;
  std::optional<Moment> moved;               // when signing last moved or began; nullopt: not on record
  std::string moved_by;                      // who moved it; empty: not on record
  std::optional<std::int64_t> moved_in_run;  // the bulk run whose rotation that was
  std::int64_t moves = 0;                    // rises with each move of signing: names the last one
  std::optional<Removal> removal;            // while kDeparting; nullopt then: not on record
  std::optional<Freeze> frozen;              // its own, else the whole store's
  std::vector<SlotFacts> slots;              // one for each of kSlots, in that order
};

struct LifecyclePolicy {
  Ttl ttl_active{3600};
  Ttl ttl_other{300};
  Seconds slack{600};
  Seconds drain{7 * 86400};
  // Rotations by policy, see schedule.h.
  Seconds every{0};  // 0: off
  Seconds jitter{10 * 86400};
  RotationWindow window;
  Seconds signer_limit{120};  // how long the signers may take to follow a rotation
};
inline constexpr Seconds kDrainFloor{96 * 3600};
inline constexpr Seconds kSlackFloor{60};

[[nodiscard]] const SlotFacts& facts_of(const InstitutionFacts& institution, SlotId slot);

[[nodiscard]] SlotState state_of(const InstitutionFacts& institution, SlotId slot, const LifecyclePolicy& policy,
                                 const Now& now);
// The wall time from which no resolver holds an earlier content any more: the largest over the earlier contents of
// (end
// + largest TTL + slack), where the end is the last server's (propagation.h). In the past once it is ripe.
[[nodiscard]] WallTime ripe_at(const SlotFacts& slot, const LifecyclePolicy& policy, const Now& now);
[[nodiscard]] bool is_ripe(const SlotFacts& slot, const LifecyclePolicy& policy, const Now& now);
// The server that is waited for longest; nullopt: none, but for resolvers alone, or for nobody.
[[nodiscard]] std::optional<std::string> waited_for(const SlotFacts& slot, const LifecyclePolicy& policy,
                                                    const Now& now);
// When the drain ends or ended, while it waits for signers at the earliest; nullopt if there is none.
[[nodiscard]] std::optional<WallTime> drained_at(const SlotFacts& slot, const Now& now);
[[nodiscard]] bool is_drained(const SlotFacts& slot, const Now& now);
// How long a slot that stops signing now must stay published.
[[nodiscard]] Milliseconds drain_length(const LifecyclePolicy& policy);

// The slot with which an institution that does not sign will begin: of those with a fresh key the one whose key has
// been public longest, sel1 if both are as old; nullopt if there is none. It begins once that slot is STANDBY.
[[nodiscard]] std::optional<SlotId> starts_with(const InstitutionFacts& institution);
// The slot that a fresh key would go to if the operator names none: beside the one that signs, else the first that
// has no fresh key and does not drain, else sel1. may_prepare says whether it may.
[[nodiscard]] SlotId slot_to_prepare(const InstitutionFacts& institution, const Now& now);

// The TTL that a slot's record carries in this arrangement.
[[nodiscard]] Ttl ttl_of(const InstitutionFacts& institution, SlotId slot, const LifecyclePolicy& policy);

// Who asks, for the messages; `override_guard` lifts that one guard if it can be lifted.
struct Request {
  std::string_view code;  // the institution's
  std::optional<Guard> override_guard;
  std::optional<SlotId> expect;  // --expect: the slot that the caller believes active
  bool by_policy = false;        // nobody asks but the calendar
};

// Is the slot active that the caller expects, if it names one? Refusal: kExpect.
[[nodiscard]] Result<void> is_as_expected(const InstitutionFacts& institution, const Request& request);
// Does the other slot still drain because an undo left it? Then its key is where it was, in the DNS and at the
// signers, and going there again is a redo.
[[nodiscard]] bool is_redo(const InstitutionFacts& institution, const LifecyclePolicy& policy, const Now& now);
// May signing move to the other slot? The value is the slot that would become active. One that drains may take over
// only in a redo, and never by policy. Refusals: kExpect, kFrozen, kNoStandby, kNotRipe, kDraining.
[[nodiscard]] Result<SlotId> may_rotate(const InstitutionFacts& institution, const LifecyclePolicy& policy,
                                        const Now& now, const Request& request);
// May signing go back? The value is the slot that would become active. Refusals: kExpect, kNothingToUndo.
[[nodiscard]] Result<SlotId> may_undo(const InstitutionFacts& institution, const LifecyclePolicy& policy,
                                      const Now& now, const Request& request);
// The move of signing that an undo is meant for: by its number, or as the rotation of a bulk run.
struct MoveToUndo {
  std::optional<std::int64_t> number;
  std::optional<std::int64_t> run;
};
// Is the last move that one? Refusal: kNothingToUndo.
[[nodiscard]] Result<void> is_last_move(const InstitutionFacts& institution, const MoveToUndo& move,
                                        const Request& request);
// May the removal be taken back? The value is the slot that would sign again at once; nullopt: none, because it did
// not sign, or that slot was revoked meanwhile. Asked of a departing institution. Refusals: kExpect, kNothingToUndo.
[[nodiscard]] Result<std::optional<SlotId>> may_return(const InstitutionFacts& institution, const Request& request);
// May a fresh key go into this slot? Refusals: kExists (a key is there and in use), kDraining.
[[nodiscard]] Result<void> may_prepare(const InstitutionFacts& institution, SlotId slot,
                                       const LifecyclePolicy& policy, const Now& now, const Request& request);
// What withdrawing a slot's key does to signing.
struct Revocation {
  std::optional<SlotId> swaps_to;  // it signs now: signing moves there first
  bool stops_signing = false;      // it signs now, and nothing else can
};
// May this slot's key be withdrawn? Neither a freeze nor a drain stands in the way: it is for emergencies. Of the
// slot that signs, signing moves to a ripe standby, else back to a slot that still drains; with neither it is refused
// unless `stop_signing`. Refusals: kExpect, kLastKey. A slot without a key, and a departed institution: kNotFound.
[[nodiscard]] Result<Revocation> may_revoke(const InstitutionFacts& institution, SlotId slot, bool stop_signing,
                                            const LifecyclePolicy& policy, const Now& now, const Request& request);
// When the last record of a departing institution may leave.
[[nodiscard]] WallTime leaves_at(const InstitutionFacts& institution, const Now& now);

// The facts after the swap; the caller has asked may_rotate or may_undo. Ends a drain of the new active
// slot, begins one for the slot that is left.
[[nodiscard]] InstitutionFacts swapped(InstitutionFacts institution, SlotId to, Swap how,
                                       const LifecyclePolicy& policy, const Moment& now);
// The facts after a key was withdrawn; the caller has asked may_revoke. The move of a revocation cannot be undone:
// there is no key to go back to.
[[nodiscard]] InstitutionFacts revoked(InstitutionFacts institution, SlotId slot, const Revocation& revocation,
                                       const LifecyclePolicy& policy, const Moment& now);
// The facts when signing begins with that slot.
[[nodiscard]] InstitutionFacts begun(InstitutionFacts institution, SlotId slot, const Moment& now);
// The facts after `remove`: nothing signs; the slot that signed drains, the others keep their drain.
[[nodiscard]] InstitutionFacts departing(InstitutionFacts institution, const LifecyclePolicy& policy,
                                         const Moment& now);
// The facts after the removal was taken back; the caller has asked may_return. No swap from before can be undone.
[[nodiscard]] InstitutionFacts returned(InstitutionFacts institution, std::optional<SlotId> signs_with);

}  // namespace zonestore::dkim
