// zonestore::dkim's functions as the subject. Around them, only what publishing writes down: what each name has
// served.
#include <array>
#include <map>
#include <utility>

#include "tests/scenario/lifecycle/pure_institution.h"
#include "tests/scenario/lifecycle/subject.h"
#include "zonestore/judgement/due.h"

namespace tests::lifecycle {
namespace {

namespace dkim = zonestore::dkim;
using zonestore::Guard;
using zonestore::Seconds;

using Pure = PureInstitution;

Answer not_found() {
  return answer_of({zonestore::ErrorCode::kNotFound, "", "", std::nullopt});
}
Answer refused(Guard guard, std::optional<zonestore::WallTime> clears_at = std::nullopt) {
  return answer_of({zonestore::ErrorCode::kRefused, "", "", zonestore::Refusal{guard, clears_at}});
}

class PureSubject final : public Subject {
 public:
  PureSubject(const Timeline& timeline, int institutions)
      : timeline_(timeline), institutions_(static_cast<std::size_t>(institutions)) {
    keep(kept_, now().moment);
  }

  Answer apply(const Command& command) override;
  Picture picture(int who) override;
  std::string check_after(const Command&, const Verdict&) override { return {}; }

 private:
  [[nodiscard]] zonestore::Now now() const { return {trust(kept_, moment_of(timeline_))}; }
  [[nodiscard]] dkim::LifecyclePolicy policy(const Pure& institution) const;
  [[nodiscard]] static dkim::Request request(const Command& command) {
    dkim::Request request;
    request.code = "mosa";
    request.override_guard = zonestore::guard_from_code(command.lifts);
    if (command.expect) {
      request.expect = dkim::kSlots.at(static_cast<std::size_t>(*command.expect));
    }
    return request;
  }

  Answer add(Pure& institution, const Command& command);
  Answer remove(Pure& institution, const Command& command);
  Answer swap(Pure& institution, const Command& command);
  Answer take_removal_back(Pure& institution, const Command& command);
  Answer prepare(Pure& institution, const Command& command);
  Answer revoke(Pure& institution, const Command& command);
  Answer revoke_held(Pure& institution, const Command& command);
  bool revoke_when_ripe(Pure& institution, std::size_t index, bool dry_run);
  Answer set_frozen(const Command& command);
  Answer maintain(const Command& command);
  Answer set_policy(const Command& command);
  Answer set_negative_ttl(const Command& command);

  bool maintain_one(Pure& institution, bool dry_run);
  void publish(Pure& institution);
  Answer written(Pure& institution, dkim::InstitutionFacts facts, const Command& command);

