// The model's states, and what passes with time.
#include <limits>

#include "tests/scenario/lifecycle/model.h"

namespace tests::lifecycle {

namespace {

Millis proven(const Stamp& earlier, const Stamp& later) {
  const Millis by_wall = later.wall - earlier.wall;
  if (earlier.boot == later.boot) {
    return std::max<Millis>(std::min(by_wall, later.truly - earlier.truly), 0);
  }
  return earlier.synchronised && later.synchronised ? std::max<Millis>(by_wall, 0) : 0;
}

}  // namespace

Stamp Model::now() const {
  Stamp now = timeline_.now();
  now.trusted = last_.trusted + proven(last_, now);
  return now;
}

// What a dry run does beside its command is done all the same: a signer that comes and goes.
void Model::keep_moment(const Command& command) {
  const bool sees_nobody =
      command.verb == Verb::kSee && institutions_.at(static_cast<std::size_t>(command.who)).life == Life::kAbsent;
  const bool has_a_signer = command.verb == Verb::kRotateWithStaleSigner || command.verb == Verb::kRotateUnfollowed;
  const bool only_asks = command.verb == Verb::kJudgeByPolicy;
  if (!sees_nobody && !only_asks && (!command.dry_run || has_a_signer)) {
    last_ = now();
  }
}

Millis Model::passed(const Stamp& since) const {
  const Stamp at = now();
  return std::max(proven(since, at), at.trusted - since.trusted);
}

// The wall time at which `wait` will have passed, or had passed, if nobody turns a clock: both clocks run on together
// from here, so that only the distance matters.
Millis Model::clears(const Stamp& since, Millis wait) const {
  return now().wall + wait - passed(since);
}

Millis Model::policy(const Institution& institution, PolicyKey key) const {
  static constexpr Millis kDefaults[] = {3600 * kSecond, 300 * kSecond, 10 * kMinute, 7 * kDay};
  if (const auto own = institution.policy.find(key); own != institution.policy.end()) {
    return own->second;
  }
  const auto of_store = policy_.find(key);
  return of_store != policy_.end() ? of_store->second : kDefaults[static_cast<std::size_t>(key)];
}

// A wait keeps the length that it began with, or takes the longer one.
Millis Model::remembered_for(const Institution& institution, const Served& served) const {
  return served.largest_ttl + std::max(served.slack, policy(institution, PolicyKey::kSlack));
}

bool Model::is_ripe(const Institution& institution, int slot) const {
  for (const Served& served : institution.slots.at(static_cast<std::size_t>(slot)).served) {
    if (served.ended && passed(*served.ended) < remembered_for(institution, served)) {
      return false;
    }
  }
  return true;
}

Millis Model::ripe_at(const Institution& institution, int slot) const {
  Millis latest = std::numeric_limits<Millis>::min();
  for (const Served& served : institution.slots.at(static_cast<std::size_t>(slot)).served) {
    if (served.ended) {
      latest = std::max(latest, clears(*served.ended, remembered_for(institution, served)));
    }
  }
  return latest;
}

Content Model::content_of(const Institution& institution, int slot) const {
  const Slot& of = institution.slots.at(static_cast<std::size_t>(slot));
  return of.served.empty() ? Content::kAbsent : of.served.back().content;
}

State Model::state(const Institution& institution, int slot) const {
  if (institution.active == slot) {
    return State::kActive;
  }
  const Content content = content_of(institution, slot);
  if (content != Content::kKey) {
    return content == Content::kRevoked ? State::kRevoked : State::kEmpty;
  }
  if (const std::optional<Drain>& drain = institution.slots.at(static_cast<std::size_t>(slot)).drain) {
    return passed(drain->began) >= drain->lasts ? State::kDrained : State::kDraining;
  }
  return is_ripe(institution, slot) ? State::kStandby : State::kPublished;
}

bool Model::has_left(const Institution& institution) const {
  return state(institution, 0) != State::kDraining && state(institution, 1) != State::kDraining;
}

Millis Model::leaves_at(const Institution& institution) const {
  std::optional<Millis> latest;
  for (const Slot& slot : institution.slots) {
    if (slot.drain) {
      const Millis ends = clears(slot.drain->began, slot.drain->lasts);
      latest = std::max(latest.value_or(ends), ends);
    }
  }
  return latest.value_or(now().wall);
}

bool Model::holds_fresh_key(const Institution& institution, int slot) const {
  const State is = state(institution, slot);
  return is == State::kPublished || is == State::kStandby;
}

// An institution that does not sign begins with the key that was published first, as far as its clocks can tell; with
// sel1's where both are as old, as after it was added again.
int Model::begins_with(const Institution& institution) const {
  if (!holds_fresh_key(institution, 0) || !holds_fresh_key(institution, 1)) {
    return holds_fresh_key(institution, 0) ? 0 : holds_fresh_key(institution, 1) ? 1 : -1;
  }
  const auto published = [&](std::size_t slot) {
    const std::vector<Served>& served = institution.slots.at(slot).served;
    return *served.at(served.size() - 2).ended;
  };
  const Stamp first = published(0);
  const Stamp second = published(1);
  const bool second_is_older = first.boot == second.boot ? second.truly < first.truly : second.wall < first.wall;
  return second_is_older ? 1 : 0;
}

// Beside the slot that signs; else the first that has no fresh key and does not drain, else sel1.
int Model::slot_to_prepare(const Institution& institution) const {
  if (institution.active >= 0) {
    return 1 - institution.active;
  }
  for (int slot = 0; slot < kSlotCount; ++slot) {
    if (!holds_fresh_key(institution, slot) && state(institution, slot) != State::kDraining) {
      return slot;
    }
  }
  return 0;
}

Model::Step Model::due_step(const Institution& institution) const {
  switch (institution.life) {
    case Life::kAbsent:
      break;
    case Life::kIdle:
      return begins_with(institution) >= 0 && state(institution, begins_with(institution)) == State::kStandby
                 ? Step::kBegin
                 : Step::kNothing;
    case Life::kSigning: {
      const State rest = state(institution, 1 - institution.active);
      return rest == State::kEmpty || rest == State::kDrained ? Step::kRefill : Step::kNothing;
    }
    case Life::kDeparting:
      return has_left(institution) ? Step::kLeave : Step::kNothing;
  }
  return Step::kNothing;
}

void Model::take_step(Institution& institution, Step step) {
  switch (step) {
    case Step::kNothing:
      return;
    case Step::kRefill:
      fresh_key(institution, 1 - institution.active);
      break;
    case Step::kBegin:
      move_signing(institution, begins_with(institution), Move::kNone);
      institution.life = Life::kSigning;
      break;
    case Step::kLeave:
      for (int slot = 0; slot < kSlotCount; ++slot) {
        serve(institution, slot, Content::kAbsent, 0);
        institution.slots.at(static_cast<std::size_t>(slot)).drain.reset();
      }
      institution.life = Life::kAbsent;
      institution.policy.clear();
      break;
  }
  serve_ttls(institution);
}

// A name was absent from its last content on, or ever; a resolver may remember that for any negative TTL of that
// time.
void Model::end_absence(const Institution& institution, Slot& slot) {
  const Stamp at = now();
  const Millis absent_since =
      slot.served.size() < 2 ? std::numeric_limits<Millis>::min() : slot.served[slot.served.size() - 2].ended->truly;
  const bool was_served = !slot.served.empty();
  if (was_served) {
    slot.served.pop_back();
  }
  const auto number = static_cast<std::size_t>(&institution - institutions_.data());
  const Millis present = policy(institution, PolicyKey::kSlack);
  for (const NegativeTtl& negative : negative_ttls_) {
    const Stamp ended = negative.ended.value_or(at);
    if (ended.truly > absent_since) {
      const Millis slack = negative.ended && was_served ? negative.slacks.at(number) : present;
      slot.served.push_back({Content::kAbsent, 0, negative.ttl, ended, slack});
    }
  }
}

void Model::serve(Institution& institution, int slot, Content content, int key) {
  Slot& of = institution.slots.at(static_cast<std::size_t>(slot));
  if (content == content_of(institution, slot) && (of.served.empty() || of.served.back().key == key)) {
    return;
  }
  if (content_of(institution, slot) == Content::kAbsent) {
    end_absence(institution, of);
  } else {
    of.served.back().ended = now();
    of.served.back().slack = policy(institution, PolicyKey::kSlack);
  }
  of.served.push_back({content, key, 0, std::nullopt, 0});
}

// What is served now is served with the TTL of the present arrangement, and the largest of them counts.
void Model::serve_ttls(Institution& institution) {
  for (int slot = 0; slot < kSlotCount; ++slot) {
    std::vector<Served>& served = institution.slots.at(static_cast<std::size_t>(slot)).served;
    if (!served.empty() && served.back().content != Content::kAbsent) {
      const PolicyKey key = institution.active == slot ? PolicyKey::kTtlActive : PolicyKey::kTtlOther;
      served.back().largest_ttl = std::max(served.back().largest_ttl, policy(institution, key));
    }
  }
}

void Model::fresh_key(Institution& institution, int slot) {
  institution.slots.at(static_cast<std::size_t>(slot)).drain.reset();
  serve(institution, slot, Content::kKey, ++keys_);
}

// Its key is gone for good: what it was served with until now is not what comes in its place. Nothing drains where
// there is no key.
void Model::withdraw(Institution& institution, int slot, int signs_next) {
  serve(institution, slot, Content::kRevoked, 0);
  if (institution.active != signs_next) {
    move_signing(institution, signs_next, Move::kNone);
  }
  institution.slots.at(static_cast<std::size_t>(slot)).drain.reset();
}

// The slot that is left drains in full from now; the one that signs drains no more.
void Model::move_signing(Institution& institution, int to, Move how) {
  if (institution.active >= 0) {
    institution.slots.at(static_cast<std::size_t>(institution.active)).drain =
        Drain{now(), policy(institution, PolicyKey::kDrain) + policy(institution, PolicyKey::kTtlActive) +
                         policy(institution, PolicyKey::kSlack)};
  }
  if (to >= 0) {
    institution.slots.at(static_cast<std::size_t>(to)).drain.reset();
  }
  institution.active = to;
  institution.last_move = how;
  serve_ttls(institution);
}

Picture Model::picture(int who) const {
  const Institution& institution = institutions_.at(static_cast<std::size_t>(who));
  Picture picture;
  picture.life = institution.life;
  picture.active = institution.active;
  picture.frozen = institution.frozen || frozen_;
  picture.maintain_due = due_step(institution) != Step::kNothing;
  if (institution.life == Life::kDeparting) {
    picture.leaves_at = leaves_at(institution);
  }
  for (int index = 0; index < kSlotCount; ++index) {
    const Slot& slot = institution.slots.at(static_cast<std::size_t>(index));
    SlotPicture& seen = picture.slots.at(static_cast<std::size_t>(index));
    seen.state = state(institution, index);
    seen.content = content_of(institution, index);
    if (seen.content != Content::kAbsent) {
      seen.key = slot.served.back().key;
      seen.ttl = policy(institution, institution.active == index ? PolicyKey::kTtlActive : PolicyKey::kTtlOther);
    }
    if (seen.state == State::kPublished) {
      seen.ripe_at = ripe_at(institution, index);
    }
    if (slot.drain) {
      seen.drained_at = clears(slot.drain->began, slot.drain->lasts);
    }
  }
  return picture;
}

std::vector<Millis> Model::waits() const {
  const Millis at = now().wall;
  std::vector<Millis> waits;
  for (int who = 0; who < institutions(); ++who) {
    for (const SlotPicture& slot : picture(who).slots) {
      for (const std::optional<Millis>& ends : {slot.ripe_at, slot.drained_at}) {
        if (ends && *ends > at) {
          waits.push_back(*ends - at);
        }
      }
    }
  }
  return waits;
}

bool Model::counts_no_time_twice() const {
  const Stamp at = now();
  const auto is_right = [&](const Stamp& since) { return passed(since) <= at.truly - since.truly; };
  for (const Institution& institution : institutions_) {
    for (const Slot& slot : institution.slots) {
      if (slot.drain && !is_right(slot.drain->began)) {
        return false;
      }
      for (const Served& served : slot.served) {
        if (served.ended && !is_right(*served.ended)) {
          return false;
        }
      }
    }
  }
  return true;
}

}  // namespace tests::lifecycle
