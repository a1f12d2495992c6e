#include "tools/zonectl/probe/diagnosis.h"

#include <algorithm>
#include <map>

#include "zonestore/base/joined.h"
#include "zonestore/base/printable.h"

namespace zonectl::probe {

using zonestore::Name;
using zonestore::Verdict;

namespace {

struct Judgement {
  Verdict verdict = Verdict::kOk;
  std::string what;  // behind the name: "leads to ..."
  friend bool operator==(const Judgement&, const Judgement&) = default;
};

std::string shown(const Name& name) {
  return name.to_text_no_dot();
}

// TARGET.ZONE: all labels of the target, and more behind them.
bool has_lost_its_dot(const Name& seen, const Name& expected) {
  const Name lowered_expected = expected.lowered();
  const Name lowered = seen.lowered();
  const auto wanted = lowered_expected.wire();
  const std::size_t labels = wanted.size() - 1;  // without the root label
  return lowered.wire().size() > wanted.size() &&
         std::equal(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(labels), lowered.wire().begin());
}

const Chain* chain_of(const CnameFacts& facts, const Name& target) {
  const auto found = std::find_if(facts.chains.begin(), facts.chains.end(),
                                  [&target](const Chain& each) { return each.first == target; });
  return found == facts.chains.end() ? nullptr : &*found;
}

Judgement judge_target(const CnameFacts& facts, const Name& target) {
  const Chain* const chain = chain_of(facts, target);
  const std::string leads = "leads to " + shown(target);
  if (target == facts.expected) {
    return {Verdict::kOk, leads};
  }
  if (target == facts.other_slot) {
    return {Verdict::kSlotsSwapped, leads + ", the other slot's name"};
  }
  if (has_lost_its_dot(target, facts.expected) || has_lost_its_dot(target, facts.other_slot)) {
    return {Verdict::kDotLost, leads + ": the zone's own name was added to the target"};
  }
  if (target.is_at_or_below(facts.dkim_zone)) {
    return {Verdict::kWrongInstitution, leads + ", which is another institution's name or nobody's"};
  }
  if (chain != nullptr && chain->loops) {
    return {Verdict::kLoop, leads + ", and in a circle from there"};
  }
  if (chain != nullptr && !chain->next.empty()) {
    Judgement end = judge_target(facts, chain->next.back());
    end.what = leads + ", and from there in the end to " + shown(chain->next.back());
    return end;
  }
  return {Verdict::kWrongTarget, leads + ", not to " + shown(facts.expected)};
}

// TXT records where the CNAME should be. A copy of our very record with our TTL is what a provider makes that
// resolves the alias itself; one that a person pasted has the TTL of that person's zone.
Judgement judge_texts(const CnameFacts& facts, const std::vector<SeenText>& texts) {
  for (const SeenText& seen : texts) {
    if (!facts.served.text.empty() && seen.text == facts.served.text && seen.ttl == facts.served.ttl) {
      return {Verdict::kFlattened, "answers with a copy of our TXT record in place of the CNAME"};
    }
  }
  return {Verdict::kTxtInPlace, "has a TXT record in place of the CNAME"};
}

Judgement judge_sighting(const CnameFacts& facts, const Sighting& seen) {
  if (!seen.domain_exists) {
    return {Verdict::kNoSuchDomain, "cannot exist: there is no " + shown(facts.domain)};
  }
  if (seen.cnames.size() > 1) {
    return {Verdict::kWrongTarget, "has " + std::to_string(seen.cnames.size()) + " CNAME records"};
  }
  if (!seen.cnames.empty() && !seen.texts.empty()) {
    return {Verdict::kCnameBesideTxt, "has a TXT record beside the CNAME"};
  }
  if (!seen.cnames.empty()) {
    return judge_target(facts, seen.cnames.front());
  }
  if (!seen.texts.empty()) {
    return judge_texts(facts, seen.texts);
  }
  if (seen.has_addresses) {
    return {Verdict::kFlattened, "answers with addresses in place of the CNAME: a proxy stands there"};
  }
  if (seen.is_doubled) {
    return {Verdict::kDomainDoubled,
            "is not there, but " +
                (seen.doubled_at ? shown(*seen.doubled_at) : shown(facts.name) + "." + shown(facts.domain)) + " is"};
  }
  if (seen.at_top) {
    return {Verdict::kMissing,
            "is not there; " + shown(*seen.at_top) + " leads to us, at the top of the zone, where nobody looks"};
  }
  return {Verdict::kMissing, "is not there"};
}

std::string advice_for(const CnameFacts& facts, Verdict verdict) {
  switch (verdict) {
    case Verdict::kDomainDoubled:
      return "this panel adds the domain itself: as the name type only " + facts.relative_name;
    case Verdict::kDotLost:
      return "end the target with a dot; in a panel that refuses it, choose the target as an absolute name";
    case Verdict::kTxtInPlace:
      return "take the TXT record away; the type is CNAME";
    case Verdict::kCnameBesideTxt:
      return "take the TXT record away: nothing may stand beside a CNAME";
    case Verdict::kFlattened:
      return "turn off proxying and flattening for this name, so that the CNAME itself is served";
    case Verdict::kNoSuchDomain:
      return "the domain must be registered and delegated first";
    case Verdict::kDisagree:
      return "the domain's name servers must serve the same zone";
    case Verdict::kLame:
      return "the delegation must name servers that hold the zone";
    default:
      return {};
  }
}

// Nobody had a say.
Finding unjudged(const CnameFacts& facts, Finding finding) {
  for (const Sighting& seen : facts.sightings) {
    const bool is_lame = seen.state == Sighting::State::kLame;
    if (is_lame && finding.verdict != Verdict::kLame) {
      finding.verdict = Verdict::kLame;
      finding.detail.clear();
    }
    if (is_lame || finding.verdict != Verdict::kLame) {
      zonestore::append_joined(finding.detail, "; ", seen.server + ": " + seen.failure);
    }
  }
  if (facts.sightings.empty()) {
    finding.detail = facts.no_servers;
  }
  // What was not seen is neither right nor wrong.
  finding.severity = finding.verdict == Verdict::kLame ? Severity::kBad : Severity::kWarning;
  finding.detail = shown(facts.name) + " could not be looked up: " + finding.detail;
  finding.advice = advice_for(facts, finding.verdict);
  return finding;
}

Finding agreed(const CnameFacts& facts, const Judgement& judgement, Finding finding) {
  finding.verdict = judgement.verdict;
  finding.detail = shown(facts.name) + " " + judgement.what;
  if (judgement.verdict != Verdict::kOk) {
    finding.severity = Severity::kBad;
    finding.publish = {facts.zone_file_line};
    finding.advice = advice_for(facts, judgement.verdict);
    if (finding.advice.empty() && facts.zone && !(*facts.zone == facts.domain)) {
      finding.advice = "in the panel of " + shown(*facts.zone) + " the name is " + facts.relative_name;
    }
  }
  return finding;
}

Finding disagreed(const CnameFacts& facts, const std::map<std::string, Judgement>& by_server, Finding finding) {
  finding.verdict = Verdict::kDisagree;
  finding.severity = Severity::kBad;
  finding.detail = shown(facts.name);
  bool first = true;
  for (const auto& [server, judgement] : by_server) {
    finding.detail += (first ? ": " : "; ") + server + " says that it " + judgement.what;
    first = false;
  }
  finding.publish = {facts.zone_file_line};
  finding.advice = advice_for(facts, Verdict::kDisagree);
  return finding;
}

}  // namespace

Finding diagnose_cname(const CnameFacts& facts) {
  std::map<std::string, Judgement> by_server;
  for (const Sighting& seen : facts.sightings) {
    if (seen.state == Sighting::State::kAnswered) {
      by_server.emplace(seen.server, judge_sighting(facts, seen));
    }
  }
  Finding finding;
  finding.domain = facts.domain;
  finding.subject = zonestore::dkim::to_text(facts.slot);
  if (by_server.empty()) {
    finding.verdict = Verdict::kUnreachable;
    return unjudged(facts, std::move(finding));
  }
  const Judgement& first = by_server.begin()->second;
  const bool do_agree =
      std::all_of(by_server.begin(), by_server.end(), [&first](const auto& each) { return each.second == first; });
  return do_agree ? agreed(facts, first, std::move(finding)) : disagreed(facts, by_server, std::move(finding));
}

Finding diagnose_servers(const Name& domain, const std::vector<CnameFacts>& slots) {
  std::map<std::string, const Sighting*> failed;
  std::map<std::string, const Sighting*> all;
  for (const CnameFacts& slot : slots) {
    for (const Sighting& seen : slot.sightings) {
      all[seen.server] = &seen;  // the last has seen most
      if (seen.state != Sighting::State::kAnswered) {
        failed.emplace(seen.server, &seen);
      }
    }
  }
  Finding finding;
  finding.domain = domain;
  finding.subject = "servers";
  for (const auto& [server, seen] : failed) {
    const bool is_lame = seen->state == Sighting::State::kLame;
    if (finding.verdict != Verdict::kLame) {
      finding.verdict = is_lame ? Verdict::kLame : Verdict::kUnreachable;
    }
    zonestore::append_joined(finding.detail, "; ", server + ": " + seen->failure);
  }
  if (failed.empty()) {
    finding.detail = all.empty() ? "none found" : std::to_string(all.size()) + " asked, all answered";
    finding.verdict = all.empty() ? Verdict::kUnreachable : Verdict::kOk;
  }
  for (const auto& [server, seen] : all) {
    if (!seen->oddity.empty()) {
      finding.notes.push_back(server + " " + seen->oddity);
    }
  }
  const bool is_good = finding.verdict == Verdict::kOk && finding.notes.empty();
  finding.severity = is_good                             ? Severity::kGood
                     : finding.verdict == Verdict::kLame ? Severity::kBad
                                                         : Severity::kWarning;
  if (finding.verdict == Verdict::kLame) {
    finding.advice = "the delegation must name servers that hold the zone";
  }
  return finding;
}

void conclude(Finding& finding, Verdict verdict, Severity severity, std::string_view detail,
              std::string_view advice) {
  finding.verdict = verdict;
  finding.severity = severity;
  finding.detail = zonestore::printable(detail);  // some of it is what others wrote
  finding.advice = zonestore::printable(advice);
}

}  // namespace zonectl::probe
