// zonectl record add|remove|list and zone import|check|remove, as whole command lines.
#include <fstream>

#include <gmock/gmock.h>

#include "tests/unit/tools/zonectl/command_run.h"

namespace tests {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class RecordCommands : public CommandRun {
 protected:
  RecordCommands() {
    init();
    expect_done({"zone", "import", write(kHead)});
  }
  std::string write(const std::string& text) {
    std::ofstream(file("example.zone")) << text;
    return file("example.zone");
  }
  Outcome add(const std::vector<std::string>& words) { return run_record("add", words); }
  Outcome remove(const std::vector<std::string>& words) { return run_record("remove", words); }

  static constexpr const char* kHead =
      "$ORIGIN example.com.\n$TTL 300\n@ SOA m.other.net. h.other.net. 1 3600 600 86400 60\n@ NS ns1.other.net.\n";

 private:
  Outcome run_record(const std::string& verb, const std::vector<std::string>& words) {
    std::vector<std::string> args{"record", verb, "example.com"};
    args.insert(args.end(), words.begin(), words.end());
    return run(args);
  }
};

TEST_F(RecordCommands, AddPrintsTheSetAsItIs) {
  const Outcome first = add({"www", "A", "192.0.2.1"});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, StartsWith("added (example.com serial "));
  EXPECT_THAT(first.out, HasSubstr("\n  www.example.com  3600  A  192.0.2.1\n"));
  const Outcome second = add({"www.example.com.", "a", "192.0.2.2", "--ttl", "5m"});
  EXPECT_THAT(second.out,
              HasSubstr("\n  www.example.com  300  A  192.0.2.1\n  www.example.com  300  A  192.0.2.2\n"));
  EXPECT_THAT(second.out, HasSubstr("the TTL of all of them changed from 3600 to 300: a set of records has one\n"));
  EXPECT_THAT(add({"www", "A", "192.0.2.2"}).out, StartsWith("nothing to do: it is so already\n"));
}

TEST_F(RecordCommands, AddTakesDataInOneArgumentOrMore) {
  EXPECT_THAT(add({"@", "MX", "10", "mail.other.net."}).out, HasSubstr("MX  10 mail.other.net.\n"));
  EXPECT_THAT(add({"a", "MX", "10 mail.other.net."}).out, HasSubstr("MX  10 mail.other.net.\n"));
  EXPECT_THAT(add({"@", "TXT", "v=spf1 -all"}).out, HasSubstr("TXT  \"v=spf1 -all\"\n"));
  EXPECT_THAT(add({"b", "TXT", "--", "-all"}).out, HasSubstr("TXT  \"-all\"\n"));
  EXPECT_THAT(add({"c", "TYPE65280", "\\#", "2", "abcd"}).out, HasSubstr("TYPE65280  \\# 2 abcd\n"));
}

TEST_F(RecordCommands, AddTellsMalformedValuesAndRefusalsApart) {
  EXPECT_EQ(add({"www", "A", "1.2.3"}).code, 2);
  EXPECT_EQ(add({"www", "NOTYPE", "x"}).code, 2);
  EXPECT_EQ(add({"www", "ANY", "x"}).code, 2);
  EXPECT_EQ(add({"a..b", "A", "192.0.2.1"}).code, 2);
  EXPECT_EQ(add({"www", "A", "192.0.2.1", "--ttl", "0"}).code, 2);
  EXPECT_EQ(add({"www", "A"}).code, 2);
  EXPECT_EQ(add({"www", "A", "192.0.2.1", "--glue", "x"}).code, 2);
  EXPECT_EQ(run({"record", "add", "nova.example", "www", "A", "192.0.2.1"}).code, 6);
  const Outcome refused = add({"@", "NS", "ns2.other.net."});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.out, IsEmpty());
  EXPECT_THAT(refused.err, StartsWith("refused: E_SETTING: "));
  EXPECT_THAT(refused.err, HasSubstr("\n  instead: zonectl zone set example.com --ns NAME"));
}

TEST_F(RecordCommands, AddBringsGlueAndRemoveTakesItAlong) {
  EXPECT_EQ(add({"sub", "NS", "ns.sub"}).code, 3);
  const Outcome added = add({"sub", "NS", "ns.sub", "--glue", "192.0.2.1", "--glue", "2001:db8::1"});
  EXPECT_EQ(added.code, 0) << added.err;
  EXPECT_THAT(added.out, HasSubstr("with the address of the name server:\n  ns.sub.example.com  3600  A  192.0.2.1\n"
                                   "  ns.sub.example.com  3600  AAAA  2001:db8::1\n"));
  expect_done({"record", "add", "example.com", "sub", "NS", "ns1.other.net."});
  const Outcome removed = remove({"sub", "NS", "ns.sub"});
  EXPECT_THAT(removed.out, HasSubstr("left there:\n  sub.example.com  3600  NS  ns1.other.net.\n"
                                     "with the address that nothing needs any more:\n"));
}

