#include "tools/zonectl/look/messages.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "tools/zonectl/text/printable.h"

namespace zonectl::look {

using probe::Finding;
using probe::Severity;
using zonestore::Bytes;
using zonestore::ByteView;
using zonestore::CheckSubject;
using zonestore::CustomerRecord;
using zonestore::DomainInstructions;
using zonestore::ExpectedSlot;
using zonestore::ExpectedZone;
using zonestore::Name;
using zonestore::RecordSet;
using zonestore::Serial;
using zonestore::ServerEvidence;
using zonestore::Verdict;

namespace {

// Of what zonectl writes itself: no more than a sane store has.
constexpr std::uint32_t kMostItems = 1'000'000;
constexpr std::size_t kLongestBytes = 70'000;
// Of what comes back.
constexpr std::uint32_t kMostServers = 256;
constexpr std::size_t kLongestText = 8'000;
constexpr std::uint32_t kMostLines = 16;
constexpr std::uint32_t kFindingsOfADomain = 7;

// ---- tasks ----

void write(Writer& out, const CustomerRecord& record) {
  out.text(record.name).text(record.type).text(record.value).number(record.ttl).text(record.zone_file_line);
}

CustomerRecord read_record(Reader& in) {
  CustomerRecord record;
  record.name = in.text(kLongestBytes);
  record.type = in.text(kLongestBytes);
  record.value = in.text(kLongestBytes);
  record.ttl = in.number();
  record.zone_file_line = in.text(kLongestBytes);
  return record;
}

void write(Writer& out, const ExpectedSlot& slot) {
  out.number(static_cast<std::uint32_t>(slot.slot)).name(slot.owner).number(zonestore::seconds(slot.ttl));
  out.number(slot.rdata ? 1 : 0).bytes(slot.rdata ? ByteView(*slot.rdata) : ByteView()).text(slot.key_id);
}

ExpectedSlot read_slot(Reader& in) {
  ExpectedSlot slot;
  slot.slot = static_cast<zonestore::dkim::SlotId>(in.number_up_to(2));
  slot.owner = in.name();
  slot.ttl = zonestore::Ttl{in.number()};
  const bool has_data = in.number_up_to(1) == 1;
  Bytes rdata = in.bytes(kLongestBytes);
  if (has_data) {
    slot.rdata = std::move(rdata);
  }
  slot.key_id = in.text(kLongestBytes);
  return slot;
}

void write(Writer& out, const DomainInstructions& domain) {
  out.name(domain.domain).number(static_cast<std::uint32_t>(domain.cnames.size()));
  for (const CustomerRecord& record : domain.cnames) {
    write(out, record);
  }
  write(out, domain.spf);
  out.text(domain.spf_term);
}

DomainInstructions read_domain(Reader& in) {
  DomainInstructions domain;
  domain.domain = in.name();
  for (std::uint32_t left = in.number_up_to(kMostItems); left > 0 && in.is_good(); --left) {
    domain.cnames.push_back(read_record(in));
  }
  domain.spf = read_record(in);
  domain.spf_term = in.text(kLongestBytes);
  return domain;
}

void write(Writer& out, const CheckSubject& subject) {
  out.text(subject.code.text()).text(subject.selectors.word());
  out.number(static_cast<std::uint32_t>(subject.slots.size()));
  for (const ExpectedSlot& slot : subject.slots) {
    write(out, slot);
  }
  out.number(static_cast<std::uint32_t>(subject.domains.size()));
  for (const DomainInstructions& domain : subject.domains) {
    write(out, domain);
  }
}

std::optional<CheckSubject> read_subject(Reader& in) {
  auto code = zonestore::dkim::Code::parse(in.text(kLongestBytes));
  auto selectors = zonestore::dkim::CustomerSelectors::parse(in.text(kLongestBytes));
  if (!code || !selectors) {
    return std::nullopt;
  }
  CheckSubject subject{*std::move(code), {}, {}, {}};
  subject.selectors = *std::move(selectors);
  for (std::uint32_t left = in.number_up_to(kMostItems); left > 0 && in.is_good(); --left) {
    subject.slots.push_back(read_slot(in));
  }
  for (std::uint32_t left = in.number_up_to(kMostItems); left > 0 && in.is_good(); --left) {
    subject.domains.push_back(read_domain(in));
  }
  return subject;
}

void write(Writer& out, const ExpectedZone& zone) {
  out.name(zone.apex).number(zone.serial.value).number(static_cast<std::uint32_t>(zone.name_servers.size()));
  for (const Name& server : zone.name_servers) {
    out.name(server);
  }
  out.number(static_cast<std::uint32_t>(zone.record_sets.size()));
  for (const RecordSet& set : zone.record_sets) {
    out.name(set.owner).number(static_cast<std::uint32_t>(set.type)).number(zonestore::seconds(set.ttl));
    out.number(static_cast<std::uint32_t>(set.rdata.size()));
    for (const Bytes& rdata : set.rdata) {
      out.bytes(rdata);
    }
  }
}

RecordSet read_set(Reader& in) {
  RecordSet set;
  set.owner = in.name();
  set.type = static_cast<zonestore::RecordType>(in.number_up_to(0xffff));
  set.ttl = zonestore::Ttl{in.number()};
  for (std::uint32_t left = in.number_up_to(kMostItems); left > 0 && in.is_good(); --left) {
    set.rdata.push_back(in.bytes(kLongestBytes));
  }
  return set;
}

ExpectedZone read_zone(Reader& in) {
  ExpectedZone zone;
  zone.apex = in.name();
  zone.serial = Serial{in.number()};
  for (std::uint32_t left = in.number_up_to(kMostItems); left > 0 && in.is_good(); --left) {
    zone.name_servers.push_back(in.name());
  }
  for (std::uint32_t left = in.number_up_to(kMostItems); left > 0 && in.is_good(); --left) {
    zone.record_sets.push_back(read_set(in));
  }
  return zone;
}

void write(Writer& out, const probe::SecondaryToLookAt& secondary) {
  out.text(secondary.server).number(static_cast<std::uint32_t>(secondary.addresses.size()));
  for (const probe::Address& address : secondary.addresses) {
    out.text(address.to_text());
  }
}

probe::SecondaryToLookAt read_secondary(Reader& in) {
  probe::SecondaryToLookAt secondary;
  secondary.server = in.text(kLongestBytes);
  for (std::uint32_t left = in.number_up_to(kMostItems); left > 0 && in.is_good(); --left) {
    if (auto address = probe::Address::parse(in.text(kLongestBytes))) {
      secondary.addresses.push_back(*std::move(address));
    } else {
      in.spoil();
    }
  }
  return secondary;
}

}  // namespace

Bytes write_task(const Task& task) {
  Writer out;
  out.number(static_cast<std::uint32_t>(task.kind)).name(task.dkim_zone).name(task.spf_zone);
  write(out, task.zone);
  out.number(static_cast<std::uint32_t>(task.target)).number(task.budget_ms).number(task.subject ? 1 : 0);
  if (task.subject) {
    write(out, *task.subject);
  }
  out.number(static_cast<std::uint32_t>(task.known_servers.size()));
  for (const std::string& server : task.known_servers) {
    out.text(server);
  }
  out.number(static_cast<std::uint32_t>(task.secondaries.size()));
  for (const probe::SecondaryToLookAt& secondary : task.secondaries) {
    write(out, secondary);
  }
  return out.taken();
}

std::optional<Task> read_task(ByteView bytes) {
  Reader in(bytes);
  Task task;
  task.kind = static_cast<Kind>(in.number_up_to(static_cast<std::uint32_t>(Kind::kAllServers)));
  task.dkim_zone = in.name();
  task.spf_zone = in.name();
  task.zone = read_zone(in);
  task.target = static_cast<zonestore::dkim::SlotId>(in.number_up_to(2));
  task.budget_ms = in.number();
  if (in.number_up_to(1) == 1) {
    task.subject = read_subject(in);
  }
  for (std::uint32_t left = in.number_up_to(kMostItems); left > 0 && in.is_good(); --left) {
    task.known_servers.push_back(in.text(kLongestBytes));
  }
  for (std::uint32_t left = in.number_up_to(kMostItems); left > 0 && in.is_good(); --left) {
    task.secondaries.push_back(read_secondary(in));
  }
  const bool wants_subject = task.kind == Kind::kInstitution || task.kind == Kind::kRotation;
  return in.is_done() && wants_subject == task.subject.has_value() ? std::optional(std::move(task)) : std::nullopt;
}

// ---- answers, as the child writes them ----

Bytes write_resolver_answers(bool answers) {
  Writer out;
  out.number(answers ? 1 : 0);
  return out.taken();
}

std::optional<bool> read_resolver_answers(ByteView bytes) {
  Reader in(bytes);
  const bool answers = in.number_up_to(1) == 1;
  return in.is_done() ? std::optional(answers) : std::nullopt;
}

namespace {

void write(Writer& out, const std::vector<std::string>& texts) {
  out.number(static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) {
    out.text(text);
  }
}

// No line is told that does not fit whole.
std::vector<std::string> without_long(const std::vector<std::string>& lines) {
  std::vector<std::string> kept;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(kept),
               [](const std::string& line) { return line.size() <= kLongestText; });
  kept.resize(std::min<std::size_t>(kept.size(), kMostLines));
  return kept;
}

std::string_view cut(const std::string& text) {
  return std::string_view(text).substr(0, kLongestText);
}

}  // namespace

