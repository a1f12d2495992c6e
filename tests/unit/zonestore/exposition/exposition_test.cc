#include "zonestore/exposition/exposition.h"

#include <array>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace zonestore::exposition {
namespace {

TEST(Exposition, WritesHelpAndTypeOnceAFamily) {
  Exposition all;
  all.family("dnsd_queries_total", "Queries received", Kind::kCounter).add(std::uint64_t{17}, {{"transport", "udp"}});
  all.family("dnsd_queries_total", "Queries received", Kind::kCounter).add(std::uint64_t{3}, {{"transport", "tcp"}});
  EXPECT_EQ(all.text(),
            "# HELP dnsd_queries_total Queries received\n"
            "# TYPE dnsd_queries_total counter\n"
            "dnsd_queries_total{transport=\"udp\"} 17\n"
            "dnsd_queries_total{transport=\"tcp\"} 3\n");
}

TEST(Exposition, PutsFamiliesInTheOrderOfTheirNames) {
  Exposition all;
  all.family("b", "Second", Kind::kGauge).add(2.0);
  all.family("a", "First", Kind::kGauge).add(1.0);
  EXPECT_EQ(all.text(), "# HELP a First\n# TYPE a gauge\na 1\n# HELP b Second\n# TYPE b gauge\nb 2\n");
}

TEST(Exposition, SaysOfAFamilyWithoutSamplesWhatItWouldBe) {
  Exposition all;
  all.family("nothing", "Is here", Kind::kGauge);
  EXPECT_EQ(all.text(), "# HELP nothing Is here\n# TYPE nothing gauge\n");
}

TEST(Exposition, GivesItsSamplesOneByOne) {
  Exposition all;
  all.family("a", "A", Kind::kGauge).add(0.5, {{"zone", "x"}}).add(std::uint64_t{7});
  std::string seen;
  all.for_each([&seen](const std::string& name, const Labels& labels, const std::string& value) {
    seen += name + "/" + std::to_string(labels.size()) + "/" + value + " ";
  });
  EXPECT_EQ(seen, "a/1/0.5 a/0/7 ");
}

TEST(Exposition, EscapesWhatWouldEndALineOrAValue) {
  Exposition all;
  all.family("a", "One\\two\nthree \"four\"", Kind::kGauge).add(1.0, {{"zone", "x\"y\\z\n"}, {"peer", "p"}});
  EXPECT_EQ(all.text(),
            "# HELP a One\\\\two\\nthree \"four\"\n# TYPE a gauge\na{zone=\"x\\\"y\\\\z\\n\",peer=\"p\"} 1\n");
}

TEST(Exposition, KeepsWholeNumbersWholeAndFractionsShort) {
  Exposition all;
  Family& family = all.family("a", "A", Kind::kGauge);
  family.add(std::numeric_limits<std::uint64_t>::max()).add(0.25).add(1796057347.5).add(std::nan("")).add(-HUGE_VAL);
  EXPECT_EQ(all.text(),
            "# HELP a A\n# TYPE a gauge\na 18446744073709551615\na 0.25\na 1796057347.5\na NaN\na -Inf\n");
}

TEST(Exposition, AddsAHistogramsBucketsUp) {
  constexpr std::array kBounds{0.001, 0.5};
  constexpr std::array<std::uint64_t, 3> kCounts{4, 0, 2};
  Exposition all;
  all.family("a_seconds", "A", Kind::kHistogram).add(Histogram{kBounds, kCounts, 7.5}, {{"transport", "udp"}});
  EXPECT_EQ(all.text(),
            "# HELP a_seconds A\n# TYPE a_seconds histogram\n"
            "a_seconds_bucket{transport=\"udp\",le=\"0.001\"} 4\n"
            "a_seconds_bucket{transport=\"udp\",le=\"0.5\"} 4\n"
            "a_seconds_bucket{transport=\"udp\",le=\"+Inf\"} 6\n"
            "a_seconds_sum{transport=\"udp\"} 7.5\n"
            "a_seconds_count{transport=\"udp\"} 6\n");
}

}  // namespace
}  // namespace zonestore::exposition
