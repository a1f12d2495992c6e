// The commands for the whole store: status, maintain, spf, zone, policy, log, key, instructions.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/unit/tools/zonectl/command_run.h"
#include "zonestore/db/connection.h"

namespace tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class WholeStore : public CommandRun {
 protected:
  static std::string content(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t files_beside_the_store() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(temp_.path()), {}));
  }
};

TEST_F(WholeStore, StatusIsZeroUntilMaintainIsDue) {
  init_and_add("mosa");
  ripen();
  expect_done({"rotate", "mosa"});
  EXPECT_EQ(json_of({"status"}).at("draining"), 1);
  clock_.advance(std::chrono::days{8});
  const Outcome due = run({"status"});
  EXPECT_EQ(due.code, 1);
  EXPECT_THAT(due.out, HasSubstr("maintain-late: maintain is late for 1 of them: mosa\n  since "));
  EXPECT_THAT(due.out, HasSubstr(": 22 h 50 min\n  run: zonectl maintain\n"));
  EXPECT_EQ(json_of({"status"}, 1).at("needs_attention"), true);
}

TEST_F(WholeStore, StatusTellsWhatIsDueAndCallsItLateAfterAnHour) {
  init_and_add("mosa");
  ripen();
  expect_done({"maintain"});
  expect_done({"rotate", "mosa"});
  const std::string due = json_of({"show", "mosa"}).at("slots").at(0).at("drained_at");
  clock_.advance(std::chrono::days{7} + std::chrono::minutes{70} + std::chrono::minutes{60});
  const auto status = json_of({"status"});
  EXPECT_EQ(status.at("maintain_due"), 1);
  EXPECT_EQ(status.at("maintain_due_since"), due);
  EXPECT_EQ(status.at("needs_attention"), false);
  EXPECT_THAT(run({"status"}).out, HasSubstr("; something is due since " + due + "\n"));
  clock_.advance(std::chrono::seconds{1});
  EXPECT_EQ(json_of({"status"}, 1).at("troubles").at(0).at("what"), "maintain-late");
  expect_done({"maintain"});
  EXPECT_EQ(json_of({"status"}).at("maintained"), zonestore::to_rfc3339(clock_.now().wall));
}

TEST_F(WholeStore, StatusForAMonitorIsOneLineWithFigures) {
  init_and_add("mosa");
  ripen();
  const Outcome well = run({"status", "--monitor"});
  EXPECT_EQ(well.code, 0);
  EXPECT_THAT(well.out,
              StartsWith("ZONESTORE OK - 1 of 1 institutions sign, 1 can rotate, no name server of ours could be "
                         "asked | institutions=1;;;0 "
                         "signing=1;;;0 not_signing=0;;0;0 "));
  EXPECT_THAT(well.out, HasSubstr(" maintain_late=0s;3600;;0 signer_late=0s;;120;0 content_faults=0;;0;0\n"));
  EXPECT_EQ(std::count(well.out.begin(), well.out.end(), '\n'), 1);
  expect_done({"revoke", "mosa", "sel2"});
  const Outcome warned = run({"status", "--monitor"});
  EXPECT_EQ(warned.code, 1);
  EXPECT_THAT(warned.out,
              StartsWith("ZONESTORE WARNING - 1 cannot rotate: their other slot was revoked: mosa | institutions=1"));
  expect_done({"revoke", "mosa", "sel1", "--stop-signing"});
  const Outcome critical = run({"status", "--monitor", "--offline"});
  EXPECT_EQ(critical.code, 2);
  EXPECT_THAT(critical.out, StartsWith("ZONESTORE CRITICAL - 1 do not sign, and hold no fresh key to begin with"));
}

