#include "tools/zonectl/session/caller.h"

#include <gtest/gtest.h>

namespace tests {
namespace {

using zonectl::CallerTraces;
using zonectl::parse_user_id;
using zonectl::person_of;
using zonectl::Role;

TEST(Caller, IsWhoLoggedInWhateverSudoSays) {
  const CallerTraces traces{1000, 1001, 998};
  EXPECT_EQ(person_of(traces, Role::kOperator), 1000U);
  EXPECT_EQ(person_of(traces, Role::kAdmin), 1000U);
}

TEST(Caller, IsSudosUserUnderTheDispatcherAlone) {
  const CallerTraces traces{std::nullopt, 1001, 998};
  EXPECT_EQ(person_of(traces, Role::kOperator), 1001U);
  EXPECT_EQ(person_of(traces, Role::kAdmin), 998U);
}

TEST(Caller, IsTheRealUserWhereNothingElseIsKnown) {
  const CallerTraces traces{std::nullopt, std::nullopt, 998};
  EXPECT_EQ(person_of(traces, Role::kOperator), 998U);
}

TEST(Caller, TakesNoNumberThatIsNoUsers) {
  EXPECT_EQ(parse_user_id("0"), 0U);
  EXPECT_EQ(parse_user_id("4294967294"), 4294967294U);
  for (const char* text : {"", "4294967295", "4294967296", "-1", "+1", "1 ", " 1", "1x", "root", "0x1"}) {
    EXPECT_EQ(parse_user_id(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tests
