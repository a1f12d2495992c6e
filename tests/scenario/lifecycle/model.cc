// The model's commands.
#include "tests/scenario/lifecycle/model_answers.h"

namespace tests::lifecycle {
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
  if (is_bulk(command.verb)) {
    return bulk(command);
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