TEST_F(WholeStore, StatusForAMonitorIsUnknownWhateverKeepsItFromAnswering) {
  const auto expect_unknown = [this](const std::vector<std::string>& words) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.code, 3) << outcome.err;
    EXPECT_THAT(outcome.out, StartsWith("ZONESTORE UNKNOWN - ")) << outcome.err;
    EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1) << outcome.out;
  };
  expect_unknown({"status", "--monitor"});  // no store
  init();
  expect_unknown({"status", "--monitor", "--nonsense"});
  expect_unknown({"--nonsense", "status", "--monitor"});
  expect_unknown({"status", "--monitor", "--json"});
  expect_unknown({"status", "--monitor", "--server", "nowhere"});
  expect_unknown({"status", "--monitor", "one", "too", "many"});
  std::ofstream(store() + "/zone.db") << "garbage";
  expect_unknown({"status", "--monitor"});
  EXPECT_EQ(run({"status"}).code, 66);
}

TEST_F(WholeStore, StatusSaysInOneLineThatNoNameServerCouldBeAsked) {
  init();
  EXPECT_THAT(run({"status"}).out,
              HasSubstr("servers       not asked: no address was found to which there is a way\n"));
  EXPECT_EQ(json_of({"status"}).at("servers_asked"), true);
  EXPECT_EQ(json_of({"status"}).at("servers").at(0).at("state"), "never-answered");
  EXPECT_EQ(json_of({"status", "--offline"}).at("servers_asked"), false);
  // Nobody listens there, and nobody ever did.
  EXPECT_THAT(run({"status", "--server", "127.0.0.1:1"}).out,
              HasSubstr("servers       never answered yet: 127.0.0.1:1\n"));
}

TEST_F(WholeStore, StoreVerifyTellsWhatIsWholeAndStatusRemembers) {
  init_and_add("mosa");
  EXPECT_THAT(run({"status"}).out, HasSubstr("content       nobody has looked whether it is whole"));
  const Outcome whole = run({"store", "verify"});
  EXPECT_EQ(whole.code, 0);
  EXPECT_THAT(whole.out, HasSubstr("zones  whole  (2 zones, 7 record sets)\nkeys   whole  (2 private keys)\n"));
  EXPECT_THAT(run({"status"}).out, HasSubstr("content       whole, "));
  zonestore::db::Connection::open(store() + "/zone.db", zonestore::db::Access::kReadWrite)
      .execute("UPDATE record_set SET ttl = 301 WHERE type = 16 AND ttl = 300");
  const auto verified = json_of({"store", "verify"}, 1);
  EXPECT_EQ(verified.at("good"), false);
  EXPECT_EQ(verified.at("looks").at(1).at("what"), "zones");
  EXPECT_EQ(verified.at("looks").at(1).at("fault_count"), 1);
  const Outcome status = run({"status"});
  EXPECT_EQ(status.code, 1);
  EXPECT_THAT(status.out, StartsWith("content: zone dkim.secutix.com: its record sets do not fit its checksum\n"));
  EXPECT_EQ(run({"status", "--monitor"}).code, 2);
}

TEST_F(WholeStore, MaintainDoesWhatIsDueOnce) {
  init_and_add("mosa");
  ripen();
  expect_done({"rotate", "mosa"});
  clock_.advance(std::chrono::days{8});
  const auto dry = json_of({"maintain", "--dry-run"});
  EXPECT_EQ(dry.at("steps").size(), 1U);
  const auto done = json_of({"maintain"});
  ASSERT_EQ(done.at("steps").size(), 1U);
  EXPECT_EQ(done.at("steps").at(0).at("code"), "mosa");
  EXPECT_EQ(run({"maintain"}).out, "nothing was due\n");
  EXPECT_EQ(run({"status"}).code, 0);
}

TEST_F(WholeStore, SpfAllowsShowsAndDenies) {
  init();
  EXPECT_EQ(json_of({"spf", "show"}).at("records").at(0).at("text"), "v=spf1 ~all");
  const Outcome allowed = run({"spf", "allow", "ip4:192.28.148.112", "2001:DB8::/32"});
  EXPECT_EQ(allowed.code, 0) << allowed.err;
  EXPECT_THAT(allowed.out, HasSubstr("  spf.secutix.com  v=spf1 ip4:192.28.148.112 ip6:2001:db8::/32 ~all\n"));
  expect_done({"spf", "deny", "ip4:192.28.148.112"});
  EXPECT_EQ(json_of({"spf", "show"}).at("terms"), nlohmann::json({"ip6:2001:db8::/32"}));
}

