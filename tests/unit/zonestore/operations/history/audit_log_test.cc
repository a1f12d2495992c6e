#include "zonestore/operations/history/audit_log.h"

#include <gmock/gmock.h>

#include "tests/support/store_fixture.h"

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using zonestore::LogFilter;
using zonestore::Seconds;

// Row 1 is init's; rows 2 to 6 are an hour apart.
class AuditLog : public tests::StoreFixture {
 protected:
  AuditLog() {
    change("mosa", "600");
    change("", "700");
    change("mosa", "800");
    change("nova", "900");
    change("mosa", "1000");
  }
  void change(const std::string& subject, const std::string& slack) {
    clock_.advance(std::chrono::hours(1));
    if (!subject.empty() && !zonestore::show_institution(*store_, code(subject))) {
      add(subject);
      return;
    }
    EXPECT_TRUE(zonestore::set_policy(
        *store_, context_, subject.empty() ? std::nullopt : std::optional(code(subject)), "slack", slack + "s"));
  }
  std::vector<std::int64_t> ids(const LogFilter& filter) {
    std::vector<std::int64_t> found;
    EXPECT_TRUE(zonestore::read_log(*store_, filter, [&](const zonestore::AuditEntry& entry) {
      found.push_back(entry.id);
      return true;
    }));
    return found;
  }
  zonestore::WallTime ago(int minutes) { return clock_.now().wall - std::chrono::minutes(minutes); }
};

TEST_F(AuditLog, IsReadWholeOldestFirst) {
  EXPECT_THAT(ids({}), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(AuditLog, IsReadBySubject) {
  EXPECT_THAT(ids({.subjects = {"mosa"}, .since = {}, .newest = {}}), ElementsAre(2, 4, 6));
  EXPECT_THAT(ids({.subjects = {"mosa"}, .since = {}, .newest = 2}), ElementsAre(4, 6));
  EXPECT_THAT(ids({.subjects = {"mosa"}, .since = ago(150), .newest = {}}), ElementsAre(4, 6));
  EXPECT_THAT(ids({.subjects = {"mosa"}, .since = ago(150), .newest = 1}), ElementsAre(6));
  EXPECT_THAT(ids({.subjects = {"bern"}, .since = {}, .newest = {}}), IsEmpty());
  EXPECT_THAT(ids({.subjects = {"bern"}, .since = {}, .newest = 3}), IsEmpty());
  EXPECT_THAT(ids({.subjects = {"mosa", "bern"}, .since = {}, .newest = {}}), ElementsAre(2, 4, 6));
}

TEST_F(AuditLog, IsReadFromATimeOn) {
  EXPECT_THAT(ids({.subjects = {}, .since = ago(150), .newest = {}}), ElementsAre(4, 5, 6));
  EXPECT_THAT(ids({.subjects = {}, .since = ago(150), .newest = 2}), ElementsAre(5, 6));
  EXPECT_THAT(ids({.subjects = {}, .since = ago(150), .newest = 9}), ElementsAre(4, 5, 6));
  EXPECT_THAT(ids({.subjects = {}, .since = ago(-1), .newest = {}}), IsEmpty());
  EXPECT_THAT(ids({.subjects = {}, .since = ago(-1), .newest = 2}), IsEmpty());
}

TEST_F(AuditLog, LeavesOutWhatAClockThatWasSetBackDatedEarlier) {
  clock_.step_wall(-std::chrono::hours(3));
  change("nova", "1100");  // row 7, dated before row 5
  clock_.step_wall(std::chrono::hours(3));
  change("mosa", "1200");
  EXPECT_THAT(ids({.subjects = {}, .since = ago(190), .newest = {}}), ElementsAre(5, 6, 8));
  EXPECT_THAT(ids({.subjects = {}, .since = ago(150), .newest = 2}), ElementsAre(6, 8));
}

}  // namespace
