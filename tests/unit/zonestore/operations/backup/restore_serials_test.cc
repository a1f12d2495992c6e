// Whom a restore asks for serials, when, and what it makes of what they say.
#include <gmock/gmock.h>

#include "tests/unit/zonestore/operations/backup/restore_fixture.h"
#include "zonestore/operations/secondaries/secondaries.h"
#include "zonestore/operations/zones/zones.h"

namespace zonestore {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;

class RestoreSerials : public RestoreTest {
 protected:
  void add_secondary_at(const std::string& named, const std::string& address) {
    SecondarySettings settings;
    settings.addresses = {{*parse_secondary_address(address)}};
    settings.key_names.emplace();
    ASSERT_TRUE(add_secondary(*store_, context_, named, settings));
  }
  // Servers that say this, of the zone of the keys.
  AskServers saying(std::vector<ServedSerial> served) {
    return [this, served = std::move(served)](const std::vector<ServersOfZone>& zones) {
      asked_ = zones;
      return Result<std::vector<ServedSerial>>(served);
    };
  }
  static ServedSerial said(const std::string& server, std::optional<std::uint32_t> serial) {
    return {*Name::parse("dkim.secutix.com"), server, serial ? std::optional(Serial{*serial}) : std::nullopt,
            serial ? "" : "no answer"};
  }
  std::uint32_t by_clock() {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::seconds>(clock_.now().wall.time_since_epoch()).count());
  }

  std::vector<ServersOfZone> asked_;
};

TEST_F(RestoreSerials, AsksTheServersOfTheBackupAndOfTheLiveStore) {
  add_secondary_at("ns3", "192.0.2.3");
  back_up();
  add_secondary_at("ns4", "192.0.2.4");
  SecondarySettings moved;
  moved.addresses = {{*parse_secondary_address("192.0.2.33")}};
  ASSERT_TRUE(set_secondary(*store_, context_, "ns3", moved));
  RestoreOptions options;
  options.ask = saying({});
  ASSERT_TRUE(try_restore(options));
  ASSERT_EQ(asked_.size(), 2U);
  std::vector<std::string> texts;
  for (const ServersOfZone::Secondary& each : asked_.front().secondaries) {
    texts.push_back(each.name + " " + each.addresses.front().to_text());
  }
  EXPECT_THAT(texts, ElementsAre("ns3 192.0.2.3:53", "ns3 192.0.2.33:53", "ns4 192.0.2.4:53"));
  EXPECT_EQ(asked_.front().name_servers.size(), 2U) << "each once";
}

TEST_F(RestoreSerials, ComeAfterTheHighestAnswer) {
  back_up();
  const std::uint32_t later = by_clock() + 9'000'000;
  RestoreOptions options;
  options.ask = saying({said("ns1", later - 1), said("ns2", later), said("ns3", std::nullopt), said("ns4", 1)});
  const auto done = try_restore(options);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(serial(), later + 1);
  EXPECT_EQ(done->served.size(), 4U);
  EXPECT_THAT(done->warnings, testing::Contains(HasSubstr("ns2 has serial " + std::to_string(later))));
  EXPECT_THAT(done->warnings, testing::Contains(HasSubstr("ns3 (no answer)")));
}

TEST_F(RestoreSerials, StayAsTheyAreForAnswersThatAreOlder) {
  back_up();
  for (int i = 0; i < 3; ++i) {
    add("m" + std::to_string(i));  // each takes a second of the serial
  }
  const std::uint32_t live = serial();
  RestoreOptions options;
  options.ask = saying({said("ns1", live)});
  const auto done = try_restore(options);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(serial(), live + 1);
  EXPECT_THAT(done->warnings, testing::Not(testing::Contains(HasSubstr("has serial"))));
}

// A server that was seen ahead, by a look of before, and is silent now.
TEST_F(RestoreSerials, ComeAfterWhatALookHasSeen) {
  const std::uint32_t later = by_clock() + 9'000'000;
  const ServerEvidence seen{*Name::parse("dkim.secutix.com"), "ns1.secutix.com (192.0.2.1)", Verdict::kOk,
                            Serial{later}, ""};
  ASSERT_TRUE(record_server_evidence(*store_, {seen}, clock_.now()));
  back_up();
  restore_backup();
  EXPECT_EQ(serial(), later + 1);
}

TEST_F(RestoreSerials, NobodyIsAskedInADryRun) {
  back_up();
  RestoreOptions options;
  options.ask = saying({said("ns1", by_clock() + 9'000'000)});
  ASSERT_TRUE(try_restore(options, true));
  EXPECT_TRUE(asked_.empty());
}

TEST_F(RestoreSerials, OthersReadAndWriteWhileServersAreAsked) {
  add("mosa");
  back_up();
  RestoreOptions options;
  options.ask = [this](const std::vector<ServersOfZone>&) -> Result<std::vector<ServedSerial>> {
    clock_.advance(hours{1});
    auto other = Store::open(dir(), Store::Access::kWrite, clock_);
    EXPECT_TRUE(other);
    EXPECT_TRUE(zonestore::rotate(*other, overriding(Guard::kNotRipe), code("mosa"), {}));
    return fail(ErrorCode::kIo, "the child died", "");
  };
  const auto done = try_restore(options);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(done->warnings, testing::Contains(HasSubstr("the child died")));
  EXPECT_TRUE(has_note(*done, "mosa", "signing is back at sel1")) << "what was done meanwhile is known";
}

}  // namespace
}  // namespace zonestore
