#include "zonestore/operations/views/event_sorter.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "tests/support/temp_directory.h"

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

class EventSorterTest : public testing::Test {
 protected:
  tests::TempDirectory directory_;
};

TEST_F(EventSorterTest, PutsThemInOrder) {
  EventSorter sorter(directory_.path());
  add_all(sorter);
  EXPECT_THAT(visited(sorter), ElementsAre("-3 nova ripens", "1 nova ripens", "5 bern ripens", "5 mosa ripens",
                                           "5 mosa rotates about", "7 a ripens", "9 mosa ripens"));
}

TEST_F(EventSorterTest, StopsWhenItsVisitorDoes) {
  EventSorter sorter(directory_.path());
  add_all(sorter);
  EXPECT_THAT(visited(sorter, 2), ElementsAre("-3 nova ripens", "1 nova ripens"));
}

TEST_F(EventSorterTest, LeavesNoFileBehind) {
  EventSorter sorter(directory_.path());
  add_all(sorter);
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(EventSorterTest, WithoutADirectoryOfTheStoreTakesThatForTemporaryFiles) {
  EventSorter sorter(directory_.path() / "none");
  add_all(sorter);
  EXPECT_EQ(visited(sorter).size(), 7U);
}

TEST_F(EventSorterTest, KeepsTheSlotAndTheGuard) {
  EventSorter sorter(directory_.path());
  sorter.add(event(1, "mosa"));
  PlannedEvent without = event(2, "mosa", Kind::kDeparts);
  without.event.slot.reset();
  without.held_back_by = Guard::kFrozen;
  sorter.add(without);
  std::vector<std::optional<dkim::SlotId>> slots;
  std::vector<std::optional<Guard>> guards;
  sorter.visit([&](const PlannedEvent& planned) {
    slots.push_back(planned.event.slot);
    guards.push_back(planned.held_back_by);
    return true;
  });
  EXPECT_THAT(slots, ElementsAre(dkim::SlotId::kSel2, std::nullopt));
  EXPECT_THAT(guards, ElementsAre(std::nullopt, Guard::kFrozen));
}

TEST_F(EventSorterTest, OfNothingVisitsNothing) {
  EventSorter sorter(directory_.path());
  EXPECT_TRUE(visited(sorter).empty());
}

TEST_F(EventSorterTest, PutsManyInOrder) {
  EventSorter sorter(directory_.path());
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
