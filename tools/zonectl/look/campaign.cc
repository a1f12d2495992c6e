#include "tools/zonectl/look/campaign.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "tools/zonectl/look/second_look.h"

namespace zonectl::look {

using probe::Finding;
using probe::Report;
using probe::Severity;
using zonestore::ErrorCode;
using zonestore::Result;

namespace {

constexpr std::size_t kAtATime = 48;  // institutions that are looked at side by side
constexpr std::size_t kCodesAtATime = 256;
constexpr std::size_t kKeptAtATime = 64;
constexpr std::chrono::minutes kLongestLook{30};  // of one that takes its time; only a child that hangs takes so long

SteadyTime in_the_end() {
  return std::chrono::steady_clock::now() + kLongestLook;
}

bool has_servers(const zonestore::ExpectedZone& zone) {
  return !zone.name_servers.empty();
}

bool is_unseen(const Finding& finding) {
  return finding.domain && finding.verdict == zonestore::Verdict::kUnreachable;
}

}  // namespace

// ---- our own name servers ----

Result<void> Campaign::look_at_own() {
  const auto zones = zones_to_check(store_);
  if (!zones) {
    return tl::unexpected(zones.error());
  }
  dkim_zone_ = zones->front();
  const bool needs_addresses = !manner_.has_named_servers && std::any_of(zones->begin(), zones->end(), has_servers);
  if (Result<void> asked = needs_addresses ? need_resolver() : Result<void>(); !asked) {
    return asked;
  }
  const auto known = looks_twice_ ? server_evidence(store_) : Result<std::vector<zonestore::ServerEvidenceView>>();
  for (const zonestore::ExpectedZone& zone : *zones) {
    Result<Seen> seen = see_zone(zone);
    if (!seen) {
      return tl::unexpected(seen.error());
    }
    if (looks_twice_ && known && has_turned_bad(*seen, *known)) {
      doubtful_zones_.push_back({zone, *std::move(seen), std::chrono::steady_clock::now()});
    } else if (!seen->empty() || has_resolver_) {
      finish(zone, *seen);
    }
  }
  return {};
}

Result<Campaign::Seen> Campaign::see_zone(const zonestore::ExpectedZone& zone) {
  auto seen = lookout_.take_zone(lookout_.ask(task(Kind::kZone, zone)), in_the_end());
  return seen ? Result<Seen>(*std::move(seen)) : nobody_looks();
}

void Campaign::finish(const zonestore::ExpectedZone& zone, const Seen& seen) {
  if (!manner_.keeps_evidence) {
    teller_.servers(zone, seen);
    return;
  }
  const auto kept = record_server_evidence(store_, seen, zone.as_of);
  teller_.servers(zone, kept.value_or(seen));
  tell_unkept(kept.map([](const Seen&) {}));
}

// ---- institutions ----

// Our own side first. Is there anybody who can be asked of institutions, too?
Result<bool> Campaign::begin() {
  return look_at_own().map([this] { return has_resolver_ || manner_.has_named_servers; });
}

Result<void> Campaign::look_at(const std::vector<zonestore::dkim::Code>& codes) {
  Result<void> looked = look_at_each(codes);
  keep_seen();  // what was seen until then, however it ended
  return looked;
}

Result<void> Campaign::look_at_each(const std::vector<zonestore::dkim::Code>& codes) {
  const Result<bool> can_look = begin();
  if (!can_look || !*can_look) {
    return can_look.map([](bool) {});
  }
  for (const zonestore::dkim::Code& code : codes) {
    if (Result<void> started = start_in_turn(code); !started) {
      return started;
    }
  }
  return take_all();
}

Result<void> Campaign::look_at_all() {
  looks_twice_ = true;
  Result<void> looked = look_at_each_of_all();
  keep_seen();
  return looked;
}

Result<void> Campaign::look_at_each_of_all() {
  const Result<bool> can_look = begin();
  if (!can_look || !*can_look) {
    return can_look.map([](bool) {});
  }
  if (Result<void> begun = begin_all(); !begun) {
    return begun;
  }
  const Result<void> taken = take_all();
  return taken ? look_again() : taken;
}

bool Campaign::stops() {
  was_stopped_ = was_stopped_ || (manner_.stops_within && manner_.stops_within(std::chrono::milliseconds(0)));
  return was_stopped_;
}

// Several at a time, told in order: the oldest is waited for when enough are under way.
Result<void> Campaign::begin_all() {
  if (const auto count = count_to_check(store_)) {
    teller_.expect(*count);
  }
  std::string after;
  for (;;) {
    const auto codes = codes_to_check(store_, after, kCodesAtATime);
    if (!codes) {
      return tl::unexpected(codes.error());
    }
    for (const zonestore::dkim::Code& code : *codes) {
      if (stops()) {
        return {};
      }
      // One that has been removed meanwhile is left out.
      if (Result<void> started = start_in_turn(code); !started && started.error().code != ErrorCode::kNotFound) {
        return started;
      }
      after = code.text();
    }
    if (codes->size() < kCodesAtATime || stops()) {
      return {};
    }
  }
}

Result<void> Campaign::start_in_turn(const zonestore::dkim::Code& code) {
  const Result<void> taken = begun_.size() == kAtATime ? take_oldest() : Result<void>{};
  return taken ? start(code) : taken;
}

Result<void> Campaign::take_all() {
  while (!begun_.empty() && !stops()) {
    if (Result<void> taken = take_oldest(); !taken) {
      return taken;
    }
  }
  return {};
}

Result<void> Campaign::start(const zonestore::dkim::Code& code) {
  auto subject = subject_to_check(store_, code);
  if (!subject) {
    return tl::unexpected(subject.error());
  }
  if (!subject->domains.empty()) {
    if (Result<void> asked = need_resolver(); !asked) {
      return asked;
    }
  }
  if (!has_resolver_) {
    subject->domains.clear();  // nobody tells who their servers are
  }
  Task to_do = task(Kind::kInstitution, dkim_zone_);
  to_do.zone.record_sets.clear();
  to_do.subject = *subject;
  begun_.push_back({lookout_.ask(std::move(to_do)), *std::move(subject)});
  return {};
}

Result<void> Campaign::take_oldest() {
  Begun begun = std::move(begun_.front());
  begun_.pop_front();
  const std::vector<zonestore::EvidenceView> known = begun.subject.known;
  Result<Report> report = take(std::move(begun));
  if (!report) {
    return tl::unexpected(report.error());
  }
  if (looks_twice_ && has_turned_bad(*report, known)) {
    zonestore::dkim::Code code = report->code;
    doubtful_.push_back({std::move(code), *std::move(report), std::chrono::steady_clock::now()});
  } else {
    finish(*report);
  }
  return {};
}

Result<Report> Campaign::take(Begun begun) {
  auto seen = lookout_.take_institution(begun.number, in_the_end());
  if (!seen) {
    return nobody_looks();
  }
  Report report{begun.subject.code, begun.subject.as_of, std::move(seen->findings), {}};
  for (const zonestore::ExpectedSlot& slot : begun.subject.slots) {
    report.slots.push_back({slot.key_id, {}});
  }
  if (Result<void> left_out = leave_out_unseen(report); !left_out) {
    return tl::unexpected(left_out.error());
  }
  prove_keys(report, begun.subject, seen->served);
  return report;
}

void Campaign::finish(const Report& report) {
  teller_.institution(report);
  if (!manner_.keeps_evidence) {
    return;
  }
  seen_.emplace_back(report.code, look_of(report));
  if (seen_.size() >= kKeptAtATime) {
    keep_seen();
  }
}

// Many in a transaction: each is made durable, which takes as long as a look does.
void Campaign::keep_seen() {
  if (!seen_.empty()) {
    tell_unkept(record_evidence(store_, seen_));
    seen_.clear();
  }
}

// ---- the second look ----

void Campaign::wait_for(SteadyTime seen) {
  for (;;) {
    const auto left = seen + manner_.again_after - std::chrono::steady_clock::now();
    if (left <= left.zero()) {
      return;
    }
    teller_.waiting(doubtful_.size(), std::chrono::ceil<std::chrono::seconds>(left));
    const auto span = std::min<std::chrono::milliseconds>(std::chrono::ceil<std::chrono::milliseconds>(left),
                                                          std::chrono::seconds{1});
    if (!manner_.stops_within) {
      std::this_thread::sleep_for(span);
    } else if (manner_.stops_within(span)) {
      return;
    }
  }
}

Result<void> Campaign::look_again() {
  keep_seen();  // the second look comes a minute later
  left_in_doubt_ = doubtful_.size();
  for (const DoubtfulZone& doubtful : doubtful_zones_) {
    wait_for(doubtful.seen);
    if (stops()) {
      return {};
    }
    if (Result<void> looked = look_again_at(doubtful); !looked) {
      return looked;
    }
  }
  for (const Doubtful& doubtful : doubtful_) {
    wait_for(doubtful.seen);
    if (stops()) {
      return {};
    }
    if (Result<void> looked = look_again_at(doubtful); !looked) {
      return looked;
    }
    --left_in_doubt_;
  }
  return {};
}

Result<void> Campaign::look_again_at(const DoubtfulZone& doubtful) {
  const auto zones = zones_to_check(store_);  // it may have changed meanwhile
  const auto known = server_evidence(store_);
  if (!zones || !known) {
    return tl::unexpected(zones ? known.error() : zones.error());
  }
  for (const zonestore::ExpectedZone& zone : *zones) {
    if (zone.apex == doubtful.zone.apex) {
      Result<Seen> seen = see_zone(zone);
      if (!seen) {
        return tl::unexpected(seen.error());
      }
      finish(zone, agreed(doubtful.first, *std::move(seen), *known));
    }
  }
  return {};
}

Result<void> Campaign::look_again_at(const Doubtful& doubtful) {
  if (Result<void> started = start(doubtful.code); !started) {
    return started.error().code == ErrorCode::kNotFound ? Result<void>{} : started;
  }
  Begun begun = std::move(begun_.front());
  begun_.pop_front();
  const std::vector<zonestore::EvidenceView> known = begun.subject.known;
  Result<Report> second = take(std::move(begun));
  if (!second) {
    return tl::unexpected(second.error());
  }
  finish(agreed(doubtful.first, *std::move(second), known));
  return {};
}

// ---- what it asks with ----

// Before the first question to it, and not where there is none: that it is silent matters only to those.
Result<void> Campaign::need_resolver() {
  if (std::exchange(has_tried_resolver_, true)) {
    return {};
  }
  return resolver_answers().map([](bool) {});
}

// Said once; from then on it is not asked again.
Result<bool> Campaign::resolver_answers() {
  if (!has_resolver_) {
    return false;
  }
  const auto answers = lookout_.take_resolver(lookout_.ask(task(Kind::kResolver, dkim_zone_)), in_the_end());
  if (!answers) {
    return nobody_looks();
  }
  has_resolver_ = *answers;
  if (!has_resolver_) {
    teller_.no_resolver();
  }
  return has_resolver_;
}

// What nobody saw because the resolver is silent says nothing of the domain.
Result<void> Campaign::leave_out_unseen(Report& report) {
  if (std::none_of(report.findings.begin(), report.findings.end(), is_unseen)) {
    return {};
  }
  const Result<bool> answers = resolver_answers();
  if (!answers) {
    return tl::unexpected(answers.error());
  }
  if (!*answers) {
    std::erase_if(report.findings, [](const Finding& finding) { return finding.domain.has_value(); });
  }
  return {};
}

tl::unexpected<zonestore::Error> Campaign::nobody_looks() const {
  return zonestore::fail(ErrorCode::kIo,
                         "the process that looks into the DNS gave no answer" +
                             (lookout_.failure().empty() ? "" : ": " + lookout_.failure()),
                         "what was seen before is kept; try again");
}

Task Campaign::task(Kind kind, const zonestore::ExpectedZone& zone) const {
  Task task;
  task.kind = kind;
  task.dkim_zone = store_.dkim_zone();
  task.spf_zone = store_.spf_zone();
  task.zone = zone;
  return task;
}

// ---- the proof of keys ----

bool Campaign::has_other_key(const zonestore::dkim::Code& code, std::size_t slot, const std::string& key_id) {
  const auto subject = subject_to_check(store_, code);
  return !subject || subject->slots.at(slot).key_id != key_id;
}

// The published bytes, which came over the wire, against the private key in the vault.
void Campaign::prove_keys(Report& report, const zonestore::CheckSubject& subject, const std::vector<bool>& served) {
  for (Finding& finding : report.findings) {
    for (std::size_t i = 0; i < subject.slots.size() && manner_.tries_keys && !finding.domain; ++i) {
      const zonestore::ExpectedSlot& slot = subject.slots[i];
      if (finding.subject != zonestore::dkim::to_text(slot.slot) || slot.key_id.empty() || !slot.rdata ||
          finding.verdict != zonestore::Verdict::kOk || i >= served.size() || !served[i]) {
        continue;
      }
      const Result<void> proven = prove_key(store_, slot.key_id, *slot.rdata);
      if (proven) {
        finding.detail += "; the private key fits";
      } else if (proven.error().refusal && has_other_key(report.code, i, slot.key_id)) {
        continue;  // it was replaced meanwhile, and its private half is gone
      } else if (proven.error().refusal) {
        finding.verdict = zonestore::Verdict::kKeyMismatch;
        finding.severity = Severity::kBad;
        finding.detail = proven.error().message;
        finding.advice = proven.error().hint;
      } else {
        manner_.tries_keys = false;
        teller_.warning("whether the private keys fit was not tried: " + proven.error().message);
      }
    }
  }
}

// What was seen is told all the same. One warning: what hinders one mostly hinders all.
void Campaign::tell_unkept(const Result<void>& kept) {
  if (!kept && !told_unkept_) {
    told_unkept_ = true;
    teller_.warning("not all that was seen is kept for rotate: " + kept.error().message);
  }
}

}  // namespace zonectl::look