TEST_F(WholeStore, SpfSaysFromWhenItIsSafeToSendAndWhenATermLeaves) {
  init();
  const std::string safe_from = zonestore::to_rfc3339(clock_.now().wall + std::chrono::seconds{4200});
  EXPECT_THAT(run({"spf", "allow", "ip4:192.28.148.112"}).out,
              HasSubstr("safe to send from ip4:192.28.148.112 from " + safe_from + "\n"));
  EXPECT_THAT(run({"spf", "show"}).out, HasSubstr("ip4:192.28.148.112  coming: safe to send from " + safe_from));
  const auto shown = json_of({"spf", "show"});
  EXPECT_EQ(shown.at("details").at(0).at("safe_from"), safe_from);
  EXPECT_EQ(shown.at("details").at(0).at("safe"), false);
  const std::string leaves_at = zonestore::to_rfc3339(clock_.now().wall + std::chrono::days{7});
  EXPECT_THAT(run({"spf", "deny", "ip4:192.28.148.112", "--drain", "7d"}).out,
              HasSubstr("ip4:192.28.148.112 leaves at " + leaves_at));
  EXPECT_THAT(run({"spf", "show"}).out, HasSubstr("going: leaves at " + leaves_at));
  clock_.advance(std::chrono::days{7});
  EXPECT_EQ(run({"maintain"}).out.substr(0, 43), "SPF: spf.secutix.com loses ip4:192.28.148.1");
  EXPECT_EQ(json_of({"spf", "show"}).at("records").at(0).at("text"), "v=spf1 ~all");
}

TEST_F(WholeStore, SpfSaysOnceFromWhenAllOfACommandAreSafe) {
  init();
  const std::string safe_from = zonestore::to_rfc3339(clock_.now().wall + std::chrono::seconds{4200});
  EXPECT_THAT(run({"spf", "allow", "185.64.100.1", "185.64.100.2"}).out,
              HasSubstr("safe to send from ip4:185.64.100.1 ip4:185.64.100.2 from " + safe_from + "\n"));
}

TEST_F(WholeStore, SpfRefusesWhatIsNotPublicUnlessOverridden) {
  init();
  const Outcome refused = run({"spf", "allow", "ip4:10.0.0.0/8"});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.err, HasSubstr("E_WIDE_TERM"));
  EXPECT_THAT(refused.err, HasSubstr("private (10.0.0.0/8, RFC 1918)"));
  expect_done({"spf", "allow", "ip4:10.0.0.0/8", "--override", "E_WIDE_TERM", "--reason", "a closed network"});
  EXPECT_EQ(run({"spf", "deny", "ip4:10.0.0.0/8", "--drain", "0s"}).code, 2);
}

TEST_F(WholeStore, SpfSaysWhenItIsSoAlready) {
  init();
  expect_done({"spf", "allow", "192.0.2.1"});
  EXPECT_THAT(run({"spf", "allow", "192.0.2.1"}).out, StartsWith("nothing to do"));
}

TEST_F(WholeStore, ZoneSetChangesWhatIsNamedAlone) {
  init();
  const auto before = json_of({"zone", "show", "dkim.secutix.com"});
  const auto zone =
      json_of({"zone", "set", "DKIM.secutix.com.", "--refresh", "2h", "--ns", "ns9.secutix.com"}).at("zone");
  EXPECT_EQ(zone.at("refresh"), 7200);
  EXPECT_EQ(zone.at("name_servers"), nlohmann::json({"ns9.secutix.com."}));
  EXPECT_EQ(zone.at("retry"), before.at("retry"));
  EXPECT_EQ(zone.at("mailbox"), "hostmaster.secutix.com.");
}

TEST_F(WholeStore, ZoneSetTakesNoNameServerForAnycastAndNot) {
  init();
  const Outcome both =
      run({"zone", "set", "dkim.secutix.com", "--anycast", "ns1.secutix.com", "--not-anycast", "NS1.secutix.com"});
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, HasSubstr("--anycast and with --not-anycast"));
}