Bytes write_seen(const SeenInstitution& seen) {
  Writer out;
  out.number(static_cast<std::uint32_t>(seen.findings.size()));
  for (const Finding& finding : seen.findings) {
    out.number(finding.domain ? 1 : 0).name(finding.domain.value_or(Name())).text(finding.subject);
    out.text(to_text(finding.verdict)).number(static_cast<std::uint32_t>(finding.severity));
    out.text(cut(finding.detail)).text(cut(finding.advice));
    write(out, without_long(finding.publish));
    write(out, without_long(finding.notes));
    write(out, finding.asked);
    write(out, finding.served);
    write(out, finding.behind);
  }
  out.number(static_cast<std::uint32_t>(seen.served.size()));
  for (const bool served : seen.served) {
    out.number(served ? 1 : 0);
  }
  return out.taken();
}

Bytes write_seen(const std::vector<ServerEvidence>& servers) {
  Writer out;
  out.number(static_cast<std::uint32_t>(servers.size()));
  for (const ServerEvidence& each : servers) {
    out.text(each.server).text(to_text(each.verdict)).number(each.serial ? 1 : 0);
    out.number(each.serial.value_or(Serial{}).value).text(cut(each.detail));
  }
  return out.taken();
}

// ---- answers, as they are believed ----

namespace {

// One line, of bounded length, without anything that a terminal would take for a command.
std::string read_text(Reader& in) {
  return printable(in.text(kLongestText));
}

Verdict read_verdict(Reader& in) {
  const std::optional<Verdict> verdict = zonestore::parse_verdict(in.text(kLongestText));
  if (!verdict) {
    in.spoil();
  }
  return verdict.value_or(Verdict::kUnreachable);
}

// "ns1.secutix.com (192.0.2.1)" of a server that the zone names, one that the caller named by its address, or a
// secondary that the task names.
class Servers {
 public:
  Servers(const Task& task, const std::vector<std::string>& named) : task_(task), named_(named) {}

