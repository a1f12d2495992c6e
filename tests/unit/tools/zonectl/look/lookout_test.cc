// The child that looks, and how little is believed of one that lies.
#include "tools/zonectl/look/lookout.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace zonectl::look {
namespace {

using probe::Finding;
using probe::Severity;
using std::chrono::milliseconds;
using zonestore::Bytes;
using zonestore::Name;
using zonestore::Verdict;
using zonestore::dkim::SlotId;

Name name(const std::string& text) {
  return *Name::parse(text);
}
SteadyTime soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds{60};  // nothing that works comes near it
}

Task task(Kind kind) {
  Task task;
  task.kind = kind;
  task.dkim_zone = name("dkim.secutix.com");
  task.spf_zone = name("spf.secutix.com");
  task.zone.apex = task.dkim_zone;
  task.zone.serial = zonestore::Serial{7};
  task.zone.name_servers = {name("ns1.secutix.com"), name("ns2.secutix.com")};
  if (kind == Kind::kSerials) {
    task.known_servers = {"ns1.secutix.com (192.0.2.1)"};
  } else if (kind != Kind::kZone) {
    task.subject = zonestore::CheckSubject{*zonestore::dkim::Code::parse("mosa"), {}, {}, {}};
    for (const SlotId slot : zonestore::dkim::kSlots) {
      zonestore::ExpectedSlot expected;
      expected.slot = slot;
      expected.owner = name("sel-mosa._domainkey.dkim.secutix.com");
      expected.rdata = Bytes{3, 'k', 'e', 'y'};
      expected.key_id = "0123456789abcdef";
      task.subject->slots.push_back(expected);
    }
    zonestore::DomainInstructions domain;
    domain.domain = name("mosamuseum.com");
    for (const char* slot : {"stxsel1", "stxsel2"}) {
      zonestore::CustomerRecord record;
      record.zone_file_line = std::string(slot) + " CNAME x.";
      domain.cnames.push_back(record);
    }
    task.subject->domains.push_back(domain);
  }
  task.target = SlotId::kSel2;
  task.budget_ms = 500;
  return task;
}

Finding finding(const std::optional<Name>& domain, const std::string& subject, Verdict verdict = Verdict::kOk) {
  Finding finding;
  finding.domain = domain;
  finding.subject = subject;
  finding.verdict = verdict;
  finding.detail = "as it was seen";
  return finding;
}

std::optional<SeenInstitution> believed(const std::vector<Finding>& findings, Kind kind = Kind::kRotation,
                                        const std::vector<bool>& served = {}) {
  return read_seen_institution(write_seen(SeenInstitution{findings, served}), task(kind), {"127.0.0.1:5300"});
}

TEST(LookMessages, ATaskArrivesAsItWasGiven) {
  for (const Kind kind : {Kind::kZone, Kind::kInstitution, Kind::kRotation, Kind::kSerials}) {
    const std::optional<Task> read = read_task(write_task(task(kind)));
    ASSERT_TRUE(read);
    EXPECT_EQ(write_task(*read), write_task(task(kind)));
  }
  EXPECT_FALSE(read_task(Bytes{1, 2, 3}));
}

TEST(LookMessages, WhatWasAskedForIsBelieved) {
  Finding own = finding(std::nullopt, "sel2");
  own.asked = {"127.0.0.1:5300", "ns1.secutix.com (192.0.2.1)"};
  own.served = {"127.0.0.1:5300"};
  own.behind = {"ns1.secutix.com (192.0.2.1)"};
  const auto seen = believed({own, finding(name("MosaMuseum.com"), "sel2", Verdict::kMissing),
                              finding(name("mosamuseum.com"), "sel2-answer")});
  ASSERT_TRUE(seen);
  ASSERT_EQ(seen->findings.size(), 3U);
  EXPECT_EQ(seen->findings[0].behind, own.behind);
  EXPECT_EQ(seen->findings[1].domain->to_text(), "mosamuseum.com.") << "in our own spelling";
  EXPECT_EQ(seen->findings[1].verdict, Verdict::kMissing);
}

