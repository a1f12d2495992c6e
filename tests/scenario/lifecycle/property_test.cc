// Random commands on the model and on zonestore: no difference, and every guard met.
//
// DNSD_PROPERTY_STEPS and DNSD_PROPERTY_STORE_STEPS set how many steps are played, DNSD_PROPERTY_SEED where they
// begin: a difference names its seed, and that seed alone plays it again.
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/scenario/lifecycle/player.h"

namespace tests::lifecycle {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t by_default) {
  const char* text = std::getenv(variable);
  return text == nullptr ? by_default : std::stoull(text);
}

const std::vector<std::string> kGuardsInMemory{"E_NO_STANDBY", "E_NOT_RIPE", "E_DRAINING", "E_NOTHING_TO_UNDO",
                                               "E_FROZEN",     "E_EXPECT",   "E_EXISTS",   "E_LAST_KEY"};

void expect_all_reached(const Coverage& coverage, const std::vector<std::string>& guards) {
  std::cout << coverage.table();
  for (const std::string& guard : guards) {
    EXPECT_TRUE(coverage.refused.contains(guard)) << guard << " has never refused: this run has shown nothing of it";
  }
  for (const char* guard : {"E_NOT_RIPE", "E_FROZEN"}) {
    EXPECT_TRUE(coverage.lifted.contains(guard)) << guard << " was never overridden";
  }
  EXPECT_GT(coverage.refused_with_time, 0U);
}

void expect_ways(const Coverage& coverage, const std::vector<std::string>& ways) {
  for (const std::string& way : ways) {
    EXPECT_TRUE(coverage.ways.contains(way)) << "there was no " << way;
  }
}

struct Lives {
  std::uint64_t steps = 0;         // of all lives
  std::uint64_t steps_of_one = 0;  // then a new one begins
  int institutions = 1;
};

// One life in four has no step of the clock, so that its states rest on true time alone.
void play_lives(const Lives& lives, bool on_a_store, Player::MakeSubject make_subject, Coverage& coverage) {
  const std::uint64_t first = number_from("DNSD_PROPERTY_SEED", 1);
  for (std::uint64_t seed = first; coverage.steps < lives.steps; ++seed) {
    Player player(seed, Choices{seed % 4 != 0, on_a_store}, lives.institutions, make_subject);
    const std::string difference = player.play(std::min(lives.steps_of_one, lives.steps - coverage.steps), coverage);
    ASSERT_TRUE(difference.empty()) << difference;
  }
}

TEST(LifecycleProperty, ThePureFunctionsDecideAsThePlainModel) {
  Coverage coverage;
  play_lives({number_from("DNSD_PROPERTY_STEPS", 60'000), 400, 2}, false, make_pure_subject, coverage);
  expect_all_reached(coverage, kGuardsInMemory);
  expect_ways(coverage, {"redo", "removal taken back", "revoked when the fresh key was ripe"});
}

TEST(LifecycleProperty, ARealStoreDecidesAsThePlainModel) {
  Coverage coverage;
  play_lives({number_from("DNSD_PROPERTY_STORE_STEPS", 6'000), 400, 3}, true, make_store_subject, coverage);
  std::vector<std::string> guards = kGuardsInMemory;
  guards.insert(guards.end(), {"E_KEY_TYPE", "E_POLICY_FLOOR", "E_KEY_MISMATCH", "E_CNAME_MISSING", "E_CNAME_WRONG",
                               "E_NS_LAG", "E_UNSEEN", "E_SIGNER_STALE"});
  expect_all_reached(coverage, guards);
  expect_ways(coverage, {"redo", "removal taken back", "automatic undo", "revoked when the fresh key was ripe",
                         "bulk run resumed", "bulk run given up"});
}

}  // namespace
}  // namespace tests::lifecycle
