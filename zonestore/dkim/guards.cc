// What may be done now, and what a person is told when it may not.
#include <string>

#include "zonestore/dkim/lifecycle.h"

namespace zonestore::dkim {

namespace {

std::string command(std::string_view verb, const Request& request) {
  return "zonectl " + std::string(verb) + " " + std::string(request.code);
}

std::string slot_of(SlotId slot, const Request& request) {
  return to_text(slot) + " of " + std::string(request.code);
}

bool is_lifted(Guard guard, const Request& request) {
  return request.override_guard == guard && can_override(guard);
}

}  // namespace

Result<void> is_as_expected(const InstitutionFacts& institution, const Request& request) {
  if (!request.expect || institution.active == request.expect) {
    return {};
  }
  const std::string code(request.code);
  const std::string actual =
      institution.active ? code + " signs with " + to_text(*institution.active) : code + " does not sign now";
  return refuse(Guard::kExpect, actual + ", not with " + to_text(*request.expect) + " as you expected",
                command("show", request));
}

namespace {

tl::unexpected<Error> being_removed(const InstitutionFacts& institution, const Now& now, const Request& request) {
  return refuse(Guard::kDraining,
                std::string(request.code) + " is being removed; its records stay until its last mail has arrived",
                command("undo", request) + " takes the removal back", leaves_at(institution, now));
}

tl::unexpected<Error> is_gone(const Request& request) {
  return fail(ErrorCode::kNotFound, std::string(request.code) + " was removed and its records are gone",
              command("add", request));
}

// ", and ns2 may still answer with it": of a server that is waited for beside the resolvers.
std::string waited_for_text(const SlotFacts& slot, const LifecyclePolicy& policy, const Now& now) {
  const std::optional<std::string> server = waited_for(slot, policy, now);
  return server ? ", and " + *server + " may still answer with it" : "";
}

std::string waited_for_remedy(const SlotFacts& slot, const LifecyclePolicy& policy, const Now& now) {
  const std::optional<std::string> server = waited_for(slot, policy, now);
  return server
             ? "; or see that " + *server +
                   " follows (zonectl check --own), or take it out (zonectl zone set --ns, zonectl secondary remove)"
             : "";
}

// An institution that does not sign begins by itself, with a key that has ripened; there is nothing that a rotation
// could move.
tl::unexpected<Error> not_signing(const InstitutionFacts& institution, const LifecyclePolicy& policy, const Now& now,
                                  const Request& request) {
  const std::string begin = std::string(request.code) + " does not sign now";
  const std::optional<SlotId> first = starts_with(institution);
  if (!first) {
    return refuse(Guard::kNoStandby, begin + ", and neither slot holds a fresh key to start with",
                  command("prepare", request) + "; signing begins when that key has ripened");
  }
  const std::string slot = to_text(*first);
  if (!is_ripe(facts_of(institution, *first), policy, now)) {
    return refuse(Guard::kNotRipe,
                  begin + ": resolvers may still hold what " + slot + " served before" +
                      waited_for_text(facts_of(institution, *first), policy, now) + "; it starts with " + slot,
                  "zonectl maintain, after that time; no override of a rotation begins signing" +
                      waited_for_remedy(facts_of(institution, *first), policy, now),
                  ripe_at(facts_of(institution, *first), policy, now));
  }
  return refuse(Guard::kNoStandby, begin + ", so there is nothing to move; " + slot + " is ready to start",
                "zonectl maintain");
}

Result<void> check_phase(const InstitutionFacts& institution, const LifecyclePolicy& policy, const Now& now,
                         const Request& request) {
  switch (institution.phase) {
    case Phase::kSigning:
      return {};
    case Phase::kStarting:
      return not_signing(institution, policy, now, request);
    case Phase::kDeparting:
      return being_removed(institution, now, request);
    case Phase::kDeparted:
      return is_gone(request);
  }
  return {};
}

// Would a rotation that overrides this guard, and no other, be done? What is no help is not told.
bool would_rotate_with(Guard guard, const InstitutionFacts& institution, const LifecyclePolicy& policy,
                       const Now& now) {
  if (!institution.active || (institution.frozen && guard != Guard::kFrozen)) {
    return false;
  }
  const SlotId target = other(*institution.active);
  const SlotState state = state_of(institution, target, policy, now);
  const bool may_lead_there =
      state == SlotState::kStandby || state == SlotState::kPublished || is_redo(institution, policy, now);
  return may_lead_there && (guard == Guard::kNotRipe || is_ripe(facts_of(institution, target), policy, now));
}

std::string overriding(Guard guard, const Request& request) {
  return command("rotate", request) + " --override " + std::string(guard_code(guard)) + " --reason \"...\"";
}

std::string thaw_command(const Freeze& freeze, const Request& request) {
  return freeze.whole_store ? "zonectl thaw --all" : command("thaw", request);
}

Result<void> check_not_frozen(const InstitutionFacts& institution, const LifecyclePolicy& policy, const Now& now,
                              const Request& request) {
  if (!institution.frozen || is_lifted(Guard::kFrozen, request)) {
    return {};
  }
  const Freeze& freeze = *institution.frozen;
  const std::string whose = freeze.whole_store ? "the whole store" : std::string(request.code);
  const std::string thaw = thaw_command(freeze, request);
  return refuse(Guard::kFrozen, whose + " is frozen since " + to_rfc3339(freeze.since) + ": " + freeze.reason,
                would_rotate_with(Guard::kFrozen, institution, policy, now)
                    ? thaw + "; or " + overriding(Guard::kFrozen, request)
                    : thaw);
}

tl::unexpected<Error> no_standby(SlotId slot, const std::string& why, const Request& request,
                                 const std::string& instead = "zonectl maintain") {
  return refuse(Guard::kNoStandby, slot_of(slot, request) + " " + why + ", so signing cannot move to it", instead);
}

// "; signing moved from sel1 to sel2 at 2026-11-23T18:01:02Z, by alice"
std::string last_move(const InstitutionFacts& institution) {
  if (!institution.last_swap || !institution.moved || !institution.active) {
    return "";
  }
  return std::string("; signing moved ") + (*institution.last_swap == Swap::kUndo ? "back " : "") + "from " +
         to_text(other(*institution.active)) + " to " + to_text(*institution.active) + " at " +
         to_rfc3339(institution.moved->wall) + (institution.moved_by.empty() ? "" : ", by " + institution.moved_by);
}

tl::unexpected<Error> still_draining(const InstitutionFacts& institution, SlotId slot, const LifecyclePolicy& policy,
                                     const Now& now, const Request& request) {
  std::string instead = "zonectl maintain, after that time, gives " + to_text(slot) + " a fresh key";
  if (may_undo(institution, policy, now, request)) {
    instead = command("undo", request) + ", to move signing back to " + to_text(slot);
  } else if (is_redo(institution, policy, now)) {  // policy asks, and never goes forward again
    instead = command("rotate", request) + ", by hand, to go forward again";
  }
  return refuse(Guard::kDraining,
                "mail signed with " + slot_of(slot, request) + " is still under way" + last_move(institution),
                instead, drained_at(facts_of(institution, slot), now));
}

tl::unexpected<Error> not_ripe(const InstitutionFacts& institution, SlotId slot, const LifecyclePolicy& policy,
                               const Now& now, const Request& request) {
  std::string instead = command("rotate", request) + ", after that time";
  if (institution.frozen) {  // which was overridden; the next attempt overrides one guard too
    instead = thaw_command(*institution.frozen, request) + ", and " + instead;
  } else {
    instead +=
        "; or " + overriding(Guard::kNotRipe, request) + ", if you accept that some receivers will not find the key";
  }
  return refuse(Guard::kNotRipe,
                "resolvers may still hold what " + slot_of(slot, request) + " served before its key" +
                    waited_for_text(facts_of(institution, slot), policy, now),
                instead + waited_for_remedy(facts_of(institution, slot), policy, now),
                ripe_at(facts_of(institution, slot), policy, now));
}

tl::unexpected<Error> nothing_to_undo(const std::string& why, const Request& request) {
  return refuse(Guard::kNothingToUndo, std::string(request.code) + " has nothing to undo: " + why,
                command("show", request));
}

}  // namespace

bool is_redo(const InstitutionFacts& institution, const LifecyclePolicy& policy, const Now& now) {
  return institution.active && institution.last_swap == Swap::kUndo &&
         state_of(institution, other(*institution.active), policy, now) == SlotState::kDraining;
}

Result<SlotId> may_rotate(const InstitutionFacts& institution, const LifecyclePolicy& policy, const Now& now,
                          const Request& request) {
  if (const auto expected = is_as_expected(institution, request); !expected) {
    return tl::unexpected(expected.error());
  }
  if (const auto phase = check_phase(institution, policy, now, request); !phase) {
    return tl::unexpected(phase.error());
  }
  if (const auto frozen = check_not_frozen(institution, policy, now, request); !frozen) {
    return tl::unexpected(frozen.error());
  }
  const SlotId target = other(institution.active.value());
  switch (state_of(institution, target, policy, now)) {
    case SlotState::kEmpty:
      return no_standby(target, "holds no key", request);
    case SlotState::kRevoked:
      return no_standby(target, "was revoked and holds no key", request, command("prepare", request));
    case SlotState::kDrained:
      return no_standby(target, "holds a key that has served its time", request);
    case SlotState::kDraining:
      if (request.by_policy || !is_redo(institution, policy, now)) {
        return still_draining(institution, target, policy, now, request);
      }
      break;
    case SlotState::kPublished:
    case SlotState::kStandby:
    case SlotState::kActive:
      break;
  }
  // Of a redo too: the first rotation may have been an override.
  if (!is_ripe(facts_of(institution, target), policy, now) && !is_lifted(Guard::kNotRipe, request)) {
    return not_ripe(institution, target, policy, now, request);
  }
  return target;
}

Result<SlotId> may_undo(const InstitutionFacts& institution, const LifecyclePolicy& policy, const Now& now,
                        const Request& request) {
  if (const auto expected = is_as_expected(institution, request); !expected) {
    return tl::unexpected(expected.error());
  }
  if (institution.phase != Phase::kSigning || !institution.active) {
    return nothing_to_undo("it does not sign now", request);
  }
  if (!institution.last_swap) {
    return nothing_to_undo("there is no move of signing that could be taken back", request);
  }
  if (*institution.last_swap == Swap::kUndo) {
    return nothing_to_undo("the last move was itself an undo", request);
  }
  const SlotId target = other(*institution.active);
  switch (state_of(institution, target, policy, now)) {
    case SlotState::kDraining:
      return target;
    case SlotState::kDrained:
      return nothing_to_undo("the key in " + to_text(target) + " has served its time", request);
    case SlotState::kEmpty:
    case SlotState::kRevoked:
      return nothing_to_undo(to_text(target) + " holds no key any more", request);
    case SlotState::kPublished:
    case SlotState::kStandby:
    case SlotState::kActive:
      break;
  }
  return nothing_to_undo("the key in " + to_text(target) + " is a new one that has not signed", request);
}

Result<void> is_last_move(const InstitutionFacts& institution, const MoveToUndo& move, const Request& request) {
  const bool is_number = !move.number || institution.moves == *move.number;
  const bool is_of_run = !move.run || institution.moved_in_run == move.run;
  if (is_number && is_of_run) {
    return {};
  }
  const std::string meant =
      move.run ? "the rotation of bulk run " + std::to_string(*move.run) : std::string("the move that was meant");
  return nothing_to_undo("its last move is not " + meant + last_move(institution), request);
}

Result<std::optional<SlotId>> may_return(const InstitutionFacts& institution, const Request& request) {
  if (const auto expected = is_as_expected(institution, request); !expected) {
    return tl::unexpected(expected.error());
  }
  if (institution.phase != Phase::kDeparting) {
    return nothing_to_undo("it is not being removed", request);
  }
  if (!institution.removal || !institution.removal->signed_with ||
      !facts_of(institution, *institution.removal->signed_with).has_key) {
    return std::optional<SlotId>{};
  }
  return institution.removal->signed_with;
}

Result<void> may_prepare(const InstitutionFacts& institution, SlotId slot, const LifecyclePolicy& policy,
                         const Now& now, const Request& request) {
  if (institution.phase == Phase::kDeparting) {
    return being_removed(institution, now, request);
  }
  if (institution.phase == Phase::kDeparted) {
    return is_gone(request);
  }
  const std::string subject = slot_of(slot, request);
  switch (state_of(institution, slot, policy, now)) {
    case SlotState::kEmpty:
    case SlotState::kRevoked:
    case SlotState::kDrained:
      return {};
    case SlotState::kDraining:
      return refuse(Guard::kDraining, "mail signed with " + subject + " is still under way",
                    "zonectl maintain, after that time, gives " + to_text(slot) + " a fresh key",
                    drained_at(facts_of(institution, slot), now));
    case SlotState::kPublished:
    case SlotState::kStandby:
      return refuse(Guard::kExists, subject + " already holds a fresh key", command("show", request));
    case SlotState::kActive:
      break;
  }
  const bool can_rotate =
      may_rotate(institution, policy, now, {request.code, std::nullopt, std::nullopt}).has_value();
  return refuse(Guard::kExists, subject + " holds the key that signs now",
                command(can_rotate ? "rotate" : "show", request));
}

namespace {

// A slot to which signing may move when the one that signs is withdrawn.
bool can_take_over(SlotState state) {
  return state == SlotState::kStandby || state == SlotState::kDraining;
}

tl::unexpected<Error> last_key(const InstitutionFacts& institution, SlotId slot, const LifecyclePolicy& policy,
                               const Now& now, const Request& request) {
  const SlotId rest = other(slot);
  const std::string revoke = command("revoke", request) + " " + to_text(slot);
  const std::string stop = "; or " + revoke + " --stop-signing, if its mail shall leave unsigned from now on";
  const std::string head = std::string(request.code) + " signs with " + to_text(slot) + " and " + to_text(rest);
  const bool ripens = state_of(institution, rest, policy, now) == SlotState::kPublished;
  return ripens ? refuse(Guard::kLastKey, head + " is not ripe yet: revoking would end all signing",
                         revoke + ", after that time" + stop, ripe_at(facts_of(institution, rest), policy, now))
                : refuse(Guard::kLastKey, head + " holds no usable key: revoking would end all signing",
                         command("prepare", request) + " first" + stop);
}

}  // namespace

Result<Revocation> may_revoke(const InstitutionFacts& institution, SlotId slot, bool stop_signing,
                              const LifecyclePolicy& policy, const Now& now, const Request& request) {
  if (const auto expected = is_as_expected(institution, request); !expected) {
    return tl::unexpected(expected.error());
  }
  if (institution.phase == Phase::kDeparted) {
    return is_gone(request);
  }
  if (!facts_of(institution, slot).has_key) {
    return fail(ErrorCode::kNotFound, slot_of(slot, request) + " holds no key, so there is nothing to revoke",
                command("show", request));
  }
  if (institution.active != slot) {
    return Revocation{};
  }
  if (can_take_over(state_of(institution, other(slot), policy, now))) {
    return Revocation{other(slot), false};
  }
  if (!stop_signing) {
    return last_key(institution, slot, policy, now, request);
  }
  return Revocation{std::nullopt, true};
}

}  // namespace zonestore::dkim