TEST(LookMessages, NamesThatNobodyAskedForSpoilTheAnswer) {
  EXPECT_FALSE(believed({finding(name("louvre.fr"), "sel2")})) << "another domain";
  EXPECT_FALSE(believed({finding(name("mosamuseum.com"), "sel1")})) << "the other slot";
  EXPECT_FALSE(believed({finding(name("mosamuseum.com"), "spf")})) << "before a rotation nobody asks for SPF";
  EXPECT_TRUE(believed({finding(name("mosamuseum.com"), "spf")}, Kind::kInstitution));
  EXPECT_FALSE(believed({finding(std::nullopt, "spf")}, Kind::kInstitution)) << "of our own side there is none";
  EXPECT_FALSE(believed({finding(name("mosamuseum.com"), "sel2"), finding(name("mosamuseum.com"), "sel2")}))
      << "twice";
  for (const std::string server :
       {"ns9.secutix.com (192.0.2.1)", "192.0.2.1", "ns1.secutix.com (a host)", "ns1.secutix.com (192.0.2.1) x",
        "ns1.secutix.com (192.0.2.1", "ns1.secutix.com\n (192.0.2.1)"}) {
    Finding own = finding(std::nullopt, "sel2");
    own.served = {server};
    EXPECT_FALSE(believed({own})) << server;
  }
}

TEST(LookMessages, TextIsMadePrintableAndLinesToPublishAreOurs) {
  Finding of_slot = finding(name("mosamuseum.com"), "sel2", Verdict::kMissing);
  of_slot.detail = "\x1b[2J all is right\n";
  of_slot.publish = {"stxsel2 CNAME x."};
  const auto seen = believed({of_slot});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->findings[0].detail, "\\x1b[2J all is right\\x0a");
  of_slot.publish = {"stxsel2 CNAME evil."};
  EXPECT_FALSE(believed({of_slot}));
}

TEST(LookMessages, NumbersAreBounded) {
  Writer verdict_unheard_of;
  verdict_unheard_of.number(1).number(0).name(Name()).text("sel2").text("perfect").number(0).text("").text("");
  Writer severity_too_large;
  severity_too_large.number(1).number(0).name(Name()).text("sel2").text("ok").number(3).text("").text("");
  Writer count_too_large;
  count_too_large.number(0xffffffff);
  Writer text_too_long;
  text_too_long.number(1).number(0).name(Name()).number(0x7fffffff);
  for (const Writer* each : {&verdict_unheard_of, &severity_too_large, &count_too_large, &text_too_long}) {
    EXPECT_FALSE(read_seen_institution(each->taken(), task(Kind::kRotation), {}));
  }
  EXPECT_FALSE(believed({}, Kind::kInstitution, {true, true, true})) << "three slots";
}

TEST(LookMessages, NoPrefixAndNoFlippedByteOfAnAnswerDoesHarm) {
  Finding own = finding(std::nullopt, "sel2");
  own.asked = {"ns1.secutix.com (192.0.2.1)"};
  const Bytes whole = write_seen(SeenInstitution{{own, finding(name("mosamuseum.com"), "sel2")}, {true, false}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(read_seen_institution({whole.data(), size}, task(Kind::kRotation), {})) << size;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
      Bytes spoilt = whole;
      spoilt[at] = static_cast<std::uint8_t>(spoilt[at] ^ flip);
      const auto seen = read_seen_institution(spoilt, task(Kind::kRotation), {});
      EXPECT_TRUE(!seen || seen->findings.size() <= 2);
    }
  }
}

