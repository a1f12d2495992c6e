// Plays random commands on the model and on a subject, and stops at the first difference.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <string>

#include "tests/scenario/lifecycle/chooser.h"
#include "tests/scenario/lifecycle/subject.h"

namespace tests::lifecycle {

// How often what was reached, over any number of plays.
struct Coverage {
  std::map<std::string, std::uint64_t, std::less<>> refused;  // by guard
  std::map<std::string, std::uint64_t, std::less<>> lifted;   // by guard: done because it was overridden
  std::map<std::string, std::uint64_t, std::less<>> done;     // by verb
  std::map<std::string, std::uint64_t, std::less<>> ways;     // of these: redo, a removal taken back
  std::uint64_t refused_with_time = 0;
  std::uint64_t steps = 0;

  [[nodiscard]] std::string table() const;
};

class Player {
 public:
  using MakeSubject = std::unique_ptr<Subject> (*)(const Timeline& timeline, int institutions);
  Player(std::uint64_t seed, Choices choices, int institutions, MakeSubject make_subject);

  // Empty: no difference. Otherwise what differs, the seed, the number of the step and the last commands.
  [[nodiscard]] std::string play(std::uint64_t steps, Coverage& coverage);

 private:
  [[nodiscard]] std::string step(const Command& command, Coverage& coverage);
  void turn_clock(const Command& command);
  [[nodiscard]] std::string compare_answers(const Verdict& verdict, const Answer& answer) const;
  [[nodiscard]] std::string compare_pictures(int who);
  [[nodiscard]] std::string compare_slots(const SlotPicture& model, const SlotPicture& subject);
  [[nodiscard]] bool is_same_key(int of_model, int of_subject);
  [[nodiscard]] std::string report(std::uint64_t step, const std::string& difference) const;

  std::uint64_t seed_;
  Timeline timeline_;
  Model model_;
  std::unique_ptr<Subject> subject_;
  Chooser chooser_;
  std::map<int, int> key_of_subject_;  // by the model's
  std::map<int, int> key_of_model_;    // by the subject's
  std::deque<std::string> last_commands_;
};

}  // namespace tests::lifecycle
