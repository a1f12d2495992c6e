#include "tests/scenario/lifecycle/player.h"

#include <algorithm>
#include <iomanip>
#include <sstream>

namespace tests::lifecycle {
namespace {

constexpr std::array<std::string_view, 7> kStates{"EMPTY",    "PUBLISHED", "STANDBY", "ACTIVE",
                                                  "DRAINING", "DRAINED",   "REVOKED"};
constexpr std::size_t kCommandsToShow = 25;

template <class T>
std::string number(const T& value) {
  return std::to_string(value);
}
template <class T>
std::string number(const std::optional<T>& value) {
  return value ? std::to_string(*value) : "none";
}

// "what: the model says A, not B".
template <class T>
std::string differs(const std::string& what, const T& model, const T& subject) {
  return model == subject ? "" : what + ": the model says " + number(model) + ", not " + number(subject);
}

std::string verb_of(const Command& command) {
  Command plain;
  plain.verb = command.verb;
  plain.who = kWholeStore;
  return to_text(plain);
}

std::string refusals_text(const Verdict& verdict) {
  std::string text;
  for (const Refusal& refusal : verdict.refusals) {
    text += std::string(text.empty() ? "" : ", ") + std::string(refusal.guard) + " until " + number(refusal.clears);
  }
  return text;
}

void count(const Command& command, const Verdict& verdict, const Answer& answer, Coverage& coverage) {
  if (!answer.guard.empty()) {
    ++coverage.refused[std::string(answer.guard)];
    coverage.refused_with_time += answer.clears ? 1 : 0;
  } else if (verdict.changed && !command.dry_run) {
    ++coverage.done[verb_of(command)];
    if (!verdict.way.empty()) {
      ++coverage.ways[std::string(verdict.way)];
    }
    if (!verdict.lifted.empty()) {
      ++coverage.lifted[std::string(verdict.lifted)];
    }
  }
}

}  // namespace

std::string Coverage::table() const {
  std::ostringstream text;
  const auto rows = [&](const char* title, const auto& counts) {
    text << title << '\n';
    for (const auto& [name, reached] : counts) {
      text << "  " << std::left << std::setw(34) << name << std::right << std::setw(9) << reached << '\n';
    }
  };
  text << steps << " steps\n";
  rows("refused by", refused);
  rows("done because overridden", lifted);
  rows("done", done);
  rows("of these", ways);
  text << "refusals with the time at which they clear: " << refused_with_time << '\n';
  return text.str();
}

Player::Player(std::uint64_t seed, Choices choices, int institutions, MakeSubject make_subject)
    : seed_(seed),
      model_(timeline_, institutions),
      subject_(make_subject(timeline_, institutions)),
      chooser_(seed, choices) {}

std::string Player::play(std::uint64_t steps, Coverage& coverage) {
  for (std::uint64_t number = 1; number <= steps; ++number) {
    const Command command = chooser_.next(model_);
    last_commands_.push_back(to_text(command));
    if (last_commands_.size() > kCommandsToShow) {
      last_commands_.pop_front();
    }
    ++coverage.steps;
    if (const std::string difference = step(command, coverage); !difference.empty()) {
      return report(number, difference);
    }
  }
  return {};
}

std::string Player::step(const Command& command, Coverage& coverage) {
  if (turns_clock(command.verb)) {
    turn_clock(command);
  } else {
    timeline_.run(1);  // a command takes a moment, so that no two changes have the same
    const Answer answer = subject_->apply(command);
    const Verdict verdict = model_.apply(command);
    count(command, verdict, answer, coverage);
    if (std::string difference = compare_answers(verdict, answer); !difference.empty()) {
      return difference;
    }
    if (std::string wrong = subject_->check_after(command, verdict); !wrong.empty()) {
      return wrong;
    }
  }
  for (int who = 0; who < model_.institutions(); ++who) {
    if (std::string difference = compare_pictures(who); !difference.empty()) {
      return "i" + number(who) + " " + difference;
    }
  }
  return model_.counts_no_time_twice() ? "" : "more time has passed by the clocks than in truth";
}

void Player::turn_clock(const Command& command) {
  switch (command.verb) {
    case Verb::kRun:
      timeline_.run(*command.amount);
      break;
    case Verb::kStepWall:
      timeline_.step_wall(*command.amount);
      break;
    case Verb::kSynchronise:
      timeline_.synchronise();
      break;
    case Verb::kLoseSynchronisation:
      timeline_.lose_synchronisation();
      break;
    default:
      timeline_.reboot(*command.amount);
      subject_->reboot();
      break;
  }
}

std::string Player::compare_answers(const Verdict& verdict, const Answer& answer) const {
  const std::string got = " (got: " + std::string(answer.guard) + " until " + number(answer.clears) + ": " +
                          (answer.done ? "done" : answer.message) + ")";
  if (verdict.not_found && answer.not_found) {
    return "";
  }
  if (verdict.not_found || !verdict.refusals.empty()) {
    const bool is_right = std::find(verdict.refusals.begin(), verdict.refusals.end(),
                                    Refusal{answer.guard, answer.clears}) != verdict.refusals.end();
    const std::string wanted = verdict.not_found ? "says: no such thing, or " : "refuses: ";
    return is_right ? "" : "the model " + wanted + refusals_text(verdict) + got;
  }
  if (!answer.done) {
    return "the model says: done" + got;
  }
  std::string difference = differs("changed", int{verdict.changed}, int{answer.changed});
  difference += differs("number of changes", verdict.changes, answer.changes);
  return difference + differs("exposed until", verdict.exposed_until, answer.exposed_until);
}

std::string Player::compare_pictures(int who) {
  const Picture model = model_.picture(who);
  const Picture subject = subject_->picture(who);
  std::string difference = differs("life", static_cast<int>(model.life), static_cast<int>(subject.life));
  if (model.life == Life::kAbsent || !difference.empty()) {
    return difference;
  }
  if ((subject.active >= 0) != (subject.life == Life::kSigning)) {
    return "signs with none, or does not sign with one";
  }
  difference = differs("active slot", model.active, subject.active) +
               differs("frozen", int{model.frozen}, int{subject.frozen}) +
               differs("leaves at", model.leaves_at, subject.leaves_at) +
               differs("maintain due", int{model.maintain_due}, int{subject.maintain_due});
  for (std::size_t slot = 0; slot < kSlotCount; ++slot) {
    const std::string of_slot = compare_slots(model.slots.at(slot), subject.slots.at(slot));
    difference += of_slot.empty() ? "" : " sel" + number(slot + 1) + " " + of_slot;
  }
  return difference;
}

std::string Player::compare_slots(const SlotPicture& model, const SlotPicture& subject) {
  if (model.state != subject.state) {
    return "is " + std::string(kStates.at(static_cast<std::size_t>(model.state))) + " to the model, not " +
           std::string(kStates.at(static_cast<std::size_t>(subject.state)));
  }
  if (!is_same_key(model.key, subject.key)) {
    return "holds another key than the model's";
  }
  return differs("content", static_cast<int>(model.content), static_cast<int>(subject.content)) +
         differs("TTL", model.ttl, subject.ttl) + differs("ripe at", model.ripe_at, subject.ripe_at) +
         differs("drained at", model.drained_at, subject.drained_at);
}

bool Player::is_same_key(int of_model, int of_subject) {
  if (of_model == 0 || of_subject == 0) {
    return of_model == of_subject;
  }
  return key_of_subject_.try_emplace(of_model, of_subject).first->second == of_subject &&
         key_of_model_.try_emplace(of_subject, of_model).first->second == of_model;
}

std::string Player::report(std::uint64_t step, const std::string& difference) const {
  std::ostringstream text;
  text << difference << "\nseed " << seed_ << ", step " << step << ", at wall " << timeline_.now().wall
       << "; the last commands:\n";
  for (const std::string& command : last_commands_) {
    text << "  " << command << '\n';
  }
  return text.str();
}

}  // namespace tests::lifecycle
