#include "zonestore/operations/change/clock_report.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/change/clock.h"
#include "zonestore/operations/change/moment_keeper.h"
#include "zonestore/operations/policy/freeze.h"
#include "zonestore/operations/views/status.h"
#include "zonestore/rows/store_row.h"

namespace zonestore {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Milliseconds kDay = hours(24);

Moment moment(Milliseconds wall, Milliseconds since_boot, const char* identity, bool synchronised) {
  return {WallTime(wall), since_boot, identity, synchronised};
}

KeptTime kept_at(const Moment& moment) {
  KeptTime kept;
  keep(kept, moment);
  return kept;
}

ClockReport report(const Moment& last, const Moment& now, const std::string& missing = {}) {
  const KeptTime kept = kept_at(last);
  return clock_report(kept, trust(kept, now), missing);
}

TEST(ClockReport, SaysNothingOfAClockThatIsRight) {
  const ClockReport said = report(moment(10 * kDay, hours(1), "b", true), moment(11 * kDay, hours(25), "b", true));
  EXPECT_THAT(said.notes, IsEmpty());
  EXPECT_EQ(said.apart, Milliseconds(0));
  EXPECT_EQ(said.expected, WallTime(11 * kDay));
}

TEST(ClockReport, SaysThatTheClockIsNotSynchronisedAndWhatThatCosts) {
  const ClockReport said = report(moment(10 * kDay, hours(1), "b", true), moment(10 * kDay, hours(1), "b", false));
  EXPECT_THAT(said.notes, ElementsAre(AllOf(HasSubstr("not synchronised"), HasSubstr("switched off"))));
}

TEST(ClockReport, SaysThatTheTwoClocksAreMoreThanFiveMinutesApart) {
  const Moment last = moment(10 * kDay, hours(1), "b", true);
  EXPECT_THAT(report(last, moment(10 * kDay + hours(2) + minutes(5), hours(3), "b", true)).notes, IsEmpty());
  EXPECT_THAT(report(last, moment(10 * kDay + hours(2) + minutes(6), hours(3), "b", true)).notes,
              ElementsAre(AllOf(HasSubstr("6m further"), HasSubstr("does not count"))));
  EXPECT_THAT(report(last, moment(10 * kDay + hours(1), hours(3), "b", true)).notes,
              ElementsAre(AllOf(HasSubstr("1h less far"), HasSubstr("last longer by up to 1h"))));
  EXPECT_THAT(report(last, moment(5 * kDay, hours(3), "b", true)).notes,
              ElementsAre(HasSubstr("last longer by up to 2h")));
  EXPECT_THAT(report(last, moment(20 * kDay, hours(3), "another", true)).notes, IsEmpty()) << "of another boot";
}

TEST(ClockReport, SaysWhatIsMissing) {
  const Moment last = moment(10 * kDay, hours(1), "b", true);
  const std::string missing = "/etc/machine-id cannot be read";
  EXPECT_THAT(report(last, moment(11 * kDay, hours(2), "", false), missing).notes,
              ElementsAre(AllOf(HasSubstr(missing), HasSubstr("nothing is proven to pass"))));
  EXPECT_THAT(report(last, moment(11 * kDay, hours(2), "machine:a", false), missing).notes,
              ElementsAre(AllOf(HasSubstr(missing), HasSubstr("within a boot alone"))));
}

class StoreClock : public tests::StoreFixture {};

TEST_F(StoreClock, EachChangeAndStatusSayWhatIsOdd) {
  EXPECT_THAT(freeze(*store_, context_, std::nullopt, "test")->clock, IsEmpty());
  EXPECT_THAT(store_status(*store_)->clock.notes, IsEmpty());
  clock_.set_synchronised(false);
  clock_.step_wall(-hours(1));
  clock_.advance(minutes(10));
  EXPECT_THAT(store_status(*store_)->clock.notes,
              ElementsAre(HasSubstr("not synchronised"), HasSubstr("last longer by up to 10m")));
  EXPECT_THAT(thaw(*store_, context_, std::nullopt)->clock,
              ElementsAre(HasSubstr("not synchronised"), HasSubstr("last longer by up to 10m")));
  EXPECT_THAT(store_status(*store_)->clock.notes, ElementsAre(HasSubstr("not synchronised")))
      << "the change has kept its moment";
}

TEST_F(StoreClock, AnAcceptedClockIsAnAuditedWordAndShortensNoWait) {
  add("mosa");
  clock_.set_synchronised(false);
  clock_.step_wall(30 * kDay);
  const std::size_t rows = audit_rows();
  const WallTime expected = *report_clock(*store_)->expected;
  ChangeContext context = context_;
  context.reason = "compared with the radio clock";
  const auto accepted = accept_clock(*store_, context);
  ASSERT_TRUE(accepted) << accepted.error().message;
  EXPECT_EQ(accepted->wall, clock_.now().wall);
  EXPECT_EQ(accepted->before, expected);
  EXPECT_EQ(report_clock(*store_)->expected, clock_.now().wall);
  EXPECT_EQ(audit_rows(), rows + 1);
  EXPECT_EQ(state("mosa", dkim::SlotId::kSel2), dkim::SlotState::kPublished);
  observe_time(store_->impl());
  EXPECT_EQ(report_clock(*store_)->expected, clock_.now().wall) << "a reading that nobody vouches for moves nothing";
}

TEST_F(StoreClock, InADryRunNothingIsAccepted) {
  clock_.set_synchronised(false);
  clock_.step_wall(30 * kDay);
  const auto expected = report_clock(*store_)->expected;
  ChangeContext context = context_;
  context.dry_run = true;
  ASSERT_TRUE(accept_clock(*store_, context));
  EXPECT_EQ(report_clock(*store_)->expected, expected);
}

}  // namespace
}  // namespace zonestore
