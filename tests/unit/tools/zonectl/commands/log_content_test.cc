// What the log keeps of what went and came.
#include <fstream>

#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace {

using nlohmann::json;
using testing::SizeIs;

class LogContent : public tests::CommandRun {
 protected:
  LogContent() { init(); }
  void import(const std::string& records) {
    std::ofstream(file("example.zone")) << "$ORIGIN example.com.\n$TTL 60\n@ SOA m.other.net. h 1 3600 600 86400 60\n"
                                           "@ NS ns1.other.net.\n@ NS ns2.other.net.\n"
                                        << records;
    expect_done({"zone", "import", file("example.zone")});
  }
  json newest(const std::string& subject) { return json_of({"log", subject, "--last", "1"}).at("entries").at(0); }
};

TEST_F(LogContent, OfAnImportHoldsTheRecordsThatWentAndWereAltered) {
  import("a A 192.0.2.1\nb A 192.0.2.2\nc A 192.0.2.3\n");
  import("a A 192.0.2.1\nb A 192.0.2.9\n");
  const json entry = newest("example.com");
  const json gone = entry.at("before").at("records_gone_or_altered");
  ASSERT_THAT(gone, SizeIs(2));
  EXPECT_EQ(gone.at(0).at("owner"), "b.example.com.");
  EXPECT_EQ(gone.at(0).at("records"), json({"192.0.2.2"}));
  EXPECT_EQ(gone.at(1).at("owner"), "c.example.com.");
  EXPECT_EQ(entry.at("after").at("records_altered").at(0).at("records"), json({"192.0.2.9"}));
}

TEST_F(LogContent, OfARemovedZoneHoldsItsRecords) {
  import("a A 192.0.2.1\n");
  expect_done({"zone", "remove", "example.com"});
  EXPECT_EQ(newest("example.com").at("before").at("records_gone").at(0).at("owner"), "a.example.com.");
}

TEST_F(LogContent, OfManyRecordsHoldsTheFirstThousandAndHowManyMore) {
  std::string records;
  for (int i = 0; i < 1'005; ++i) {
    records += "h" + std::to_string(i) + " A 192.0.2.1\n";
  }
  import(records);
  expect_done({"zone", "remove", "example.com"});
  EXPECT_THAT(newest("example.com").at("before").at("records_gone"), SizeIs(1'000));
  EXPECT_EQ(newest("example.com").at("before").at("records_gone_more"), 5);
}

TEST_F(LogContent, OfARecordWithGlueHoldsTheGlue) {
  import("");
  expect_done({"record", "add", "example.com", "sub", "NS", "ns.sub.example.com.", "--glue", "192.0.2.1"});
  EXPECT_EQ(newest("example.com").at("after").at("glue_added").at(0).at("records"), json({"192.0.2.1"}));
  expect_done({"record", "add", "example.com", "sub", "NS", "ns.other.net."});
  expect_done({"record", "remove", "example.com", "sub", "NS", "ns.sub.example.com."});
  EXPECT_EQ(newest("example.com").at("before").at("glue_removed").at(0).at("records"), json({"192.0.2.1"}));
}

TEST_F(LogContent, OfAddAndOfTheEndHoldsTheDomains) {
  add("mosa", {"--domain", "mosamuseum.com"});
  EXPECT_EQ(newest("mosa").at("after").at("domains"), json({"mosamuseum.com"}));
  expect_done({"remove", "mosa"});
  clock_.advance(std::chrono::hours{24 * 10});
  expect_done({"maintain"});
  EXPECT_EQ(newest("mosa").at("before").at("domains"), json({"mosamuseum.com"}));
}

}  // namespace