  [[nodiscard]] std::string read(Reader& in) const {
    std::string text = in.text(kLongestText);
    if (!is_known(text)) {
      in.spoil();
      return {};
    }
    return text;
  }

  [[nodiscard]] std::vector<std::string> read_list(Reader& in) const {
    std::set<std::string> servers;
    for (std::uint32_t left = in.number_up_to(kMostServers); left > 0 && in.is_good(); --left) {
      if (!servers.insert(read(in)).second) {
        in.spoil();  // twice
      }
    }
    return {servers.begin(), servers.end()};
  }

 private:
  [[nodiscard]] bool is_known(const std::string& text) const {
    const bool is_secondary =
        std::any_of(task_.secondaries.begin(), task_.secondaries.end(),
                    [&text](const probe::SecondaryToLookAt& each) { return each.server == text; });
    if (is_secondary || task_.kind == Kind::kSecondaries) {
      return is_secondary;
    }
    if (std::find(named_.begin(), named_.end(), text) != named_.end()) {
      return true;
    }
    const std::string_view name = zonestore::server_name(text);
    if (name.empty() || !zonestore::is_named(text, task_.zone.name_servers) || !text.ends_with(')')) {
      return false;
    }
    const std::string_view address = std::string_view(text).substr(name.size() + 2, text.size() - name.size() - 3);
    const auto parsed = probe::Address::parse(address);
    return parsed && parsed->to_text() == address;
  }

