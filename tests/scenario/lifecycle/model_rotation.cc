// The model's rotations and ways back, and what was seen before them.
#include "tests/scenario/lifecycle/model_answers.h"

namespace tests::lifecycle {
namespace {

// Takes out the one guard that the command overrides, if it is one that can be; says whether it had refused.
bool lift(std::vector<Refusal>& refusals, const Command& command) {
  const bool can_be_lifted = command.lifts == "E_NOT_RIPE" || command.lifts == "E_FROZEN" ||
                             command.lifts == "E_CNAME_MISSING" || command.lifts == "E_CNAME_WRONG" ||
                             command.lifts == "E_NS_LAG";
  return can_be_lifted &&
         std::erase_if(refusals, [&](const Refusal& refusal) { return refusal.guard == command.lifts; }) > 0;
}

}  // namespace

std::vector<Refusal> Model::rotation_refusals(const Institution& institution, const Command& command) const {
  std::vector<Refusal> refusals;
  if (command.expect && *command.expect != institution.active) {
    refusals.push_back({"E_EXPECT", std::nullopt});
  }
  if (institution.frozen || frozen_) {
    refusals.push_back({"E_FROZEN", std::nullopt});
  }
  if (institution.life == Life::kDeparting) {
    refusals.push_back({"E_DRAINING", leaves_at(institution)});
  }
  if (institution.life != Life::kSigning) {
    return refusals;
  }
  const int target = other(institution.active);
  switch (state(institution, target)) {
    case State::kPublished:
      refusals.push_back({"E_NOT_RIPE", ripe_at(institution, target)});
      break;
    case State::kDraining: {
      const Drain& drain = *institution.slots.at(static_cast<std::size_t>(target)).drain;
      if (institution.last_move != Move::kUndo) {
        refusals.push_back({"E_DRAINING", clears(drain.began, drain.lasts)});
      } else if (!is_ripe(institution, target)) {  // forward again: the first time may have been an override
        refusals.push_back({"E_NOT_RIPE", ripe_at(institution, target)});
      }
      break;
    }
    case State::kEmpty:
    case State::kRevoked:
    case State::kDrained:
      refusals.push_back({"E_NO_STANDBY", std::nullopt});
      break;
    case State::kStandby:
    case State::kActive:
      break;
  }
  if (delegated_) {  // before that, what was seen says nothing of us
    evidence_refusals(institution, target, refusals);
  }
  return refusals;
}

// Only what was seen is known: silence changes nothing.
void Model::see(Institution& institution, const Command& command) {
  const int number = *command.slot;
  Slot& slot = institution.slots.at(static_cast<std::size_t>(number));
  const Seen seen{command.sight, key_in(institution, number), timeline_.now()};
  switch (command.sight) {
    case Sight::kCnameRight:
    case Sight::kCnameMissing:
    case Sight::kCnameWrong:
      slot.cname = seen;
      break;
    case Sight::kServersFollow:
    case Sight::kServersLag:
      slot.servers = seen;
      delegated_ = true;
      break;
    case Sight::kAnswerRight:
    case Sight::kAnswerOther:
      slot.answer = seen;
      break;
    case Sight::kAllRight:
      slot.cname = Seen{Sight::kCnameRight, seen.key, seen.when};
      slot.servers = Seen{Sight::kServersFollow, seen.key, seen.when};
      slot.answer = Seen{Sight::kAnswerRight, seen.key, seen.when};
      delegated_ = true;
      break;
    case Sight::kCnameSilent:
    case Sight::kServersSilent:
      break;
  }
}

int Model::key_in(const Institution& institution, int slot) const {
  const std::vector<Served>& served = institution.slots.at(static_cast<std::size_t>(slot)).served;
  return served.empty() ? 0 : served.back().key;
}

std::optional<Millis> Model::age(const Stamp& when) const {
  const Stamp now = timeline_.now();
  const Millis by_wall = now.wall - when.wall;
  if (when.boot != now.boot && !(when.synchronised && now.synchronised)) {
    return std::nullopt;  // nobody can say
  }
  const Millis age = when.boot == now.boot ? std::max(by_wall, now.truly - when.truly) : by_wall;
  return age < 0 ? std::nullopt : std::optional(age);
}

// Bad news stands. Of our servers, and of the whole way, only what was seen of the present key; a CNAME that is wrong
// is so for every key.
void Model::evidence_refusals(const Institution& institution, int target, std::vector<Refusal>& refusals) const {
  const Slot& slot = institution.slots.at(static_cast<std::size_t>(target));
  const int key = key_in(institution, target);
  const auto shows = [&](const std::optional<Seen>& seen, Sight sight) { return seen && seen->sight == sight; };
  if (shows(slot.cname, Sight::kCnameMissing)) {
    refusals.push_back({"E_CNAME_MISSING", std::nullopt});
  }
  if (shows(slot.cname, Sight::kCnameWrong)) {
    refusals.push_back({"E_CNAME_WRONG", std::nullopt});
  }
  if ((shows(slot.servers, Sight::kServersLag) && slot.servers->key == key) ||
      (shows(slot.answer, Sight::kAnswerOther) && slot.answer->key == key)) {
    refusals.push_back({"E_NS_LAG", std::nullopt});
  }
}

// By policy somebody must have seen that all is right: within a day, and of this very key.
Verdict Model::judge_by_policy(const Institution& institution) const {
  std::vector<Refusal> refusals = rotation_refusals(institution, {});
  if (institution.life == Life::kIdle) {
    idle_refusals(institution, refusals);
  }
  if (institution.life == Life::kSigning) {
    const int target = other(institution.active);
    const Slot& slot = institution.slots.at(static_cast<std::size_t>(target));
    if (state(institution, target) == State::kDraining &&
        institution.last_move == Move::kUndo) {  // no redo by policy
      refusals.push_back({"E_DRAINING", clears(slot.drain->began, slot.drain->lasts)});
    }
    if (!delegated_) {  // by hand they are told alone
      evidence_refusals(institution, target, refusals);
    }
    const auto is_good = [&](const std::optional<Seen>& seen, Sight sight) {
      return seen && seen->sight == sight && seen->key == key_in(institution, target) && age(seen->when) <= kDay &&
             age(seen->when);
    };
    if (!is_good(slot.cname, Sight::kCnameRight) || !is_good(slot.servers, Sight::kServersFollow) ||
        !is_good(slot.answer, Sight::kAnswerRight)) {
      refusals.push_back({"E_UNSEEN", std::nullopt});
    }
  }
  return refused(std::move(refusals));
}

// Nothing signs that could be moved: signing begins by itself, when the key that it begins with is ripe.
void Model::idle_refusals(const Institution& institution, std::vector<Refusal>& refusals) const {
  const int first = begins_with(institution);
  if (first >= 0 && state(institution, first) == State::kPublished) {
    refusals.push_back({"E_NOT_RIPE", ripe_at(institution, first)});
  } else {
    refusals.push_back({"E_NO_STANDBY", std::nullopt});
  }
}

Verdict Model::rotate(Institution& institution, const Command& command) {
  if (command.looks && !command.dry_run && institution.life == Life::kSigning) {  // known from now on, done or not
    Command look = command;
    look.slot = other(institution.active);
    see(institution, look);
  }
  std::vector<Refusal> refusals = rotation_refusals(institution, command);
  const bool was_lifted = lift(refusals, command);
  if (institution.life == Life::kIdle) {
    idle_refusals(institution, refusals);
  }
  const bool has_target =
      institution.life == Life::kSigning && content_of(institution, other(institution.active)) == Content::kKey;
  if (has_target && command.verb == Verb::kRotateWithoutPrivateKey) {
    refusals.push_back({"E_KEY_MISMATCH", std::nullopt});
  }
  if (has_target && command.verb == Verb::kRotateWithStaleSigner && !command.dry_run) {  // which asks no signer
    refusals.push_back({"E_SIGNER_STALE", std::nullopt});
  }
  if (!refusals.empty()) {
    return refused(std::move(refusals));
  }
  const bool is_redo = state(institution, other(institution.active)) == State::kDraining;
  const bool is_undone = command.verb == Verb::kRotateUnfollowed && !command.dry_run;
  if (!command.dry_run) {
    move_signing(institution, other(institution.active), Move::kRotate);
  }
  if (is_undone) {
    move_signing(institution, other(institution.active), Move::kUndo);
  }
  Verdict verdict = done();
  verdict.changes += is_undone ? 1 : 0;
  verdict.lifted = was_lifted ? command.lifts : "";
  verdict.way = is_redo ? "redo" : is_undone ? "automatic undo" : "";
  return verdict;
}

// Until its records leave a removal is no more than a word: both are where they were.
Verdict Model::take_removal_back(Institution& institution, const Command& command) {
  if (command.expect) {
    return refused({{"E_EXPECT", std::nullopt}});  // nothing signs
  }
  if (!command.dry_run) {
    const int before = institution.active_before;
    const bool signs = institution.life_before == Life::kSigning && content_of(institution, before) == Content::kKey;
    institution.life = signs ? Life::kSigning : Life::kIdle;
    institution.last_move = Move::kNone;
    if (signs) {
      move_signing(institution, before, Move::kNone);
    }
  }
  Verdict verdict = done();
  verdict.way = "removal taken back";
  return verdict;
}

Verdict Model::undo(Institution& institution, const Command& command) {
  if (institution.life == Life::kDeparting) {
    return take_removal_back(institution, command);
  }
  std::vector<Refusal> refusals;
  if (command.expect && *command.expect != institution.active) {
    refusals.push_back({"E_EXPECT", std::nullopt});
  }
  if (institution.life != Life::kSigning || institution.last_move != Move::kRotate ||
      state(institution, other(institution.active)) != State::kDraining) {
    refusals.push_back({"E_NOTHING_TO_UNDO", std::nullopt});
  }
  if (!refusals.empty()) {
    return refused(std::move(refusals));
  }
  if (!command.dry_run) {
    move_signing(institution, other(institution.active), Move::kUndo);
  }
  return done();
}

}  // namespace tests::lifecycle