TEST(LookMessages, OfAZoneItsOwnServersAloneAreBelieved) {
  zonestore::ServerEvidence evidence;
  evidence.server = "ns2.secutix.com (2001:db8::1)";
  evidence.serial = zonestore::Serial{6};
  evidence.verdict = Verdict::kLagging;
  const auto seen = read_seen_zone(write_seen({evidence}), task(Kind::kZone), {});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->front().zone, name("dkim.secutix.com"));
  EXPECT_EQ(seen->front().serial, zonestore::Serial{6});
  EXPECT_FALSE(read_seen_zone(write_seen({evidence, evidence}), task(Kind::kZone), {}));
  evidence.server = "ns2.example (192.0.2.1)";
  EXPECT_FALSE(read_seen_zone(write_seen({evidence}), task(Kind::kZone), {}));
}

// ---- a child that lies, hangs or dies ----

using Body = std::function<void(int)>;

Bytes right_answer() {
  return write_seen(SeenInstitution{{finding(std::nullopt, "sel2")}, {}});
}

TEST(LookMessages, BeforeARestoreNameServersAndSecondariesAreBelieved) {
  Task all = task(Kind::kSerials);
  all.kind = Kind::kAllServers;
  all.secondaries = {{"secondary ns3 (192.0.2.3:53)", {*probe::Address::parse("192.0.2.3:53")}}};
  const std::optional<Task> read = read_task(write_task(all));
  ASSERT_TRUE(read);
  EXPECT_EQ(write_task(*read), write_task(all));
  const auto seen_with = [&all](const std::string& server) {
    return read_seen_zone(write_seen(std::vector<zonestore::ServerEvidence>{
                              {all.zone.apex, server, Verdict::kOk, zonestore::Serial{9}, "serial 9"}}),
                          all, {});
  };
  EXPECT_TRUE(seen_with("secondary ns3 (192.0.2.3:53)"));
  EXPECT_TRUE(seen_with("ns1.secutix.com (192.0.2.1)"));
  EXPECT_FALSE(seen_with("secondary ns3 (192.0.2.4:53)"));
  EXPECT_FALSE(seen_with("ns9.secutix.com (192.0.2.1)"));
}

TEST(HostileChild, OneThatAnswersRightIsHeard) {
  Lookout lookout({}, Body([](int pipe) {
                    while (const auto frame = read_frame(pipe)) {
                      write_frame(pipe, frame->number, right_answer());
                    }
                  }));
  const std::uint32_t first = lookout.ask(task(Kind::kRotation));
  const std::uint32_t second = lookout.ask(task(Kind::kRotation));
  EXPECT_TRUE(lookout.take_institution(second, soon()));
  EXPECT_TRUE(lookout.take_institution(first, soon()));
}

TEST(HostileChild, OneThatSaysWhatCannotBeIsEnded) {
  const std::vector<std::pair<std::string, Body>> liars{
      {"an answer that nobody asked for",
       [](int pipe) {
         write_frame(pipe, 4711, right_answer());
         (void)read_frame(pipe);
         (void)read_frame(pipe);
       }},
      {"two answers",
       [](int pipe) {
         const auto frame = read_frame(pipe);
         write_frame(pipe, frame->number + 1, right_answer());
         write_frame(pipe, frame->number + 1, right_answer());
         (void)read_frame(pipe);
         (void)read_frame(pipe);
       }},
      {"an answer to something else",
       [](int pipe) {
         const auto frame = read_frame(pipe);
         write_frame(pipe, frame->number, write_seen(SeenInstitution{{finding(name("evil.com"), "sel2")}, {}}));
         (void)read_frame(pipe);
       }},
      {"a frame of four gigabytes",
       [](int pipe) {
         const Bytes head{0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0};
         (void)!::write(pipe, head.data(), head.size());
         (void)read_frame(pipe);
         (void)read_frame(pipe);
       }},
      {"nothing, and dies", [](int pipe) { (void)read_frame(pipe); }},
  };
  for (const auto& [what, body] : liars) {
    Lookout lookout({}, body);
    const std::uint32_t first = lookout.ask(task(Kind::kRotation));
    EXPECT_FALSE(lookout.take_institution(first, soon())) << what;
    EXPECT_FALSE(lookout.is_alive()) << what;
    EXPECT_FALSE(lookout.failure().empty()) << what;
    EXPECT_FALSE(lookout.take_institution(lookout.ask(task(Kind::kRotation)), soon())) << what;
  }
}

