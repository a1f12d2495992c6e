#include "tools/zonectl/bulk/warnings.h"

#include <gmock/gmock.h>

namespace zonectl {
namespace {

using ::testing::ElementsAre;
using Warnings = std::vector<std::string>;

std::vector<std::size_t> counts(const Warnings& warnings) {
  std::vector<std::size_t> counted;
  for (const WarningGroup& group : group_warnings(warnings)) {
    counted.push_back(group.count);
  }
  return counted;
}

TEST(GroupWarnings, ThoseThatDifferInWhatIsAnInstitutionsOwnAreOfOneKind) {
  const auto groups = group_warnings(
      {"mosa: nobody has seen within 24 h the CNAME for sel2 of mosamuseum.com (no answer (twice)); zonectl check "
       "mosa",
       "opera: nobody has seen within 24 h the CNAME for sel1 of opera.example (refused); zonectl check opera",
       "zoo: nobody has seen within 24 h the CNAME for sel2 of zoo.example (x), the CNAME for sel2 of a.zoo.example "
       "(y); zonectl check zoo"});
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].count, 3U);
  EXPECT_TRUE(groups[0].example.starts_with("mosa: "));
}

TEST(GroupWarnings, KindsStayApartInTheOrderInWhichTheyCame) {
  EXPECT_THAT(counts({"a: the same key is also in b/sel1", "signers have not followed, maintain tries again: busy",
                      "b: the same key is also in a/sel1", "c: its domain is gone"}),
              ElementsAre(2U, 1U, 1U));
}

TEST(GroupWarnings, NoneAreNoGroup) {
  EXPECT_TRUE(group_warnings({}).empty());
  EXPECT_THAT(counts({"", ""}), ElementsAre(2U));
}

TEST(GroupWarnings, AnOddTextIsItsOwnKind) {
  EXPECT_THAT(counts({"a: )) odd ((", "b: )) odd ((", "x: : :"}), ElementsAre(2U, 1U));
}

}  // namespace
}  // namespace zonectl
