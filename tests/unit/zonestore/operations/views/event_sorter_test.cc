#include "zonestore/operations/views/event_sorter.h"

#include <gmock/gmock.h>

namespace zonestore {
namespace {

using testing::ElementsAre;
using Kind = dkim::ForecastEvent::Kind;

PlannedEvent event(int second, const std::string& code, Kind kind = Kind::kRipens) {
  return {code, {WallTime{Seconds{second}}, kind, dkim::SlotId::kSel2, kind == Kind::kRotates}};
}

std::vector<std::string> visited(EventSorter& sorter, std::size_t most = 100) {
  std::vector<std::string> seen;
  sorter.visit([&](const PlannedEvent& planned) {
    const auto second = std::chrono::duration_cast<Seconds>(planned.event.at.time_since_epoch()).count();
    seen.push_back(std::to_string(second) + " " + planned.code + " " +
                   std::string(dkim::to_text(planned.event.kind)) + (planned.event.is_approximate ? " about" : ""));
    return seen.size() < most;
  });
  return seen;
}

void add_all(EventSorter& sorter) {
  sorter.add(event(5, "mosa"));
  sorter.add(event(5, "mosa", Kind::kRotates));
  sorter.add(event(9, "mosa"));
  sorter.add(event(5, "bern"));
  sorter.add(event(1, "nova"));
  sorter.add(event(-3, "nova"));
  sorter.add(event(7, "a"));
}

class EventSorterTest : public testing::TestWithParam<std::size_t> {};

TEST_P(EventSorterTest, PutsThemInOrderHoweverFewItHolds) {
  EventSorter sorter(GetParam());
  add_all(sorter);
  EXPECT_THAT(visited(sorter), ElementsAre("-3 nova ripens", "1 nova ripens", "5 bern ripens", "5 mosa ripens",
                                           "5 mosa rotates about", "7 a ripens", "9 mosa ripens"));
}

TEST_P(EventSorterTest, StopsWhenItsVisitorDoes) {
  EventSorter sorter(GetParam());
  add_all(sorter);
  EXPECT_THAT(visited(sorter, 2), ElementsAre("-3 nova ripens", "1 nova ripens"));
}

INSTANTIATE_TEST_SUITE_P(RunsOf, EventSorterTest, testing::Values(1, 3, 7, 100));

TEST(EventSorter, KeepsTheSlot) {
  EventSorter sorter(1);
  sorter.add(event(1, "mosa"));
  PlannedEvent without = event(2, "mosa", Kind::kDeparts);
  without.event.slot.reset();
  sorter.add(without);
  std::vector<std::optional<dkim::SlotId>> slots;
  sorter.visit([&](const PlannedEvent& planned) {
    slots.push_back(planned.event.slot);
    return true;
  });
  EXPECT_THAT(slots, ElementsAre(dkim::SlotId::kSel2, std::nullopt));
}

TEST(EventSorter, OfNothingVisitsNothing) {
  EventSorter sorter;
  EXPECT_TRUE(visited(sorter).empty());
}

// 70 runs of 1,000 are merged with blocks that do not divide them.
TEST(EventSorter, MergesManyLongRuns) {
  EventSorter sorter(1'000);
  constexpr int kEvents = 70'000;
  for (int i = 0; i < kEvents; ++i) {
    sorter.add(event(static_cast<int>((static_cast<unsigned>(i) * 2'654'435'761U) % 100'000), "mosa"));
  }
  WallTime last{Seconds{-1}};
  int count = 0;
  sorter.visit([&](const PlannedEvent& planned) {
    EXPECT_LE(last, planned.event.at);
    last = planned.event.at;
    ++count;
    return true;
  });
  EXPECT_EQ(count, kEvents);
}

}  // namespace
}  // namespace zonestore
