// The model's commands.
#include "tests/scenario/lifecycle/model.h"

#include <utility>

namespace tests::lifecycle {
namespace {

constexpr int other(int slot) {
  return 1 - slot;
}

// Takes out the one guard that the command overrides, if it is one that can be; says whether it had refused.
bool lift(std::vector<Refusal>& refusals, const Command& command) {
  const bool can_be_lifted = command.lifts == "E_NOT_RIPE" || command.lifts == "E_FROZEN" ||
                             command.lifts == "E_CNAME_MISSING" || command.lifts == "E_CNAME_WRONG" ||
                             command.lifts == "E_NS_LAG";
  return can_be_lifted &&
         std::erase_if(refusals, [&](const Refusal& refusal) { return refusal.guard == command.lifts; }) > 0;
}

Verdict refused(std::vector<Refusal> refusals) {
  Verdict verdict;
  verdict.refusals = std::move(refusals);
  return verdict;
}

Verdict nothing_to_do() {
  return {};
}

Verdict no_such_thing() {
  Verdict verdict;
  verdict.not_found = true;
  return verdict;
}

}  // namespace

Model::Model(const Timeline& timeline, int institutions)
    : timeline_(timeline),
      last_(timeline.now()),
      negative_ttls_{{300 * kSecond, std::nullopt}},
      institutions_(static_cast<std::size_t>(institutions)) {}

Verdict Model::apply(const Command& command) {
  keep_moment(command);
  switch (command.verb) {
    case Verb::kMaintain:
      return maintain(command);
    case Verb::kSetPolicy:
      return set_policy(command);
    case Verb::kSetNegativeTtl:
      return set_negative_ttl(command);
    default:
      break;
  }
  if (command.who == kWholeStore) {
    return set_frozen(frozen_, command);
  }
  Institution& institution = institutions_.at(static_cast<std::size_t>(command.who));
  if (command.verb == Verb::kAdd) {
    return add(institution, command);
  }
  if (institution.life == Life::kAbsent) {
    return no_such_thing();
  }
  switch (command.verb) {
    case Verb::kRemove:
      return remove(institution, command);
    case Verb::kRotate:
    case Verb::kRotateWithoutPrivateKey:
    case Verb::kRotateWithStaleSigner:
    case Verb::kRotateUnfollowed:
      return rotate(institution, command);
    case Verb::kUndo:
      return undo(institution, command);
    case Verb::kPrepare:
      return prepare(institution, command);
    case Verb::kRevoke:
      return revoke(institution, command);
    case Verb::kRevokeHeld:
      return revoke_held(institution, command);
    case Verb::kSee:
      see(institution, command);
      return nothing_to_do();
    case Verb::kJudgeByPolicy:
      return judge_by_policy(institution);
    default:
      return set_frozen(institution.frozen, command);
  }
}

Verdict Model::done() {
  Verdict verdict;
  verdict.changed = true;
  verdict.changes = 1;
  return verdict;
}

Verdict Model::add(Institution& institution, const Command& command) {
  std::vector<Refusal> refusals;
  if (command.lifts != "E_KEY_TYPE") {
    refusals.push_back({"E_KEY_TYPE", std::nullopt});  // all of these institutions have Ed25519 keys
  }
  if (institution.life == Life::kDeparting && !has_left(institution)) {
    refusals.push_back({"E_EXISTS", leaves_at(institution)});
  } else if (institution.life == Life::kIdle || institution.life == Life::kSigning) {
    refusals.push_back({"E_EXISTS", std::nullopt});
  }
  if (!refusals.empty()) {
    return refused(std::move(refusals));
  }
  if (!command.dry_run) {
    const bool is_new = institution.slots[0].served.empty();
    for (Slot& slot : institution.slots) {  // of an earlier life nothing counts but what its names have served
      slot.cname.reset();
      slot.servers.reset();
      slot.answer.reset();
    }
    fresh_key(institution, 0);  // what its names have served ends under the policy of the earlier life
    fresh_key(institution, 1);
    institution.policy.clear();
    for (Slot& slot : institution.slots) {  // and is waited for from now on, under that of the new one
      Served& before = slot.served.at(slot.served.size() - 2);
      before.slack = std::max(before.slack, policy(institution, PolicyKey::kSlack));
    }
    institution.life = is_new ? Life::kSigning : Life::kIdle;
    institution.active = is_new ? 0 : -1;
    institution.last_move = Move::kNone;
    institution.frozen = false;
    serve_ttls(institution);
  }
  return done();
}

Verdict Model::remove(Institution& institution, const Command& command) {
  if (institution.life == Life::kDeparting) {
    return nothing_to_do();
  }
  if (!command.dry_run) {
    institution.life_before = institution.life;
    institution.active_before = institution.active;
    institution.last_move = Move::kNone;
    if (institution.life == Life::kSigning) {
      move_signing(institution, -1, Move::kNone);
    }
    institution.life = Life::kDeparting;
    serve_ttls(institution);
  }
  return done();
}

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

Verdict Model::prepare(Institution& institution, const Command& command) {
  if (institution.life == Life::kDeparting) {
    return refused({{"E_DRAINING", leaves_at(institution)}});
  }
  const int slot = command.slot.value_or(slot_to_prepare(institution));
  switch (state(institution, slot)) {
    case State::kDraining: {
      const Drain& drain = *institution.slots.at(static_cast<std::size_t>(slot)).drain;
      return refused({{"E_DRAINING", clears(drain.began, drain.lasts)}});
    }
    case State::kActive:
    case State::kPublished:
    case State::kStandby:
      return refused({{"E_EXISTS", std::nullopt}});
    case State::kEmpty:
    case State::kDrained:
    case State::kRevoked:
      break;
  }
  if (!command.dry_run) {
    fresh_key(institution, slot);
    serve_ttls(institution);
  }
  return done();
}

Verdict Model::revoke(Institution& institution, const Command& command) {
  const int slot = *command.slot;
  const State before = state(institution, slot);
  if (before == State::kRevoked) {
    return nothing_to_do();
  }
  if (command.expect && *command.expect != institution.active) {
    return refused({{"E_EXPECT", std::nullopt}});
  }
  if (before == State::kEmpty) {
    return no_such_thing();
  }
  const State rest = state(institution, other(slot));
  const bool can_swap = rest == State::kStandby || rest == State::kDraining;
  if (before == State::kActive && !can_swap && !command.stop_signing) {
    const bool will_be_ripe = rest == State::kPublished;
    return refused({{"E_LAST_KEY", will_be_ripe ? std::optional(ripe_at(institution, other(slot))) : std::nullopt}});
  }
  Slot& of = institution.slots.at(static_cast<std::size_t>(slot));
  const Millis exposed = timeline_.now().wall + of.served.back().largest_ttl;
  if (!command.dry_run) {
    serve(institution, slot, Content::kRevoked, 0);  // first: the key was never served with another TTL
    if (before == State::kActive) {
      move_signing(institution, can_swap ? other(slot) : -1, Move::kNone);
      institution.life = can_swap ? Life::kSigning : Life::kIdle;
    }
    of.drain.reset();
    serve_ttls(institution);
  }
  Verdict verdict = done();
  verdict.exposed_until = exposed;
  return verdict;
}

// Idle slots are given fresh keys at once (but where nothing is to sign any more); the one that signs waits for them.
Verdict Model::revoke_held(Institution& institution, const Command& command) {
  if (command.dry_run) {
    return done();
  }
  for (int slot = 0; slot < kSlotCount; ++slot) {
    if (slot == institution.active) {
      continue;
    }
    if (institution.life != Life::kDeparting) {
      fresh_key(institution, slot);
    } else if (content_of(institution, slot) == Content::kKey) {
      withdraw(institution, slot, institution.active);
    }
  }
  if (institution.active >= 0 && command.stop_signing) {
    withdraw(institution, institution.active, -1);
    institution.life = Life::kIdle;
  } else if (institution.active >= 0) {
    const auto active = static_cast<std::size_t>(institution.active);
    institution.to_revoke.at(active) = institution.slots.at(active).served.back().key;
  }
  serve_ttls(institution);
  return done();
}

bool Model::revoke_when_ripe(Institution& institution, int slot, bool dry_run) {
  int& key = institution.to_revoke.at(static_cast<std::size_t>(slot));
  if (key == 0 || content_of(institution, slot) != Content::kKey ||
      institution.slots.at(static_cast<std::size_t>(slot)).served.back().key != key) {
    key = 0;  // it has gone another way
    return false;
  }
  const State rest = state(institution, other(slot));
  const bool signs = institution.active == slot;
  if (signs && rest != State::kStandby && rest != State::kDraining) {
    return false;
  }
  if (!dry_run) {
    withdraw(institution, slot, signs ? other(slot) : institution.active);
    serve_ttls(institution);
    key = 0;
  }
  return true;
}

Verdict Model::set_frozen(bool& frozen, const Command& command) {
  const bool wanted = command.verb == Verb::kFreeze;
  if (frozen == wanted) {
    return nothing_to_do();
  }
  if (!command.dry_run) {
    frozen = wanted;
  }
  return done();
}

Verdict Model::maintain(const Command& command) {
  Verdict verdict;
  for (Institution& institution : institutions_) {
    const Step step = due_step(institution);
    if (step == Step::kNothing) {
      continue;
    }
    if (!command.dry_run) {
      take_step(institution, step);
    }
    verdict.changed = true;
    ++verdict.changes;
  }
  for (Institution& institution : institutions_) {
    for (int slot = 0; slot < kSlotCount; ++slot) {
      if (revoke_when_ripe(institution, slot, command.dry_run)) {
        verdict.changed = true;
        verdict.way = "revoked when the fresh key was ripe";
        ++verdict.changes;
      }
    }
  }
  return verdict;
}

Verdict Model::set_policy(const Command& command) {
  const bool is_store = command.who == kWholeStore;
  Verdict verdict;
  verdict.not_found = !is_store && institutions_.at(static_cast<std::size_t>(command.who)).life == Life::kAbsent;
  const Millis floor = command.key == PolicyKey::kDrain ? 96 * kHour : command.key == PolicyKey::kSlack ? kMinute : 0;
  if (command.amount && *command.amount < floor && command.lifts != "E_POLICY_FLOOR") {
    verdict.refusals.push_back({"E_POLICY_FLOOR", std::nullopt});
  }
  if (verdict.not_found || !verdict.refusals.empty()) {
    return verdict;
  }
  std::map<PolicyKey, Millis>& policy =
      is_store ? policy_ : institutions_.at(static_cast<std::size_t>(command.who)).policy;
  const auto found = policy.find(command.key);
  const std::optional<Millis> present = found == policy.end() ? std::nullopt : std::optional(found->second);
  if (present == command.amount) {
    return nothing_to_do();
  }
  if (!command.dry_run) {
    if (command.amount) {
      policy[command.key] = *command.amount;
    } else {
      policy.erase(command.key);
    }
    for (Institution& institution : institutions_) {
      serve_ttls(institution);
    }
  }
  return done();
}

Verdict Model::set_negative_ttl(const Command& command) {
  if (negative_ttls_.back().ttl == *command.amount) {
    return nothing_to_do();
  }
  if (!command.dry_run) {
    negative_ttls_.back().ended = now();
    for (const Institution& institution : institutions_) {
      negative_ttls_.back().slacks.push_back(policy(institution, PolicyKey::kSlack));
    }
    negative_ttls_.push_back({*command.amount, std::nullopt});
  }
  return done();
}

}  // namespace tests::lifecycle