TEST_F(WholeStore, ZoneSerialIsANumberAloneForScripts) {
  init();
  EXPECT_THAT(run({"zone", "serial", "dkim.secutix.com"}).out, ::testing::MatchesRegex("[0-9]+\n"));
  EXPECT_THAT(run({"zone", "serial"}).out,
              ::testing::MatchesRegex("dkim.secutix.com\t[0-9]+\nspf.secutix.com\t[0-9]+\n"));
}

TEST_F(WholeStore, ZoneSerialIsRaisedToWhatAServerHasAndNeverLowered) {
  init();
  const std::uint32_t serial = json_of({"zone", "serial", "dkim.secutix.com"})["serial"];
  const std::string ahead = std::to_string(serial + 1000);
  expect_done({"zone", "serial", "dkim.secutix.com", "--at-least", ahead, "--dry-run"});
  EXPECT_EQ(json_of({"zone", "serial", "dkim.secutix.com"})["serial"], serial);
  expect_done({"zone", "serial", "dkim.secutix.com", "--at-least", ahead});
  EXPECT_EQ(json_of({"zone", "serial", "dkim.secutix.com"})["serial"], serial + 1000);
  expect_done({"zone", "serial", "dkim.secutix.com", "--at-least", std::to_string(serial)});
  EXPECT_EQ(json_of({"zone", "serial", "dkim.secutix.com"})["serial"], serial + 1000);
  EXPECT_THAT(run({"zone", "serial", "dkim.secutix.com", "--at-least", "3800000000", "--dry-run"}).out,
              HasSubstr("a serial never goes back"))
      << "a digit mistyped";
  EXPECT_EQ(run({"zone", "serial", "--at-least", ahead}).code, 2) << "of which zone";
  EXPECT_EQ(run({"zone", "serial", "dkim.secutix.com", "--dry-run"}).code, 2) << "nothing would be changed";
}

TEST_F(WholeStore, ZoneExportGoesToStandardOutputOrWholeIntoAFile) {
  init_and_add("mosa");
  const Outcome printed = run({"zone", "export", "dkim.secutix.com"});
  EXPECT_EQ(printed.code, 0) << printed.err;
  EXPECT_THAT(printed.out, HasSubstr("sel1-mosa._domainkey.dkim.secutix.com."));
  std::ofstream(file("dkim.zone")) << "$ORIGIN dkim.secutix.com.\nold";
  expect_done({"zone", "export", "dkim.secutix.com", "--out", file("dkim.zone")});
  EXPECT_EQ(content(file("dkim.zone")), printed.out);
  EXPECT_EQ(files_beside_the_store(), 2U) << "a temporary file was left";
}

TEST_F(WholeStore, ZoneExportThatFailsLeavesTheOldFile) {
  init();
  std::ofstream(file("old.zone")) << "$ORIGIN old.";
  EXPECT_EQ(run({"zone", "export", "nova.example", "--out", file("old.zone")}).code, 6);
  EXPECT_EQ(content(file("old.zone")), "$ORIGIN old.");
  EXPECT_EQ(files_beside_the_store(), 2U) << "a temporary file was left";
}

TEST_F(WholeStore, ZoneExportReplacesNothingThatIsNoZoneFileOfOurs) {
  init();
  std::ofstream(file("precious")) << "precious";
  std::ofstream(file("short")) << "$ORI";
  std::ofstream(file("empty")) << "";
  for (const char* const name : {"precious", "short"}) {
    const Outcome outcome = run({"zone", "export", "dkim.secutix.com", "--out", file(name)});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_THAT(outcome.err, HasSubstr("E_EXISTS"));
  }
  EXPECT_EQ(content(file("precious")), "precious");
  expect_done({"zone", "export", "dkim.secutix.com", "--out", file("empty")});
}