TEST_F(RecordCommands, RemoveIsSixForWhatIsNotThere) {
  EXPECT_EQ(remove({"www", "A"}).code, 6);
  expect_done({"record", "add", "example.com", "www", "A", "192.0.2.1"});
  EXPECT_EQ(remove({"www", "A", "192.0.2.2"}).code, 6);
  EXPECT_EQ(remove({"www", "A", "x"}).code, 2);
  EXPECT_EQ(remove({"www", "A"}).code, 0);
  EXPECT_EQ(remove({"www", "A"}).code, 6);
}

TEST_F(RecordCommands, ChangeNothingInADryRun) {
  expect_done({"record", "add", "example.com", "www", "A", "192.0.2.1"});
  const std::string before = run({"zone", "export", "example.com"}).out;
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"record", "add", "example.com", "a", "A", "192.0.2.1"},
                                             {"record", "remove", "example.com", "www", "A"},
                                             {"zone", "import", write(std::string(kHead) + "new A 192.0.2.3\n")},
                                             {"zone", "remove", "example.com"}}) {
    std::vector<std::string> dry = args;
    dry.emplace_back("--dry-run");
    const Outcome outcome = run(dry);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("dry run: nothing was changed\n"));
    EXPECT_THAT(outcome.out, HasSubstr("would")) << outcome.out;
    EXPECT_EQ(json_of(dry).at("dry_run"), true);
  }
  EXPECT_EQ(run({"zone", "export", "example.com"}).out, before);
}

TEST_F(RecordCommands, ListPrintsLinesAndJson) {
  EXPECT_THAT(run({"record", "list", "example.com"}).out, IsEmpty());
  expect_done({"record", "add", "example.com", "www", "A", "192.0.2.1"});
  expect_done({"record", "add", "example.com", "www", "A", "192.0.2.2"});
  expect_done({"record", "add", "example.com", "@", "TXT", "x"});
  EXPECT_EQ(
      run({"record", "list", "example.com"}).out,
      "example.com.\t3600\tTXT\t\"x\"\nwww.example.com.\t3600\tA\t192.0.2.1\nwww.example.com.\t3600\tA\t192.0.2.2\n");
  const auto sets = json_of({"record", "list", "example.com", "www"}).at("record_sets");
  ASSERT_EQ(sets.size(), 1U);
  EXPECT_EQ(sets.at(0),
            nlohmann::json(
                {{"owner", "www.example.com."}, {"type", "A"}, {"ttl", 3600}, {"data", {"192.0.2.1", "192.0.2.2"}}}));
  EXPECT_EQ(run({"record", "list", "nova.example"}).code, 6);
}

TEST_F(RecordCommands, AddAndRemovePrintBeforeAndAfterInJson) {
  const auto added = json_of({"record", "add", "example.com", "www", "A", "192.0.2.1"});
  EXPECT_TRUE(added.at("before").is_null());
  EXPECT_EQ(added.at("after").at("data"), nlohmann::json({"192.0.2.1"}));
  EXPECT_EQ(added.at("changed"), true);
  const auto removed = json_of({"record", "remove", "example.com", "www", "A"});
  EXPECT_TRUE(removed.at("after").is_null());
  EXPECT_EQ(removed.at("glue_removed"), nlohmann::json::array());
}

TEST_F(RecordCommands, LogTellsWhatChanged) {
  expect_done({"record", "add", "example.com", "www", "A", "192.0.2.1"});
  const auto entry = json_of({"log", "example.com", "--last", "1"}).at("entries").at(0);
  EXPECT_EQ(entry.at("command"), "record add");
  EXPECT_EQ(entry.at("what"), "added www.example.com A 192.0.2.1");
  EXPECT_EQ(entry.at("after").at("records"), nlohmann::json({"192.0.2.1"}));
}

TEST_F(RecordCommands, ZoneShowCountsStaticRecordSets) {
  expect_done({"record", "add", "example.com", "www", "A", "192.0.2.1"});
  const auto zone = json_of({"zone", "show", "example.com"});
  EXPECT_EQ(zone.at("record_sets"), 3);
  EXPECT_EQ(zone.at("static_record_sets"), 1);
  EXPECT_EQ(zone.at("primary"), "m.other.net.");
  EXPECT_THAT(run({"zone", "show", "example.com"}).out, HasSubstr("3 record sets, 1 of them static"));
  EXPECT_THAT(run({"zone", "show", "example.com"}).out, HasSubstr("hidden        m.other.net  (primary)\n"));
  EXPECT_EQ(json_of({"zone", "set", "example.com", "--primary", "ns1.other.net"}).at("zone").at("primary"),
            "ns1.other.net.");
}

