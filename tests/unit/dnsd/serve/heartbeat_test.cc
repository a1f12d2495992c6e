#include "dnsd/serve/heartbeat.h"

#include <array>
#include <cstdlib>

#include <gtest/gtest.h>
#include <unistd.h>

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

class HeartbeatInterval : public ::testing::Test {
 protected:
  ~HeartbeatInterval() override {
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
  }
};

TEST_F(HeartbeatInterval, IsAQuarterOfWhatTheSupervisorWaits) {
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(heartbeat_interval(), std::chrono::milliseconds{7500});
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(heartbeat_interval(), std::chrono::milliseconds{7500});
}

TEST_F(HeartbeatInterval, IsLongWhereNobodyWaits) {
  EXPECT_EQ(heartbeat_interval(), std::chrono::hours{1});
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(heartbeat_interval(), std::chrono::hours{1}) << "it waits for another process";
}

}  // namespace
}  // namespace dnsd::serve
