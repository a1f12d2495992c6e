#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class KeyPublic : public tests::CommandRun {
 protected:
  KeyPublic() {
    init_and_add("mosa");
    ripen();
    expect_done({"rotate", "mosa"});
    clock_.advance(std::chrono::hours{24 * 10});
    expect_done({"maintain"});
  }
};

TEST_F(KeyPublic, HistoryTellsOfEveryKey) {
  const auto document = json_of({"key", "history", "mosa"});
  EXPECT_EQ(document.at("code"), "mosa");
  ASSERT_THAT(document.at("keys"), SizeIs(3));
  EXPECT_FALSE(document.at("keys").at(0).at("withdrawn").is_null());
  EXPECT_TRUE(document.at("keys").at(2).at("withdrawn").is_null());
  EXPECT_FALSE(document.at("keys").at(0).at("signing").at(0).at("until").is_null());
  EXPECT_THAT(run({"key", "history", "mosa"}).out,
              HasSubstr("sel1\t" + document.at("keys").at(0).at("key_id").get<std::string>() + "\ted25519\t"));
  EXPECT_EQ(run({"key", "history", "nova"}).code, 6);
}

TEST_F(KeyPublic, ExportPrintsWhatIsServedNowUnlessAskedForAll) {
  EXPECT_THAT(json_of({"key", "export-public", "mosa"}).at("keys"), SizeIs(2));
  EXPECT_THAT(json_of({"key", "export-public", "mosa", "sel1"}).at("keys"), SizeIs(1));
  EXPECT_THAT(json_of({"key", "export-public", "mosa", "sel1", "--all"}).at("keys"), SizeIs(2));
  const tests::Outcome text = run({"key", "export-public", "mosa", "sel2"});
  EXPECT_THAT(text.out, HasSubstr("sel2-mosa._domainkey.dkim.secutix.com."));
  EXPECT_THAT(text.out, HasSubstr("\nv=DKIM1; k=ed25519; p="));
  const tests::Outcome pem = run({"key", "export-public", "mosa", "--pem"});
  EXPECT_THAT(pem.out, HasSubstr("-----BEGIN PUBLIC KEY-----\n"));
  EXPECT_THAT(pem.out, Not(HasSubstr("PRIVATE")));
}

TEST_F(KeyPublic, ExportOfADepartedInstitutionNeedsAll) {
  expect_done({"remove", "mosa"});
  clock_.advance(std::chrono::hours{24 * 10});
  expect_done({"maintain"});
  EXPECT_EQ(run({"key", "export-public", "mosa"}).code, 6);
  EXPECT_THAT(json_of({"key", "export-public", "mosa", "--all"}).at("keys"), SizeIs(3));
}

}  // namespace
