// What the model's commands say, in short. For the sources of the model only.
#pragma once

#include <utility>
#include <vector>

#include "tests/scenario/lifecycle/model.h"

namespace tests::lifecycle {

[[nodiscard]] constexpr int other(int slot) {
  return 1 - slot;
}

[[nodiscard]] inline Verdict refused(std::vector<Refusal> refusals) {
  Verdict verdict;
  verdict.refusals = std::move(refusals);
  return verdict;
}

[[nodiscard]] inline Verdict nothing_to_do() {
  return {};
}

[[nodiscard]] inline Verdict no_such_thing() {
  Verdict verdict;
  verdict.not_found = true;
  return verdict;
}

}  // namespace tests::lifecycle