TEST_F(RecordCommands, ZoneImportTellsWhatItDid) {
  const Outcome replaced =
      run({"zone", "import", write(std::string(kHead) + "www A 192.0.2.1\n@ DNSKEY 256 3 8 AwEAAQ==\n")});
  EXPECT_EQ(replaced.code, 0) << replaced.err;
  EXPECT_THAT(replaced.out, StartsWith("example.com: replaced (example.com serial "));
  EXPECT_THAT(replaced.out, HasSubstr("\n  1 record set added, 0 altered, 0 removed, 0 unchanged\n"));
  EXPECT_THAT(replaced.out, HasSubstr("\n  1 record set left out: "));
  const Outcome again = run({"zone", "import", file("example.zone")});
  EXPECT_THAT(again.out, StartsWith("example.com: nothing to do"));
  const auto made = json_of({"zone", "import", write("$TTL 60\n@ SOA a.x. b.x. 1 3600 600 86400 60\n@ NS a.x.\n"),
                             "--zone", "new.example"});
  EXPECT_EQ(made.at("is_new"), true);
  EXPECT_EQ(made.at("zone").at("zone"), "new.example.");
}

TEST_F(RecordCommands, ZoneImportTellsEveryFaultByFileAndLine) {
  const std::string path = write(std::string(kHead) + "a A 1\nb CNAME c\nb TXT x\n");
  const Outcome outcome = run({"zone", "import", path});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("zonectl: " + path + ":5: this is no data of type A"));
  EXPECT_THAT(outcome.err, HasSubstr("refused: E_CNAME_ALONE: " + path + ":6: b.example.com has a CNAME and TXT"));
  EXPECT_THAT(outcome.err, HasSubstr(path + ": nothing was imported, 2 faults\n"));
  const auto json = json_of({"zone", "import", path}, 2);
  EXPECT_EQ(json.at("fault_count"), 2);
  EXPECT_EQ(json.at("faults").at(1).at("guard"), "E_CNAME_ALONE");
  EXPECT_EQ(json.at("faults").at(1).at("line"), 6);
  EXPECT_EQ(json.at("error").at("code"), "invalid");
  const Outcome by_rule = run({"zone", "import", write(std::string(kHead) + "b CNAME c\nb TXT x\n")});
  EXPECT_EQ(by_rule.code, 3);
}

TEST_F(RecordCommands, ZoneImportCountsWhatItDoesNotShow) {
  std::string text = kHead;
  for (int line = 0; line < 25; ++line) {
    text += "a A 1\n";
  }
  EXPECT_THAT(run({"zone", "import", write(text)}).err,
              HasSubstr("nothing was imported, 25 faults, of which 5 more are not shown\n"));
  EXPECT_THAT(run({"zone", "check", file("example.zone")}).out, HasSubstr("\nand 5 more\n"));
}

TEST_F(RecordCommands, ZoneCheckNeedsNoStore) {
  const Outcome good = run_bare({"zone", "check", write(std::string(kHead) + "@ MX 10 nowhere\n")});
  EXPECT_EQ(good.code, 0) << good.err;
  EXPECT_THAT(good.out, HasSubstr("warning: line 5: the MX of example.com leads to nowhere.example.com"));
  EXPECT_THAT(good.out, HasSubstr("example.com: 3 record sets good\n"));
  const std::string path = write(std::string(kHead) + "b CNAME c\nb TXT x\n");
  const Outcome bad = run_bare({"zone", "check", path});
  EXPECT_EQ(bad.code, 1);
  EXPECT_THAT(bad.out, StartsWith(path + ":5: E_CNAME_ALONE: b.example.com has a CNAME and TXT"));
  EXPECT_THAT(bad.out, HasSubstr("example.com: 4 record sets, 1 fault\n"));
  const auto json = json_of({"zone", "check", path}, 1);
  EXPECT_EQ(json.at("good"), false);
  EXPECT_EQ(json.at("zone"), "example.com.");
  EXPECT_EQ(run_bare({"zone", "check", file("none")}).code, 1);
}

TEST_F(RecordCommands, ZoneRemoveTakesAZoneOut) {
  const Outcome removed = run({"zone", "remove", "example.com"});
  EXPECT_EQ(removed.code, 0) << removed.err;
  EXPECT_EQ(removed.out, "example.com: zone removed\n");
  EXPECT_EQ(run({"zone", "remove", "example.com"}).code, 6);
  EXPECT_EQ(run({"zone", "remove", "dkim.secutix.com"}).code, 3);
  EXPECT_THAT(run({"zone", "list"}).out, Not(HasSubstr("example.com")));
  EXPECT_EQ(json_of({"log", "example.com", "--last", "1"}).at("entries").at(0).at("command"), "zone remove");
}

}  // namespace
}  // namespace tests
