#include "dnsd/supervisor.h"

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace dnsd {
namespace {

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
}  // namespace dnsd