  const Timeline& timeline_;
  zonestore::KeptTime kept_;
  bool frozen_ = false;
  int keys_ = 0;
  std::map<PolicyKey, Millis> policy_;
  NegativeTtls negative_ttls_;
  std::vector<Pure> institutions_;
};

dkim::LifecyclePolicy PureSubject::policy(const Pure& institution) const {
  dkim::LifecyclePolicy policy;
  for (const auto* values : {&policy_, &institution.policy}) {
    for (const auto& [key, value] : *values) {
      switch (key) {
        case PolicyKey::kTtlActive:
          policy.ttl_active = ttl_from(value);
          break;
        case PolicyKey::kTtlOther:
          policy.ttl_other = ttl_from(value);
          break;
        case PolicyKey::kSlack:
          policy.slack = Seconds{value / kSecond};
          break;
        case PolicyKey::kDrain:
          policy.drain = Seconds{value / kSecond};
          break;
      }
    }
  }
  return policy;
}

Answer PureSubject::apply(const Command& command) {
  if (!command.dry_run) {
    keep(kept_, now().moment);
  }
  switch (command.verb) {
    case Verb::kMaintain:
      return maintain(command);
    case Verb::kSetPolicy:
      return set_policy(command);
    case Verb::kSetNegativeTtl:
      return set_negative_ttl(command);
    case Verb::kFreeze:
    case Verb::kThaw:
      return set_frozen(command);
    default:
      break;
  }
  Pure& institution = institutions_.at(static_cast<std::size_t>(command.who));
  if (command.verb == Verb::kAdd) {
    return add(institution, command);
  }
  if (institution.is_gone()) {
    return not_found();
  }
  switch (command.verb) {
    case Verb::kRemove:
      return remove(institution, command);
    case Verb::kPrepare:
      return prepare(institution, command);
    case Verb::kRevoke:
      return revoke(institution, command);
    case Verb::kRevokeHeld:
      return revoke_held(institution, command);
    default:
      return swap(institution, command);
  }
}

Answer PureSubject::written(Pure& institution, dkim::InstitutionFacts facts, const Command& command) {
  if (!command.dry_run) {
    institution.facts = std::move(facts);
    publish(institution);
  }
  return answer_done(true, 1);
}

Answer PureSubject::add(Pure& institution, const Command& command) {
  if (command.lifts != "E_KEY_TYPE") {
    return refused(Guard::kKeyType);
  }
  const dkim::Phase phase = institution.facts.phase;
  const bool is_departing = phase == dkim::Phase::kDeparting;
  if (phase != dkim::Phase::kDeparted && !(is_departing && has_left(institution.facts, now()))) {
    return refused(Guard::kExists,
                   is_departing ? std::optional(dkim::leaves_at(institution.facts, now())) : std::nullopt);
  }
  if (command.dry_run) {
    return answer_done(true, 1);
  }
  institution.facts.phase = dkim::Phase::kStarting;
  institution.facts.last_swap.reset();
  institution.facts.removal.reset();
  const Seconds earlier_slack = policy(institution).slack;
  institution.policy.clear();
  institution.frozen = false;
  for (const dkim::SlotId slot : dkim::kSlots) {
    institution.put_fresh_key(slot, ++keys_);
  }
  if (!institution.is_known) {
    institution.facts = dkim::begun(institution.facts, dkim::SlotId::kSel1, now().moment);
    institution.is_known = true;
  }
  const Answer answer = written(institution, institution.facts, command);
  for (dkim::SlotFacts& slot : institution.facts.slots) {  // what was served until now ended under the old policy
    slot.earlier.back().slack = std::max(slot.earlier.back().slack, earlier_slack);
  }
  return answer;
}

Answer PureSubject::remove(Pure& institution, const Command& command) {
  if (institution.facts.phase == dkim::Phase::kDeparting) {
    return answer_done(false, 0);
  }
  return written(institution, dkim::departing(institution.facts, policy(institution), now().moment), command);
}

Answer PureSubject::take_removal_back(Pure& institution, const Command& command) {
  const auto may = dkim::may_return(institution.facts, request(command));
  if (!may) {
    return answer_of(may.error());
  }
  return written(institution, dkim::returned(institution.facts, *may), command);
}

Answer PureSubject::swap(Pure& institution, const Command& command) {
  if (command.verb == Verb::kUndo && institution.facts.phase == dkim::Phase::kDeparting) {
    return take_removal_back(institution, command);
  }
  dkim::InstitutionFacts facts = institution.facts;
  if (frozen_ || institution.frozen) {
    facts.frozen.emplace();
  }
  const bool rotates = command.verb == Verb::kRotate;
  const dkim::LifecyclePolicy policy = this->policy(institution);
  const auto to = rotates ? dkim::may_rotate(facts, policy, now(), request(command))
                          : dkim::may_undo(facts, policy, now(), request(command));
  if (!to) {
    return answer_of(to.error());
  }
  return written(
      institution,
      dkim::swapped(institution.facts, *to, rotates ? dkim::Swap::kRotate : dkim::Swap::kUndo, policy, now().moment),
      command);
}

Answer PureSubject::prepare(Pure& institution, const Command& command) {
  const dkim::SlotId slot = command.slot ? dkim::kSlots.at(static_cast<std::size_t>(*command.slot))
                                         : dkim::slot_to_prepare(institution.facts, now());
  const auto may = dkim::may_prepare(institution.facts, slot, policy(institution), now(), request(command));
  if (!may) {
    return answer_of(may.error());
  }
  if (!command.dry_run) {
    institution.put_fresh_key(slot, ++keys_);
  }
  return written(institution, institution.facts, command);
}

Answer PureSubject::revoke(Pure& institution, const Command& command) {
  const auto index = static_cast<std::size_t>(*command.slot);
  const dkim::SlotId slot = dkim::kSlots.at(index);
  if (institution.facts.slots.at(index).revoked) {
    return answer_done(false, 0);
  }
  const dkim::LifecyclePolicy policy = this->policy(institution);
  const auto revocation =
      dkim::may_revoke(institution.facts, slot, command.stop_signing, policy, now(), request(command));
  if (!revocation) {
    return answer_of(revocation.error());
  }
  const Millis exposed = timeline_.now().wall + seconds(institution.current.at(index).largest_ttl) * kSecond;
  if (!command.dry_run) {
    institution.keys.at(index) = 0;
  }
  Answer answer =
      written(institution, dkim::revoked(institution.facts, slot, *revocation, policy, now().moment), command);
  answer.exposed_until = exposed;
  return answer;
}

Answer PureSubject::revoke_held(Pure& institution, const Command& command) {
  if (command.dry_run) {
    return answer_done(true, 1);
  }
  const dkim::LifecyclePolicy policy = this->policy(institution);
  const zonestore::Moment moment = now().moment;
  for (std::size_t index = 0; index < kSlotCount; ++index) {
    const dkim::SlotId slot = dkim::kSlots.at(index);
    dkim::InstitutionFacts& facts = institution.facts;
    if (facts.active == slot) {
      continue;
    }
    if (facts.phase != dkim::Phase::kDeparting) {
      institution.put_fresh_key(slot, ++keys_);
    } else if (facts.slots.at(index).has_key) {
      facts = dkim::revoked(facts, slot, {}, policy, moment);
      institution.keys.at(index) = 0;
    }
  }
  if (const auto active = institution.facts.active) {
    const auto index = static_cast<std::size_t>(*active) - 1;
    if (command.stop_signing) {
      institution.facts = dkim::revoked(institution.facts, *active, {std::nullopt, true}, policy, moment);
      institution.keys.at(index) = 0;
    } else {
      institution.to_revoke.at(index) = institution.keys.at(index);
    }
  }
  return written(institution, institution.facts, command);
}

bool PureSubject::revoke_when_ripe(Pure& institution, std::size_t index, bool dry_run) {
  if (institution.to_revoke.at(index) == 0 || institution.to_revoke.at(index) != institution.keys.at(index)) {
    institution.to_revoke.at(index) = 0;
    return false;
  }
  const dkim::SlotId slot = dkim::kSlots.at(index);
  const dkim::LifecyclePolicy policy = this->policy(institution);
  const auto may = dkim::may_revoke(institution.facts, slot, false, policy, now(), {"mosa", {}, {}});
  if (may && !dry_run) {
    institution.facts = dkim::revoked(institution.facts, slot, *may, policy, now().moment);
    institution.keys.at(index) = 0;
    publish(institution);
  }
  return may.has_value();
}

Answer PureSubject::set_frozen(const Command& command) {
  bool* frozen = &frozen_;
  if (command.who != kWholeStore) {
    Pure& institution = institutions_.at(static_cast<std::size_t>(command.who));
    if (institution.is_gone()) {
      return not_found();
    }
    frozen = &institution.frozen;
  }
  const bool wanted = command.verb == Verb::kFreeze;
  if (*frozen == wanted) {
    return answer_done(false, 0);
  }
  if (!command.dry_run) {
    *frozen = wanted;
  }
  return answer_done(true, 1);
}

bool PureSubject::maintain_one(Pure& institution, bool dry_run) {
  dkim::InstitutionFacts& facts = institution.facts;
  const bool is_due = is_maintain_due(facts, policy(institution), now());
  if (!is_due || dry_run) {
    return is_due;
  }
  switch (facts.phase) {
    case dkim::Phase::kStarting:
      facts = dkim::begun(facts, dkim::starts_with(facts).value(), now().moment);
      break;
    case dkim::Phase::kSigning:
      institution.put_fresh_key(dkim::other(*facts.active), ++keys_);
      break;
    case dkim::Phase::kDeparting:
      institution.depart();
      break;
    case dkim::Phase::kDeparted:
      break;
  }
  publish(institution);
  if (institution.is_gone()) {
    institution.policy.clear();
  }
  return true;
}

Answer PureSubject::maintain(const Command& command) {
  int changes = 0;
  for (Pure& institution : institutions_) {
    changes += maintain_one(institution, command.dry_run) ? 1 : 0;
  }
  for (Pure& institution : institutions_) {
    for (std::size_t slot = 0; slot < kSlotCount; ++slot) {
      changes += revoke_when_ripe(institution, slot, command.dry_run) ? 1 : 0;
    }
  }
  return answer_done(changes > 0, changes);
}

Answer PureSubject::set_policy(const Command& command) {
  Pure* institution = command.who == kWholeStore ? nullptr : &institutions_.at(static_cast<std::size_t>(command.who));
  if (institution != nullptr && institution->is_gone()) {
    return not_found();
  }
  const Seconds floor = command.key == PolicyKey::kDrain   ? dkim::kDrainFloor
                        : command.key == PolicyKey::kSlack ? dkim::kSlackFloor
                                                           : Seconds{0};
  const bool is_low = command.amount && Seconds{*command.amount / kSecond} < floor;
  if (is_low && command.lifts != "E_POLICY_FLOOR") {
    return refused(Guard::kPolicyFloor);
  }
  std::map<PolicyKey, Millis>& values = institution == nullptr ? policy_ : institution->policy;
  const auto found = values.find(command.key);
  if ((found == values.end() ? std::nullopt : std::optional(found->second)) == command.amount) {
    return answer_done(false, 0);
  }
  if (command.dry_run) {
    return answer_done(true, 1);
  }
  values.erase(command.key);
  if (command.amount) {
    values[command.key] = *command.amount;
  }
  for (Pure& each : institutions_) {
    if (!each.is_gone()) {
      publish(each);
    }
  }
  return answer_done(true, 1);
}

Answer PureSubject::set_negative_ttl(const Command& command) {
  const zonestore::Ttl ttl = ttl_from(*command.amount);
  if (ttl == negative_ttls_.now) {
    return answer_done(false, 0);
  }
  if (command.dry_run) {
    return answer_done(true, 1);
  }
  negative_ttls_.earlier.push_back({negative_ttls_.now, now().moment});
  negative_ttls_.now = ttl;
  for (Pure& institution : institutions_) {
    institution.renew_absences(ttl, now().moment, policy(institution).slack);
  }
  return answer_done(true, 1);
}

void PureSubject::publish(Pure& institution) {
  institution.publish(policy(institution), negative_ttls_, now().moment);
}

Picture PureSubject::picture(int who) {
  const Pure& institution = institutions_.at(static_cast<std::size_t>(who));
  const dkim::InstitutionFacts& facts = institution.facts;
  const dkim::LifecyclePolicy policy = this->policy(institution);
  const zonestore::Now at = now();
  Picture picture;
  static constexpr std::array kLives{Life::kIdle, Life::kSigning, Life::kDeparting, Life::kAbsent};
  picture.life = kLives.at(static_cast<std::size_t>(facts.phase));
  picture.active = facts.active ? static_cast<int>(*facts.active) - 1 : -1;
  picture.frozen = frozen_ || institution.frozen;
  picture.maintain_due = maintain_one(institutions_.at(static_cast<std::size_t>(who)), true);
  if (facts.phase == dkim::Phase::kDeparting) {
    picture.leaves_at = millis(dkim::leaves_at(facts, at));
  }
  for (std::size_t index = 0; index < kSlotCount; ++index) {
    const dkim::SlotFacts& slot = facts.slots.at(index);
    SlotPicture& seen = picture.slots.at(index);
    seen.state = static_cast<State>(dkim::state_of(facts, slot.slot, policy, at));
    seen.content = institution.current.at(index).content;
    seen.key = institution.keys.at(index);
    if (seen.content != Content::kAbsent) {
      seen.ttl = seconds(dkim::ttl_of(facts, slot.slot, policy)) * kSecond;
    }
    if (seen.state == State::kPublished) {
      seen.ripe_at = millis(dkim::ripe_at(slot, policy, at));
    }
    if (const auto drained = dkim::drained_at(slot, at)) {
      seen.drained_at = millis(*drained);
    }
  }
  return picture;
}

}  // namespace

std::unique_ptr<Subject> make_pure_subject(const Timeline& timeline, int institutions) {
  return std::make_unique<PureSubject>(timeline, institutions);
}

}  // namespace tests::lifecycle