TEST_F(WholeStore, ZoneExportFollowsNoLink) {
  init();
  std::ofstream(file("target")) << "$ORIGIN old.";
  std::filesystem::create_symlink(file("target"), file("link"));
  std::filesystem::create_symlink(file("nowhere"), file("dangling"));
  for (const char* const name : {"link", "dangling"}) {
    const Outcome outcome = run({"zone", "export", "dkim.secutix.com", "--out", file(name)});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("symbolic link"));
  }
  EXPECT_EQ(content(file("target")), "$ORIGIN old.");
  EXPECT_FALSE(std::filesystem::exists(file("nowhere")));
}

TEST_F(WholeStore, NothingIsWrittenIntoAStoreOrABackup) {
  init_and_add("mosa");
  expect_done({"backup", file("backup")});
  std::filesystem::create_directory_symlink(store() + "/vault", file("to-the-vault"));
  for (const std::string& place :
       {store(), store() + "/vault", file("backup"), file("to-the-vault"), file("to-the-vault") + "/../vault"}) {
    for (const std::string& name : {std::string("zone.db"), std::string("vault.db"), std::string("new")}) {
      const std::string target = place + "/" + name;
      EXPECT_EQ(run({"zone", "export", "dkim.secutix.com", "--out", target}).code, 2) << target;
      EXPECT_EQ(run({"key", "export", "mosa", "sel1", "--out", target}).code, 2) << target;
      EXPECT_EQ(run({"backup", target}).code, 2) << target;
    }
  }
  EXPECT_EQ(run({"signer", "add", "s", "--format", "files", "--dir", store() + "/s"}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(store() + "/s"));
  expect_done({"status"});
}

TEST_F(WholeStore, ZoneExportReplacesNoDeviceAndNoDirectory) {
  init();
  EXPECT_EQ(run({"zone", "export", "dkim.secutix.com", "--out", "/dev/null"}).code, 2);
  EXPECT_EQ(run({"zone", "export", "dkim.secutix.com", "--out", temp_.path().string()}).code, 2);
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(WholeStore, PolicyIsSetForOneInstitutionAndUnset) {
  init_and_add("mosa");
  const auto set = json_of({"policy", "set", "mosa", "ttl-active", "2h"});
  EXPECT_EQ(set.at("institution"), "mosa");
  EXPECT_EQ(json_of({"show", "mosa"}).at("slots").at(0).at("ttl"), 7200);
  const auto of_store = json_of({"policy", "show"}).at("policy").at(0);
  EXPECT_EQ(of_store.at("key"), "ttl-active");
  EXPECT_EQ(of_store.at("value"), 3600);
  EXPECT_EQ(of_store.at("from"), "default");
  expect_done({"policy", "unset", "mosa", "ttl-active"});
  EXPECT_EQ(json_of({"show", "mosa"}).at("slots").at(0).at("ttl"), 3600);
}

TEST_F(WholeStore, PolicyHasAFloorThatOnlyAnOverrideLifts) {
  init();
  EXPECT_EQ(json_of({"policy", "set", "drain", "1h"}, 3).at("error").at("guard"), "E_POLICY_FLOOR");
  expect_done({"policy", "set", "drain", "1h", "--override", "E_POLICY_FLOOR", "--reason", "a test"});
}

TEST_F(WholeStore, PolicyRefusesAnUnknownKey) {
  init();
  EXPECT_EQ(run({"policy", "set", "ttl", "1h"}).code, 2);
}

TEST_F(WholeStore, LogTellsActorAndPersonApart) {
  environment_.login = "anna";
  init();
  expect_done({"--actor", "deploy-bot", "spf", "allow", "192.0.2.1"});
  const auto entries = json_of({"log"}).at("entries");
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries.at(0).at("actor"), "anna");
  EXPECT_EQ(entries.at(0).at("login"), "anna");
  EXPECT_EQ(entries.at(1).at("actor"), "deploy-bot");
  EXPECT_EQ(entries.at(1).at("login"), "anna");
  EXPECT_THAT(run({"log"}).out, HasSubstr("\tdeploy-bot (anna)\tspf allow\t"));
}

TEST_F(WholeStore, LogIsCutBySubjectTimeAndNumber) {
  init_and_add("mosa");
  clock_.advance(std::chrono::hours{5});
  add("nova");
  expect_done({"zone", "set", "dkim.secutix.com", "--refresh", "2h"});
  EXPECT_EQ(json_of({"log", "mosa"}).at("entries").size(), 1U);
  EXPECT_EQ(json_of({"log", "dkim.secutix.com"}).at("entries").size(), 1U);
  EXPECT_EQ(json_of({"log", "--since", "1h"}).at("entries").size(), 2U);
  EXPECT_EQ(json_of({"log", "--last", "3"}).at("entries").size(), 3U);
  EXPECT_EQ(json_of({"log", "mosa", "--since", "1h"}).at("entries").size(), 0U);
  EXPECT_EQ(run({"log", "--since", "yesterday"}).code, 2);
}

TEST_F(WholeStore, KeyExportWritesANewPrivateFileOnce) {
  init_and_add("mosa");
  const std::string path = file("mosa.pem");
  const Outcome exported = run({"key", "export", "mosa", "sel1", "--out", path});
  EXPECT_EQ(exported.code, 0) << exported.err;
  EXPECT_THAT(content(path), StartsWith("-----BEGIN PRIVATE KEY-----\n"));
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(json_of({"key", "export", "mosa", "sel1", "--out", path}, 3).at("error").at("guard"), "E_EXISTS");
}

TEST_F(WholeStore, InstructionsAreWhatTheInstitutionPublishes) {
  init_and_add("mosa");
  const Outcome none = run({"instructions", "mosa"});
  EXPECT_EQ(none.out, "");
  EXPECT_THAT(none.err, HasSubstr("zonectl domain add mosa DOMAIN"));
  expect_done({"domain", "add", "mosa", "mosamuseum.com"});
  const std::string text = run({"instructions", "mosa"}).out;
  EXPECT_THAT(
      text, HasSubstr("\nstxsel1._domainkey.mosamuseum.com. 3600 IN CNAME sel1-mosa._domainkey.dkim.secutix.com.\n"));
  EXPECT_THAT(text, HasSubstr("\nmosamuseum.com. 3600 IN TXT \"v=spf1 include:spf.secutix.com ~all\"\n"));
  EXPECT_THAT(text, HasSubstr("\n    v=spf1 ... include:spf.secutix.com ~all\n"));
  EXPECT_THAT(text, HasSubstr("\n_dmarc.mosamuseum.com. 3600 IN TXT \"v=DMARC1; p=none\"\n"));
  const auto domain = json_of({"instructions", "mosa"}).at("domains").at(0);
  EXPECT_EQ(domain.at("cnames").at(1).at("relative_name"), "stxsel2._domainkey");
  EXPECT_EQ(domain.at("spf").at("relative_name"), "@");
}

TEST_F(WholeStore, InstructionsOfADomainBelowTheOrganizationsNameBothPanels) {
  init_and_add("mosa");
  expect_done({"domain", "add", "mosa", "news.mosamuseum.com"});
  EXPECT_THAT(run({"instructions", "mosa"}).out, HasSubstr("(in the DNS panel of mosamuseum.com: news\n"));
  const auto panels = json_of({"instructions", "mosa"}).at("domains").at(0).at("panels");
  EXPECT_EQ(panels.at(0).at("zone"), "mosamuseum.com");
  EXPECT_EQ(panels.at(0).at("cnames").at(1), "stxsel2._domainkey.news");
  EXPECT_EQ(panels.at(1).at("spf"), "@");
  EXPECT_EQ(panels.at(0).at("dmarc"), "_dmarc");
  EXPECT_EQ(panels.at(1).at("dmarc"), nullptr) << "it does not lie in that zone";
}

TEST_F(WholeStore, InstructionsOfAllLeaveOutWhoHasNoDomainOrIsBeingRemoved) {
  init();
  add("mosa", {"--domain", "mosamuseum.com"});
  add("louvre", {"--domain", "louvre.fr"});
  add("nova");
  add("gone", {"--domain", "gone.example"});
  expect_done({"remove", "gone", "--yes"});
  const Outcome all = run({"instructions", "--all", "--lang", "fr"});
  EXPECT_THAT(all.out, StartsWith("Subject: Enregistrements DNS pour louvre.fr : "));
  EXPECT_THAT(all.out, HasSubstr("\n\n\nSubject: Enregistrements DNS pour mosamuseum.com : "));
  EXPECT_THAT(all.out, testing::Not(HasSubstr("gone")));
  EXPECT_THAT(all.err, HasSubstr("1 institution has no mail domain yet"));
  EXPECT_THAT(run({"instructions", "--all", "--format", "csv"}).out,
              HasSubstr("\nmosa,mosamuseum.com,dmarc,if-none-yet,"));
  const auto institutions = json_of({"instructions", "--all"}).at("institutions");
  ASSERT_EQ(institutions.size(), 3U);
  EXPECT_EQ(institutions.at(2).at("code"), "nova");
  for (const std::vector<std::string>& bad : {std::vector<std::string>{"instructions"},
                                              {"instructions", "mosa", "--all"},
                                              {"instructions", "mosa", "--lang", "es"},
                                              {"instructions", "mosa", "--format", "csv", "--lang", "fr"},
                                              {"instructions", "mosa", "--format", "csv", "--json"}}) {
    EXPECT_EQ(run(bad).code, 2);
  }
}

TEST_F(WholeStore, AZoneOfOursIsNoCustomersDomain) {
  init_and_add("mosa");
  for (const char* const ours : {"dkim.secutix.com", "SPF.secutix.com", "news.dkim.secutix.com"}) {
    EXPECT_EQ(json_of({"domain", "add", "mosa", ours}, 3).at("error").at("guard"), "E_EXISTS") << ours;
    EXPECT_EQ(run({"add", "nova", "--domain", ours}).code, 3) << ours;
  }
  EXPECT_EQ(run({"show", "nova"}).code, 6) << "nothing was kept";
  expect_done({"domain", "add", "mosa", "secutix.com"});
}

TEST_F(WholeStore, DomainsComeAndGo) {
  init_and_add("mosa");
  expect_done({"domain", "add", "mosa", "mosamuseum.com"});
  EXPECT_THAT(run({"domain", "add", "mosa", "mosamuseum.com"}).out, HasSubstr("is there already"));
  add("nova");
  EXPECT_EQ(run({"domain", "add", "nova", "mosamuseum.com"}).code, 3);
  expect_done({"domain", "remove", "mosa", "mosamuseum.com"});
  expect_done({"domain", "add", "nova", "mosamuseum.com"});
}

TEST_F(WholeStore, RemoveKeepsTheRecordsUntilTheMailHasArrived) {
  init_and_add("mosa");
  const auto removed = json_of({"remove", "mosa"});
  EXPECT_EQ(removed.at("institution").at("phase"), "departing");
  EXPECT_FALSE(removed.at("institution").at("leaves_at").is_null());
  EXPECT_THAT(run({"remove", "mosa"}).out, HasSubstr("is being removed already"));
  clock_.advance(std::chrono::days{8});
  expect_done({"maintain"});
  EXPECT_EQ(run({"show", "mosa"}).code, 6);
  EXPECT_EQ(json_of({"list"}).at("institutions").size(), 0U);
  EXPECT_EQ(json_of({"list", "--all"}).at("institutions").at(0).at("phase"), "departed");
}

TEST_F(WholeStore, RecoverLeavesASoundStoreAsItIs) {
  init_and_add("mosa");
  EXPECT_EQ(json_of({"store", "recover", "--dry-run"}).at("needed"), false);
  expect_done({"store", "recover"});
  EXPECT_EQ(run({"show", "mosa"}).code, 0);
}

TEST_F(WholeStore, VersionNeedsNoStore) {
  EXPECT_THAT(run_bare({"version"}).out, StartsWith("zonectl "));
  EXPECT_EQ(nlohmann::json::parse(run_bare({"version", "--json"}).out).at("program"), "zonectl");
  EXPECT_EQ(run({"version"}).code, 66) << "but one that is named must be there";
}

}  // namespace
}  // namespace tests
