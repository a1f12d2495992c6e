// SPF, zone settings, policy, key export, init: what is not about one institution's rotation.
#include <fstream>
#include <sstream>

#include <sys/stat.h>

#include "tests/support/store_fixture.h"
#include "zonestore/operations/keys/key_export.h"
#include "zonestore/operations/policy/spf_policy.h"
#include "zonestore/operations/zones/init_store.h"
#include "zonestore/operations/zones/zones.h"

namespace zonestore {
namespace {

using tests::refusal_of;

class Settings : public tests::StoreFixture {
 protected:
  static std::vector<spf::Term> terms(std::initializer_list<const char*> texts) {
    std::vector<spf::Term> parsed;
    for (const char* text : texts) {
      parsed.push_back(*spf::Term::parse(text));
    }
    return parsed;
  }
  std::string exported(const std::string& apex) {
    std::ostringstream out;
    const auto serial = export_zone(*store_, *Name::parse(apex), out);
    EXPECT_TRUE(serial) << serial.error().message;
    return out.str();
  }
};

TEST_F(Settings, RefreshAndRetryAreNoLongerThanKeysWait) {
  const Name apex = *Name::parse("dkim.secutix.com");
  constexpr std::uint32_t kDaySeconds = 86'400;
  ZoneSettings settings;
  settings.refresh = 29 * kDaySeconds;
  settings.retry = kDaySeconds;
  settings.expire = 90 * kDaySeconds;
  EXPECT_TRUE(set_zone(*store_, context_, apex, settings));
  settings.retry = kDaySeconds + 1;
  const auto refused = set_zone(*store_, context_, apex, settings);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_NE(refused.error().message.find("refresh + retry (2592001) must not be above 30 days"), std::string::npos)
      << refused.error().message;
}

TEST_F(Settings, SpfStartsWithARecordAndDenyNeverTakesItOut) {
  EXPECT_NE(exported("spf.secutix.com").find("\"v=spf1 ~all\""), std::string::npos);
  ASSERT_TRUE(spf_allow(*store_, context_, terms({"ip4:192.28.148.112"})));
  EXPECT_NE(exported("spf.secutix.com").find("\"v=spf1 ip4:192.28.148.112 ~all\""), std::string::npos);
  ASSERT_TRUE(spf_deny(*store_, context_, terms({"ip4:192.28.148.112"})));
  EXPECT_NE(exported("spf.secutix.com").find("\"v=spf1 ~all\""), std::string::npos);
}

TEST_F(Settings, SpfAllowTwiceChangesNothingAndSaysSo) {
  ASSERT_TRUE(spf_allow(*store_, context_, terms({"ip4:192.28.148.112"})));
  const auto again = spf_allow(*store_, context_, terms({"ip4:192.28.148.112"}));
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(again->warnings.size(), 1U);
}

TEST_F(Settings, SpfDenyOfAnUnknownTermChangesNothing) {
  ASSERT_TRUE(spf_allow(*store_, context_, terms({"ip4:192.28.148.112"})));
  const auto refused = spf_deny(*store_, context_, terms({"ip4:192.28.148.112", "ip4:10.0.0.1"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(spf_show(*store_)->terms.size(), 1U);
}

TEST_F(Settings, SpfThatNeedsTooManyRecordsIsRefusedWhole) {
  std::vector<spf::Term> many;
  for (int i = 0; i < 250; ++i) {
    many.push_back(*spf::Term::parse("ip4:185.168.10." + std::to_string(i)));
  }
  const auto refused = spf_allow(*store_, context_, many);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(spf_show(*store_)->terms.empty());
}

TEST_F(Settings, SpfShrinksBackToOneRecord) {
  std::vector<spf::Term> many;
  for (int i = 0; i < 60; ++i) {
    many.push_back(*spf::Term::parse("ip4:185.168.10." + std::to_string(i)));
  }
  ASSERT_TRUE(spf_allow(*store_, context_, many));
  EXPECT_NE(exported("spf.secutix.com").find("_1.spf.secutix.com."), std::string::npos);
  ASSERT_TRUE(spf_deny(*store_, context_, many));
  EXPECT_EQ(exported("spf.secutix.com").find("_1.spf.secutix.com."), std::string::npos);
}

TEST_F(Settings, ZoneSetChangesNameServersAndTheSerial) {
  const Serial before = show_zone(*store_, *Name::parse("dkim.secutix.com"))->serial;
  ZoneSettings settings;
  settings.name_servers = {*Name::parse("a.example.net"), *Name::parse("b.example.net")};
  settings.minimum = 60;
  const auto changed = set_zone(*store_, context_, *Name::parse("dkim.secutix.com"), settings);
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_TRUE(is_before(before, changed->zone.serial));
  const std::string text = exported("dkim.secutix.com");
  EXPECT_NE(text.find("a.example.net."), std::string::npos);
  EXPECT_EQ(text.find("ns1.secutix.com."), std::string::npos);
}

TEST_F(Settings, ZoneSetToWhatIsThereChangesNothing) {
  ZoneSettings settings;
  settings.minimum = 300;
  const std::size_t rows = audit_rows();
  const auto same = set_zone(*store_, context_, *Name::parse("dkim.secutix.com"), settings);
  ASSERT_TRUE(same);
  EXPECT_FALSE(same->changed);
  EXPECT_EQ(audit_rows(), rows);
}

TEST_F(Settings, ZoneSetRefusesWhatCannotBeServed) {
  const Name apex = *Name::parse("dkim.secutix.com");
  ZoneSettings inside;
  inside.name_servers = {*Name::parse("ns1.dkim.secutix.com")};
  EXPECT_EQ(refusal_of(set_zone(*store_, context_, apex, inside)), Guard::kNoGlue);
  ZoneSettings none;
  none.name_servers = std::vector<Name>{};
  EXPECT_EQ(set_zone(*store_, context_, apex, none).error().code, ErrorCode::kInvalid);
  ZoneSettings zero;
  zero.minimum = 0;
  EXPECT_EQ(set_zone(*store_, context_, apex, zero).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(set_zone(*store_, context_, *Name::parse("example.com"), {}).error().code, ErrorCode::kNotFound);
}

TEST_F(Settings, ALoweredNegativeTtlStillCountsForItsTime) {
  ZoneSettings settings;
  settings.minimum = 1;
  ASSERT_TRUE(set_zone(*store_, context_, *Name::parse("dkim.secutix.com"), settings));
  ASSERT_TRUE(set_policy(*store_, overriding(Guard::kPolicyFloor), std::nullopt, "slack", "0s"));
  add("mosa");
  clock_.advance(std::chrono::seconds(299));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kNotRipe);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_TRUE(rotate(*store_, context_, code("mosa")));
}

TEST_F(Settings, ASlackBelowAMinuteIsRefused) {
  EXPECT_EQ(refusal_of(set_policy(*store_, context_, std::nullopt, "slack", "59s")), Guard::kPolicyFloor);
  EXPECT_EQ(refusal_of(set_policy(*store_, overriding(Guard::kNotRipe), std::nullopt, "slack", "0s")),
            Guard::kPolicyFloor);
  EXPECT_TRUE(set_policy(*store_, context_, std::nullopt, "slack", "60s"));
  EXPECT_TRUE(set_policy(*store_, overriding(Guard::kPolicyFloor), std::nullopt, "slack", "0s"));
}

TEST_F(Settings, AShorterSlackDoesNotShortenWhatRipens) {
  add("mosa");
  ASSERT_TRUE(set_policy(*store_, overriding(Guard::kPolicyFloor), std::nullopt, "slack", "0s"));
  clock_.advance(std::chrono::minutes(15) - std::chrono::milliseconds(1));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kNotRipe);
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_TRUE(rotate(*store_, context_, code("mosa")));
  add("opera");  // begins with the shorter one
  clock_.advance(std::chrono::minutes(5));
  EXPECT_TRUE(rotate(*store_, context_, code("opera")));
}

TEST_F(Settings, ALongerSlackLengthensWhatRipens) {
  add("mosa");
  ASSERT_TRUE(set_policy(*store_, context_, std::nullopt, "slack", "1h"));
  clock_.advance(std::chrono::minutes(64));
  EXPECT_EQ(refusal_of(rotate(*store_, context_, code("mosa"))), Guard::kNotRipe);
  clock_.advance(std::chrono::minutes(1));
  EXPECT_TRUE(rotate(*store_, context_, code("mosa")));
}

TEST_F(Settings, PolicyIsInheritedAndPublishedTtlsFollow) {
  add("mosa");
  add("louvre");
  ASSERT_TRUE(set_policy(*store_, context_, std::nullopt, "ttl-active", "1800s"));
  ASSERT_TRUE(set_policy(*store_, context_, code("louvre"), "ttl-active", "60s"));
  EXPECT_EQ(zonestore::seconds(show("mosa").slots[0].ttl), 1800U);
  EXPECT_EQ(zonestore::seconds(show("louvre").slots[0].ttl), 60U);
  EXPECT_NE(exported("dkim.secutix.com").find("sel1-louvre._domainkey.dkim.secutix.com.\t60"), std::string::npos)
      << exported("dkim.secutix.com");
  ASSERT_TRUE(set_policy(*store_, context_, code("louvre"), "ttl-active", std::nullopt));
  EXPECT_EQ(zonestore::seconds(show("louvre").slots[0].ttl), 1800U);
}

TEST_F(Settings, PolicyRefusesUnknownKeysZeroTtlsAndAShortDrain) {
  EXPECT_EQ(set_policy(*store_, context_, std::nullopt, "colour", "1s").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(set_policy(*store_, context_, std::nullopt, "ttl-other", "0s").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(refusal_of(set_policy(*store_, context_, std::nullopt, "drain", "60s")), Guard::kPolicyFloor);
  EXPECT_TRUE(set_policy(*store_, overriding(Guard::kPolicyFloor), std::nullopt, "drain", "60s"));
}

TEST_F(Settings, KeyExportWritesASecretFileOnceAndLeavesAnAuditRow) {
  add("mosa");
  const std::filesystem::path file = temp_.path() / "mosa.pem";
  const std::size_t rows = audit_rows();
  const auto done = export_private_key(*store_, context_, code("mosa"), dkim::SlotId::kSel1, file);
  ASSERT_TRUE(done) << done.error().message;
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(audit_rows(), rows + 1);
  EXPECT_EQ(refusal_of(export_private_key(*store_, context_, code("mosa"), dkim::SlotId::kSel1, file)),
            Guard::kExists);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(temp_.path())) {
    files += entry.is_regular_file() ? 1 : 0;
  }
  EXPECT_EQ(files, 1U) << "no draft stays behind";
}

// Reads the clock under the write lock, when all that can be asked before was asked.
class IntrudingClock final : public Clock {
 public:
  IntrudingClock(const Clock& clock, std::filesystem::path file) : clock_(clock), file_(std::move(file)) {}
  [[nodiscard]] Moment now() const override {
    std::ofstream(file_) << "somebody else's";
    return clock_.now();
  }

 private:
  const Clock& clock_;
  std::filesystem::path file_;
};

TEST_F(Settings, KeyExportThatCannotTakeItsNameSaysSoInTheLogToo) {
  add("mosa");
  const std::filesystem::path file = temp_.path() / "mosa.pem";
  store_.reset();
  const IntrudingClock clock(clock_, file);
  Store store = Store::open(dir(), Store::Access::kWrite, clock).value();
  std::filesystem::remove(file);
  const auto done = export_private_key(store, context_, code("mosa"), dkim::SlotId::kSel1, file);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kIo) << "it is no refusal: the log has changed";
  EXPECT_NE(done.error().message.find("the log has a row of it, and one that says so"), std::string::npos)
      << done.error().message;
  std::string text;
  std::ifstream(file) >> text;
  EXPECT_EQ(text, "somebody") << "it is left alone";
  std::vector<std::string> told;
  ASSERT_TRUE(read_log(store, {}, [&](const AuditEntry& entry) {
    told.push_back(entry.what);
    return true;
  }));
  ASSERT_GE(told.size(), 2U);
  EXPECT_NE(told[told.size() - 2].find("exported to " + file.string()), std::string::npos);
  EXPECT_NE(told.back().find("no, it was not"), std::string::npos) << told.back();
}

TEST_F(Settings, KeyExportToAMissingDirectoryChangesNothing) {
  add("mosa");
  const std::size_t rows = audit_rows();
  EXPECT_FALSE(export_private_key(*store_, context_, code("mosa"), dkim::SlotId::kSel1,
                                  temp_.path() / "nowhere" / "mosa.pem"));
  EXPECT_EQ(audit_rows(), rows);
}

TEST_F(Settings, InitRefusesAStoreThatIsThere) {
  EXPECT_EQ(refusal_of(init_store(dir(), init_options(), context_, clock_)), Guard::kExists);
}

TEST_F(Settings, InitRefusesAZoneThatWouldHideTheOther) {
  InitOptions options = init_options();
  options.spf_zone = *Name::parse("spf._domainkey." + options.dkim_zone.to_text());
  const auto refused = init_store(temp_.path() / "other", options, context_, clock_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(std::filesystem::exists(temp_.path() / "other"));
  options = init_options();
  options.dkim_zone = *Name::parse("_1." + options.spf_zone.to_text());
  EXPECT_FALSE(init_store(temp_.path() / "other", options, context_, clock_));
}

TEST_F(Settings, InitTakesUpAnAttemptThatLeftNoVault) {
  store_.reset();
  std::filesystem::remove_all(dir() / "vault");
  const auto again = init_store(dir(), init_options(), context_, clock_);
  ASSERT_TRUE(again) << again.error().message;
  open();
  add("mosa");
}

TEST_F(Settings, InitTakesUpAnEmptyFileAndRefusesGarbage) {
  const std::filesystem::path other = temp_.path() / "other";
  std::filesystem::create_directory(other);
  std::ofstream(other / "zone.db").flush();
  EXPECT_TRUE(init_store(other, init_options(), context_, clock_));
  const std::filesystem::path garbage = temp_.path() / "garbage";
  std::filesystem::create_directory(garbage);
  std::ofstream(garbage / "zone.db") << std::string(5000, 'x');
  const auto refused = init_store(garbage, init_options(), context_, clock_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kForeign);
}

TEST_F(Settings, MailboxesAreTakenInBothForms) {
  EXPECT_EQ(parse_mailbox("hostmaster@secutix.com")->to_text(), "hostmaster.secutix.com.");
  EXPECT_EQ(parse_mailbox("first.last@secutix.com")->to_text(), "first\\.last.secutix.com.");
  EXPECT_EQ(parse_mailbox("hostmaster.secutix.com")->to_text(), "hostmaster.secutix.com.");
  EXPECT_FALSE(parse_mailbox("@secutix.com"));
  EXPECT_FALSE(parse_mailbox("hostmaster@"));
}

}  // namespace
}  // namespace zonestore
