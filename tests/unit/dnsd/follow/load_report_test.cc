#include "dnsd/follow/load_report.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsd/follow/store_follower.h"
#include "tests/unit/dnsd/follow/two_zone_store.h"

namespace dnsd::follow {
namespace {

class LoadReportTest : public TwoZoneStore {};

TEST_F(LoadReportTest, CountsWhatIsLoaded) {
  StoreFollower follower(directory_.path());
  ASSERT_EQ(follower.look().outcome, StoreFollower::Outcome::kNew);
  const LoadReport report = report_on(follower.loaded(), std::chrono::milliseconds{7});
  EXPECT_EQ(report.zones, 2U);
  EXPECT_EQ(report.names, 3U);
  EXPECT_EQ(report.record_sets, 5U);
  EXPECT_EQ(report.record_data_bytes, follower.loaded().record_data_bytes);
  EXPECT_EQ(report.image_bytes, follower.loaded().image->memory_bytes());
  EXPECT_EQ(report.took.count(), 7);
}

TEST(LoadReport, PrintsALineForEachFigure) {
  const LoadReport report{1, 2, 3, 1000, 1066, std::chrono::milliseconds{4}};
  std::ostringstream out;
  print(report, {5, 6}, out);
  EXPECT_EQ(out.str(),
            "zones: 1\nnames: 2\nrecord sets: 3\nrecord data bytes: 1000\nimage bytes: 1066\n"
            "image bytes for each byte of record data: 1.066\nload milliseconds: 4\nresident bytes: 5\n"
            "peak resident bytes: 6\n");
  EXPECT_EQ(LoadReport{}.ratio(), "0");
}

TEST(LoadReport, KnowsTheMemoryOfThisProcess) {
  constexpr std::uint64_t kPlausible = 1024 * 1024;
  const ProcessMemory memory = process_memory();
  EXPECT_GT(memory.resident_bytes, kPlausible);
  EXPECT_GE(memory.peak_bytes, memory.resident_bytes);
}

}  // namespace
}  // namespace dnsd::follow
