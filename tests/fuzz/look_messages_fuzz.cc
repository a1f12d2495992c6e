// What the child that looks may write into its pipe: an answer that is believed speaks only of what was asked for.
// Input: one byte that picks the task (a zone, an institution, a rotation), then the answer.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "tests/fuzz/text_rules.h"
#include "tools/zonectl/look/messages.h"

namespace {

using zonectl::look::Kind;
using zonectl::look::Task;
using zonestore::ByteView;
using zonestore::Name;

const std::vector<std::string>& named_servers() {
  static const std::vector<std::string> named{"127.0.0.1:5300"};
  return named;
}

zonestore::CheckSubject subject() {
  zonestore::CheckSubject subject{*zonestore::dkim::Code::parse("mosa"), {}, {}, {}};
  zonestore::DomainInstructions domain;
  domain.domain = *Name::parse("mosamuseum.com");
  for (const zonestore::dkim::SlotId slot : zonestore::dkim::kSlots) {
    zonestore::ExpectedSlot expected;
    expected.slot = slot;
    expected.owner = *Name::parse("sel1-mosa._domainkey.dkim.secutix.com");
    expected.rdata = zonestore::Bytes{3, 'k', 'e', 'y'};
    subject.slots.push_back(expected);
    zonestore::CustomerRecord record;
    record.zone_file_line = to_text(slot) + " CNAME x.";
    domain.cnames.push_back(record);
  }
  subject.domains.push_back(domain);
  return subject;
}

Task task_of(Kind kind) {
  Task task;
  task.kind = kind;
  task.dkim_zone = *Name::parse("dkim.secutix.com");
  task.spf_zone = *Name::parse("spf.secutix.com");
  task.zone.apex = task.dkim_zone;
  task.zone.name_servers = {*Name::parse("ns1.secutix.com"), *Name::parse("ns2.secutix.com")};
  if (kind != Kind::kZone) {
    task.subject = subject();
  }
  task.target = zonestore::dkim::SlotId::kSel2;
  return task;
}

void check_line(const std::string& text) {
  if (!text.empty()) {
    dnsd::fuzz::check_message(text);
  }
}

bool is_ours(const std::string& server) {
  return server == named_servers().front() || server.starts_with("ns1.secutix.com (") ||
         server.starts_with("ns2.secutix.com (");
}

void check_servers(const std::vector<std::string>& servers) {
  FUZZ_REQUIRE(std::all_of(servers.begin(), servers.end(), is_ours));
  FUZZ_REQUIRE(std::set<std::string>(servers.begin(), servers.end()).size() == servers.size());
  for (const std::string& server : servers) {
    check_line(server);
  }
}

void check_finding(const Task& task, const zonectl::probe::Finding& finding) {
  FUZZ_REQUIRE(!finding.domain || *finding.domain == task.subject->domains.front().domain);
  FUZZ_REQUIRE(task.kind != Kind::kRotation || finding.subject.starts_with("sel2"));
  FUZZ_REQUIRE(finding.severity <= zonectl::probe::Severity::kBad);
  FUZZ_REQUIRE(zonestore::parse_verdict(to_text(finding.verdict)).has_value());
  check_line(finding.detail);
  check_line(finding.advice);
  for (const std::string& line : finding.publish) {
    check_line(line);
    FUZZ_REQUIRE(finding.domain.has_value());
    FUZZ_REQUIRE(!finding.subject.starts_with("sel") || line == "sel1 CNAME x." || line == "sel2 CNAME x.");
  }
  check_servers(finding.asked);
  check_servers(finding.served);
  check_servers(finding.behind);
}

void check_institution(ByteView answer, const Task& task) {
  const auto seen = read_seen_institution(answer, task, named_servers());
  if (!seen) {
    return;
  }
  std::set<std::string> told;
  for (const zonectl::probe::Finding& finding : seen->findings) {
    check_finding(task, finding);
    FUZZ_REQUIRE(told.insert((finding.domain ? "domain " : "own ") + finding.subject).second);
  }
  FUZZ_REQUIRE(seen->served.size() <= zonestore::dkim::kSlots.size());
}

void check_zone(ByteView answer, const Task& task) {
  const auto seen = read_seen_zone(answer, task, named_servers());
  if (!seen) {
    return;
  }
  std::vector<std::string> servers;
  for (const zonestore::ServerEvidence& each : *seen) {
    FUZZ_REQUIRE(each.zone == task.zone.apex);
    servers.push_back(each.server);
    check_line(each.detail);
  }
  check_servers(servers);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Task> tasks{task_of(Kind::kZone), task_of(Kind::kInstitution), task_of(Kind::kRotation)};
  if (size == 0) {
    return 0;
  }
  const ByteView answer(data + 1, size - 1);
  const Task& task = tasks[data[0] % tasks.size()];
  check_zone(answer, task);
  check_institution(answer, task);
  // The task's own reader stands in the child, behind the same pipe.
  if (const auto read = zonectl::look::read_task(answer)) {
    FUZZ_REQUIRE(zonectl::look::read_task(write_task(*read)).has_value());
  }
  return 0;
}