TEST(HostileChild, OneThatHangsIsNotWaitedForAndItsLateAnswerIsThrownAway) {
  Lookout lookout({}, Body([](int pipe) {
                    const auto late = read_frame(pipe);
                    const auto next = read_frame(pipe);
                    write_frame(pipe, late->number, right_answer());
                    write_frame(pipe, next->number, right_answer());
                    (void)read_frame(pipe);
                  }));
  const std::uint32_t late = lookout.ask(task(Kind::kRotation));
  EXPECT_FALSE(lookout.take_institution(late, std::chrono::steady_clock::now() + milliseconds{1}));
  EXPECT_TRUE(lookout.take_institution(lookout.ask(task(Kind::kRotation)), soon()));
  EXPECT_TRUE(lookout.is_alive());
}

TEST(Confinement, LeavesTheChildItsPipeAndNothingOfItsParent) {
  const int secret = ::open("/proc/self/exe", O_RDONLY);  // as a store's file would be
  ASSERT_GE(secret, 0);
  Child child([secret](int pipe) {
    Writer said;
    said.number(::fcntl(secret, F_GETFD) < 0 ? 1 : 0);
    said.number(static_cast<std::uint32_t>(::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)));
    said.number(static_cast<std::uint32_t>(::prctl(PR_GET_DUMPABLE)));
    said.number(::geteuid() == 0 ? 1 : 0);
    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    said.number(socket >= 3 ? 1 : 0);
    write_frame(pipe, 1, said.taken());
  });
  const auto frame = child.receive(soon());
  ::close(secret);
  ASSERT_TRUE(frame);
  Reader said(frame->payload);
  EXPECT_EQ(said.number(), 1U) << "a descriptor of its parent is closed";
  EXPECT_EQ(said.number(), 1U) << "no new privileges";
  EXPECT_EQ(said.number(), 0U) << "no core, and nobody looks in";
  EXPECT_EQ(said.number(), 0U) << "root no more";
  EXPECT_EQ(said.number(), 1U) << "it may ask";
}

TEST(RealLook, ForSerialsAsksAServerWhereItWasLastKnownIfNobodyNamesItsAddress) {
  Task to_ask = task(Kind::kSerials);
  to_ask.known_servers = {"ns2.secutix.com (127.0.0.1:1)", "ns3.secutix.com (127.0.0.1:1)", "127.0.0.1:1"};
  Lookout lookout({{}, {*probe::Address::parse("127.0.0.1:1")}, milliseconds{2000}});
  const auto seen = lookout.take_zone(lookout.ask(to_ask), soon());
  ASSERT_TRUE(seen) << lookout.failure();
  ASSERT_EQ(seen->size(), 1U) << "one that the zone does not name is not asked";
  EXPECT_EQ(seen->front().server, "ns2.secutix.com (127.0.0.1:1)");
  EXPECT_EQ(seen->front().verdict, Verdict::kUnreachable);
}

TEST(RealLook, AtClosedPortsIsQuickAndSeesNothing) {
  Means means;
  means.resolvers = {*probe::Address::parse("127.0.0.1:1")};
  means.timeout = milliseconds{100};
  Lookout lookout(means);
  const auto seen = lookout.take_institution(lookout.ask(task(Kind::kRotation)), soon());
  ASSERT_TRUE(seen) << lookout.failure();
  for (const Finding& each : seen->findings) {
    EXPECT_EQ(each.verdict, Verdict::kUnreachable) << each.detail;
  }
  const auto servers = lookout.take_zone(lookout.ask(task(Kind::kZone)), soon());
  ASSERT_TRUE(servers) << lookout.failure();
  EXPECT_THAT(*servers, testing::IsEmpty());
}

}  // namespace
}  // namespace zonectl::look
