#include "tests/scenario/lifecycle/chooser.h"

#include <array>
#include <utility>

namespace tests::lifecycle {
namespace {

// How often each is chosen, of a hundred or so.
constexpr std::array<std::pair<Verb, int>, 12> kWeights{{
    {Verb::kRun, 36},
    {Verb::kRotate, 20},
    {Verb::kUndo, 9},
    {Verb::kMaintain, 11},
    {Verb::kPrepare, 6},
    {Verb::kRevoke, 4},
    {Verb::kRevokeHeld, 2},
    {Verb::kAdd, 5},
    {Verb::kRemove, 2},
    {Verb::kFreeze, 1},
    {Verb::kThaw, 4},
    {Verb::kSetPolicy, 4},
}};
constexpr int kAllWeights = 104;

// Of each policy, two values beside its default.
constexpr std::array<std::array<Millis, 2>, 4> kPolicyValues{{
    {kHour / 2, 6 * kHour},
    {kMinute, kHour},
    {kMinute / 2, kHour},
    {95 * kHour, 10 * kDay},
}};

}  // namespace

Command Chooser::next(const Model& model) {
  int weight = below(kAllWeights);
  Verb verb = Verb::kRun;
  for (const auto& [each, its_weight] : kWeights) {
    if (weight < its_weight) {
      verb = each;
      break;
    }
    weight -= its_weight;
  }
  if (verb == Verb::kRun) {
    return turn_clock(model);
  }
  if (verb == Verb::kSetPolicy) {
    return settings();
  }
  if (choices_.on_a_store && one_in(14)) {
    return bulk();
  }
  Command command;
  command.verb = verb;
  command.who = below(model.institutions());
  if (choices_.on_a_store && one_in(10)) {
    const int active = model.picture(command.who).active;
    command.verb = Verb::kSee;
    command.sight = sight();
    command.slot = active < 0 || one_in(4) ? below(kSlotCount) : 1 - active;
    return command;
  }
  choose_way_back(command, model);
  if (choices_.on_a_store && one_in(10)) {
    command.verb = Verb::kJudgeByPolicy;
    return command;
  }
  decorate(command);
  if (choices_.on_a_store && command.verb == Verb::kRotate && one_in(4)) {
    command.looks = true;
    command.sight = sight();
  }
  if (verb == Verb::kRotate && command.lifts.empty() && one_in(6)) {
    lift_what_refuses(command, model.picture(command.who));
  }
  return command;
}

// Most are interrupted, so that there is something to resume; what waits for its turn is soon gone.
Command Chooser::bulk() {
  static constexpr std::array kVerbs{Verb::kBulkRotate, Verb::kBulkRotate, Verb::kBulkRotate, Verb::kBulkResume,
                                     Verb::kBulkResume, Verb::kBulkResume, Verb::kBulkGiveUp, Verb::kBulkDie};
  Command command;
  command.who = kWholeStore;
  command.verb = kVerbs.at(static_cast<std::size_t>(below(static_cast<int>(kVerbs.size()))));
  if ((command.verb == Verb::kBulkRotate && !one_in(4)) || (command.verb == Verb::kBulkResume && one_in(3))) {
    command.serves = below(3);
    command.waits_for_turn = one_in(4);
  }
  if (command.verb == Verb::kBulkRotate && one_in(2)) {
    command.lifts = "E_NOT_RIPE";
  }
  return command;
}

// What a way back leads back from is rare: a removal is soon undone, and an undo soon redone.
void Chooser::choose_way_back(Command& command, const Model& model) {
  const Picture picture = model.picture(command.who);
  if (picture.life == Life::kDeparting && one_in(3)) {
    command.verb = Verb::kUndo;
  }
  if (command.verb == Verb::kUndo) {
    undone_ = command.who;
  } else if (command.verb == Verb::kRotate && undone_ && one_in(2)) {
    command.who = *std::exchange(undone_, std::nullopt);
  }
}

Sight Chooser::sight() {
  static constexpr std::array kSights{
      Sight::kCnameRight,    Sight::kCnameMissing, Sight::kCnameMissing, Sight::kCnameWrong,  Sight::kServersLag,
      Sight::kServersLag,    Sight::kAnswerOther,  Sight::kAnswerRight,  Sight::kCnameSilent, Sight::kServersSilent,
      Sight::kServersFollow, Sight::kAllRight,     Sight::kAllRight,     Sight::kAllRight};
  return kSights.at(static_cast<std::size_t>(below(static_cast<int>(kSights.size()))));
}

// An override that meets no refusal shows nothing.
void Chooser::lift_what_refuses(Command& command, const Picture& picture) {
  if (picture.frozen) {
    command.lifts = "E_FROZEN";
  } else if (picture.active >= 0 &&
             picture.slots.at(static_cast<std::size_t>(1 - picture.active)).state == State::kPublished) {
    command.lifts = "E_NOT_RIPE";
  }
}

void Chooser::decorate(Command& command) {
  static constexpr std::array<std::string_view, 10> kLifts{
      "E_NOT_RIPE", "E_NOT_RIPE", "E_FROZEN",        "E_FROZEN",      "E_NO_STANDBY",
      "E_DRAINING", "E_LAST_KEY", "E_CNAME_MISSING", "E_CNAME_WRONG", "E_NS_LAG"};
  command.dry_run = one_in(12);
  switch (command.verb) {
    case Verb::kRotate:
      if (choices_.on_a_store && one_in(7)) {
        command.verb = one_in(2)   ? Verb::kRotateUnfollowed
                       : one_in(2) ? Verb::kRotateWithoutPrivateKey
                                   : Verb::kRotateWithStaleSigner;
      }
      [[fallthrough]];
    case Verb::kUndo:
      if (one_in(6)) {
        command.expect = below(kSlotCount);
      }
      if (one_in(3)) {
        command.lifts = kLifts.at(static_cast<std::size_t>(below(static_cast<int>(kLifts.size()))));
      }
      break;
    case Verb::kAdd:
      command.lifts = one_in(8) ? "E_EXISTS" : "E_KEY_TYPE";
      break;
    case Verb::kRevoke:
      command.stop_signing = one_in(4);
      if (one_in(6)) {
        command.expect = below(kSlotCount);
      }
      [[fallthrough]];
    case Verb::kPrepare:
      if (command.verb == Verb::kRevoke || !one_in(3)) {
        command.slot = below(kSlotCount);
      }
      break;
    case Verb::kRevokeHeld:
      command.stop_signing = one_in(4);
      break;
    case Verb::kFreeze:
    case Verb::kThaw:
      if (one_in(command.verb == Verb::kFreeze ? 5 : 2)) {
        command.who = kWholeStore;
      }
      break;
    default:
      break;
  }
}

Command Chooser::settings() {
  Command command;
  command.dry_run = one_in(12);
  command.who = kWholeStore;
  if (one_in(5)) {
    command.verb = Verb::kSetNegativeTtl;
    command.amount = one_in(2) ? 300 * kSecond : one_in(2) ? 30 * kSecond : 2000 * kSecond;
    return command;
  }
  command.verb = Verb::kSetPolicy;
  if (one_in(2)) {
    command.who = 0;
  }
  const int key = below(static_cast<int>(kPolicyValues.size()));
  command.key = static_cast<PolicyKey>(key);
  if (const int choice = below(3); choice < 2) {
    command.amount = kPolicyValues.at(static_cast<std::size_t>(key)).at(static_cast<std::size_t>(choice));
  }
  if (one_in(2)) {
    command.lifts = "E_POLICY_FLOOR";
  }
  return command;
}

Millis Chooser::time_to_pass(const Model& model) {
  if (const int choice = below(10); choice < 5) {
    const std::vector<Millis> waits = model.waits();
    if (!waits.empty()) {
      const Millis wait = waits.at(static_cast<std::size_t>(below(static_cast<int>(waits.size()))));
      return choice < 3 ? wait : std::max<Millis>(wait - 1, 1);
    }
  }
  const std::array<Millis, 5> scales{kSecond, kMinute, 20 * kMinute, 3 * kHour, 3 * kDay};
  return 1 + below(static_cast<int>(scales.at(static_cast<std::size_t>(below(5)))));
}

Command Chooser::turn_clock(const Model& model) {
  Command command;
  if (one_in(14)) {
    command.verb = Verb::kReboot;
    command.amount = one_in(2) ? kMinute : kSecond * (1 + below(7200));
    return command;
  }
  if (choices_.steps_clock && one_in(10)) {
    command.verb = one_in(3) ? Verb::kLoseSynchronisation : Verb::kSynchronise;
    return command;
  }
  if (choices_.steps_clock && one_in(8)) {
    command.verb = Verb::kStepWall;
    const std::array<Millis, 4> sizes{kSecond, kHour, kHour, one_in(8) ? 9 * kDay : 20 * kMinute};
    const Millis size = sizes.at(static_cast<std::size_t>(below(4)));
    command.amount = one_in(2) ? size : -size;
    return command;
  }
  command.verb = Verb::kRun;
  command.amount = time_to_pass(model);
  return command;
}

}  // namespace tests::lifecycle