  const Task& task_;
  const std::vector<std::string>& named_;
};

// The subjects that an answer may speak of.
bool is_asked_for(const Task& task, const std::optional<Name>& domain, const std::string& subject) {
  const bool is_rotation = task.kind == Kind::kRotation;
  for (const zonestore::dkim::SlotId slot : zonestore::dkim::kSlots) {
    const std::string text = zonestore::dkim::to_text(slot);
    if ((!is_rotation || slot == task.target) &&
        (subject == text || (domain && subject == zonestore::answer_subject(text)))) {
      return true;
    }
  }
  return domain && !is_rotation && (subject == "servers" || subject == "spf" || subject == "dmarc");
}

const DomainInstructions* find_domain(const CheckSubject& subject, const Name& domain) {
  const auto found = std::find_if(subject.domains.begin(), subject.domains.end(),
                                  [&domain](const DomainInstructions& each) { return each.domain == domain; });
  return found == subject.domains.end() ? nullptr : &*found;
}

// What is to be published in a slot's place can only be the line of the instructions; of SPF and DMARC it is the
// domain's own record, as it would read with ours in it.
void check_publish(Reader& in, const Finding& finding, const DomainInstructions* domain) {
  for (const std::string& line : finding.publish) {
    const bool is_of_slot = finding.subject.starts_with("sel");
    if (domain == nullptr ||
        (is_of_slot && std::none_of(domain->cnames.begin(), domain->cnames.end(),
                                    [&line](const CustomerRecord& each) { return each.zone_file_line == line; }))) {
      in.spoil();
    }
  }
}

Finding read_finding(Reader& in, const Task& task, const Servers& servers) {
  Finding finding;
  const bool has_domain = in.number_up_to(1) == 1;
  const Name name = in.name();
  const DomainInstructions* const domain = has_domain ? find_domain(*task.subject, name) : nullptr;
  if (domain != nullptr) {
    finding.domain = domain->domain;  // in our own spelling
  }
  finding.subject = in.text(kLongestText);
  if ((has_domain && domain == nullptr) || !is_asked_for(task, finding.domain, finding.subject)) {
    in.spoil();
  }
  finding.verdict = read_verdict(in);
  finding.severity = static_cast<Severity>(in.number_up_to(static_cast<std::uint32_t>(Severity::kBad)));
  finding.detail = read_text(in);
  finding.advice = read_text(in);
  for (std::uint32_t left = in.number_up_to(kMostLines); left > 0 && in.is_good(); --left) {
    finding.publish.push_back(read_text(in));
  }
  check_publish(in, finding, domain);
  for (std::uint32_t left = in.number_up_to(kMostLines); left > 0 && in.is_good(); --left) {
    finding.notes.push_back(read_text(in));
  }
  finding.asked = servers.read_list(in);
  finding.served = servers.read_list(in);
  finding.behind = servers.read_list(in);
  return finding;
}

}  // namespace

std::optional<SeenInstitution> read_seen_institution(ByteView bytes, const Task& task,
                                                     const std::vector<std::string>& named_servers) {
  if (!task.subject) {
    return std::nullopt;
  }
  Reader in(bytes);
  const Servers servers(task, named_servers);
  SeenInstitution seen;
  std::set<std::pair<std::string, std::string>> told;
  const auto most = static_cast<std::uint32_t>(2 + kFindingsOfADomain * task.subject->domains.size());
  for (std::uint32_t left = in.number_up_to(most); left > 0 && in.is_good(); --left) {
    Finding finding = read_finding(in, task, servers);
    if (!told.emplace(finding.domain ? finding.domain->to_text() : "", finding.subject).second) {
      in.spoil();
    }
    seen.findings.push_back(std::move(finding));
  }
  for (std::uint32_t left = in.number_up_to(2); left > 0 && in.is_good(); --left) {
    seen.served.push_back(in.number_up_to(1) == 1);
  }
  return in.is_done() ? std::optional(std::move(seen)) : std::nullopt;
}

std::optional<std::vector<ServerEvidence>> read_seen_zone(ByteView bytes, const Task& task,
                                                          const std::vector<std::string>& named_servers) {
  Reader in(bytes);
  const Servers servers(task, named_servers);
  std::vector<ServerEvidence> seen;
  std::set<std::string> told;
  for (std::uint32_t left = in.number_up_to(kMostServers); left > 0 && in.is_good(); --left) {
    ServerEvidence evidence;
    evidence.zone = task.zone.apex;
    evidence.server = servers.read(in);
    evidence.verdict = read_verdict(in);
    const bool has_serial = in.number_up_to(1) == 1;
    const std::uint32_t serial = in.number();
    if (has_serial) {
      evidence.serial = Serial{serial};
    }
    evidence.detail = read_text(in);
    if (!told.insert(evidence.server).second) {
      in.spoil();
    }
    seen.push_back(std::move(evidence));
  }
  return in.is_done() ? std::optional(std::move(seen)) : std::nullopt;
}

}  // namespace zonectl::look
