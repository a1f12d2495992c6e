#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace tests {
namespace {

using ::testing::HasSubstr;

class CatalogCommands : public CommandRun {
 protected:
  void SetUp() override { init(); }
  void set() { expect_done({"catalog", "set", "catalog.secutix.invalid"}); }
  void add_consumer() {
    expect_done({"secondary", "add", "ns2", "--address", "192.0.2.53", "--key", "ns2-key", "--catalog"});
  }
};

TEST_F(CatalogCommands, SetSaysWhoHasIt) {
  EXPECT_THAT(run({"catalog", "set", "catalog.secutix.invalid"}).out,
              HasSubstr("catalog.secutix.invalid: set, 2 zones, serial "));
  add_consumer();
  const Outcome again = run({"catalog", "set", "catalog.secutix.invalid"});
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.out, HasSubstr("nothing to do"));
  EXPECT_THAT(again.out, HasSubstr("  for       ns2\n"));
  EXPECT_THAT(run({"secondary", "show", "ns2"}).out, HasSubstr("  catalog   catalog.secutix.invalid\n"));
}

TEST_F(CatalogCommands, ItsFormIsThatOfTheManual) {
  add_consumer();
  set();
  const auto shown = json_of({"catalog", "show"});
  EXPECT_EQ(shown["zone"], "catalog.secutix.invalid.");
  ASSERT_EQ(shown["members"].size(), 2U);
  EXPECT_EQ(shown["members"][0]["zone"], "dkim.secutix.com.");
  EXPECT_EQ(shown["members"][0]["label"].get<std::string>().size(), 16U);
  EXPECT_EQ(shown["consumers"], nlohmann::json({"ns2"}));
  EXPECT_EQ(json_of({"zone", "show", "catalog.secutix.invalid"})["catalog"], true);
  EXPECT_EQ(json_of({"zone", "show", "dkim.secutix.com"})["catalog"], false);
  EXPECT_EQ(json_of({"catalog", "unset", "--dry-run"})["catalog"], shown);
}

TEST_F(CatalogCommands, RefusalsHaveTheirExitCodes) {
  EXPECT_EQ(run({"catalog", "show"}).code, 6);
  EXPECT_EQ(run({"catalog", "unset"}).code, 6);
  EXPECT_EQ(run({"catalog", "set", "a..b"}).code, 2);
  EXPECT_THAT(run({"catalog", "set", "x.dkim.secutix.com"}).err, HasSubstr("E_RESERVED"));
  EXPECT_EQ(run({"catalog", "set", "x.dkim.secutix.com"}).code, 3);
  set();
  EXPECT_THAT(run({"catalog", "set", "other.invalid"}).err, HasSubstr("E_EXISTS"));
  EXPECT_EQ(run({"secondary", "add", "ns2", "--address", "192.0.2.53", "--no-key", "--catalog"}).code, 3);
  add_consumer();
  EXPECT_EQ(run({"secondary", "set", "ns2", "--zone", "spf.secutix.com"}).code, 2) << "the catalog lists all zones";
  EXPECT_EQ(run({"secondary", "set", "ns2", "--catalog", "--no-catalog"}).code, 2);
}

TEST_F(CatalogCommands, UnsetSaysWhatEachConsumerNeedsFirst) {
  add_consumer();
  set();
  const Outcome unset = run({"catalog", "unset"});
  EXPECT_EQ(unset.code, 0) << unset.err;
  EXPECT_THAT(unset.out, HasSubstr("consumers keep the zones"));
  EXPECT_THAT(unset.out + unset.err, HasSubstr("zonectl secondary config ns2 --for SERVER"));
  EXPECT_THAT(run({"secondary", "show", "ns2"}).out, HasSubstr("none is set yet: zonectl catalog set NAME"));
}

}  // namespace
}  // namespace tests
