#include "dnsd/serve/heartbeat.h"

#include <array>

#include <gtest/gtest.h>

namespace dnsd::serve {
namespace {

TEST(Heartbeat, IsThereWhenAllHaveMovedSinceTheLast) {
  Heartbeat heartbeat;
  EXPECT_TRUE(heartbeat.all_moved(std::array<Pulse, 2>{{{1}, {1}}}));
  EXPECT_FALSE(heartbeat.all_moved(std::array<Pulse, 2>{{{1}, {1}}})) << "nobody moved";
  EXPECT_FALSE(heartbeat.all_moved(std::array<Pulse, 2>{{{9}, {1}}})) << "one of two moved";
  EXPECT_TRUE(heartbeat.all_moved(std::array<Pulse, 2>{{{9}, {2}}})) << "each moved, if not at the same time";
  EXPECT_FALSE(heartbeat.all_moved(std::array<Pulse, 2>{{{9}, {3}}}));
}

TEST(Heartbeat, BeginsWithTheFirstMove) {
  Heartbeat heartbeat;
  EXPECT_FALSE(heartbeat.all_moved(std::array<Pulse, 1>{{{0}}}));
  EXPECT_TRUE(heartbeat.all_moved(std::array<Pulse, 1>{{{1}}}));
}

TEST(Heartbeat, AWorkerThatHasEndedNeedNotMove) {
  Heartbeat heartbeat;
  EXPECT_TRUE(heartbeat.all_moved(std::array<Pulse, 2>{{{1}, {1}}}));
  EXPECT_TRUE(heartbeat.all_moved(std::array<Pulse, 2>{{{2}, {1, true}}}));
  EXPECT_FALSE(heartbeat.all_moved(std::array<Pulse, 2>{{{2}, {1, true}}}));
}

}  // namespace
}  // namespace dnsd::serve
