// Chooses the next command at random: enough time between them that every guard is met, and every deadline at its
// very millisecond and the one before.
#pragma once

#include <optional>
#include <random>

#include "tests/scenario/lifecycle/command.h"
#include "tests/scenario/lifecycle/model.h"

namespace tests::lifecycle {

struct Choices {
  bool steps_clock = true;  // the wall clock is set, now and then
  bool on_a_store = false;  // with what needs one: kRotateWithoutPrivateKey, kSee
};

class Chooser {
 public:
  Chooser(std::uint64_t seed, Choices choices) : random_(seed), choices_(choices) {}

  [[nodiscard]] Command next(const Model& model);

 private:
  [[nodiscard]] int below(int bound) { return static_cast<int>(random_() % static_cast<std::uint64_t>(bound)); }
  [[nodiscard]] bool one_in(int count) { return below(count) == 0; }
  [[nodiscard]] Command turn_clock(const Model& model);
  [[nodiscard]] Millis time_to_pass(const Model& model);
  [[nodiscard]] Command settings();
  [[nodiscard]] Sight sight();
  void decorate(Command& command);
  void choose_way_back(Command& command, const Model& model);
  [[nodiscard]] Command bulk();
  void lift_what_refuses(Command& command, const Picture& picture);

  std::mt19937_64 random_;
  Choices choices_;
  std::optional<int> undone_;  // the institution whose rotation was taken back last
};

}  // namespace tests::lifecycle
