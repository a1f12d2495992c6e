#include "dnsd/net/limits.h"

#include <gtest/gtest.h>

namespace dnsd::net {
namespace {

using std::chrono::seconds;

// What operators and testers are promised; dnsd.toml is held against the same values.
TEST(Limits, HaveThePromisedDefaults) {
  const TcpLimits tcp;
  EXPECT_EQ(tcp.connections, 4096U);
  EXPECT_EQ(tcp.connections_per_address, 64U);
  EXPECT_EQ(tcp.idle, seconds{10});
  EXPECT_EQ(tcp.idle_when_half_full, seconds{2});
  EXPECT_EQ(tcp.message, seconds{3});
  EXPECT_EQ(tcp.write, seconds{5});
  EXPECT_EQ(tcp.lifetime, seconds{300});
  EXPECT_EQ(tcp.queries, 10'000U);
  EXPECT_EQ(tcp.unsent_bytes, 131'072U);
  EXPECT_EQ(tcp.unsent_total_bytes, 8'388'608U);
  EXPECT_EQ(UdpLimits{}.answer_bytes, 1232U);
}

TEST(Limits, LeaveEachConnectionLessUnsentTheMoreThereAre) {
  const TcpLimits tcp;
  EXPECT_EQ(unsent_part(tcp, 4096, 1), 131'072U);
  EXPECT_EQ(unsent_part(tcp, 4096, 64), 131'072U);
  EXPECT_EQ(unsent_part(tcp, 4096, 128), 65'536U);
  EXPECT_EQ(unsent_part(tcp, 4096, 4096), 2048U);
  EXPECT_EQ(unsent_part(tcp, 1024, 128), 16'384U) << "one of four workers has a fourth of it";
  EXPECT_EQ(unsent_part(tcp, 4096, 1'000'000), 2048U);
  TcpLimits little;
  little.unsent_bytes = 1024;
  EXPECT_EQ(unsent_part(little, 4096, 0), 1024U);
}

TEST(Limits, AreSharedOutSoThatEveryWorkerHasSome) {
  EXPECT_EQ(share_of(4096, 1), 4096U);
  EXPECT_EQ(share_of(4096, 4), 1024U);
  EXPECT_EQ(share_of(10, 4), 3U);
  EXPECT_EQ(share_of(1, 8), 1U);
}

}  // namespace
}  // namespace dnsd::net
