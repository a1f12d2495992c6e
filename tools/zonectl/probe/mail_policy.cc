#include "tools/zonectl/probe/mail_policy.h"

#include <algorithm>
#include <sstream>

#include "tools/zonectl/output/terminal.h"
#include "tools/zonectl/probe/spf_walk.h"
#include "zonestore/zone/record_data.h"

namespace zonectl::probe {

using zonestore::Name;
using zonestore::Verdict;
namespace spf = zonestore::spf;

namespace {

constexpr std::string_view kVersion = "v=spf1";

std::string include_term(const Name& include) {
  return "include:" + include.to_text_no_dot();
}

// As rdata_to_text writes it: strings of at most 255 bytes, quoted, with escapes.
std::string txt_line(const Name& owner, const std::string& text) {
  const auto data = zonestore::rdata_to_text(zonestore::RecordType::kTxt, zonestore::txt_rdata(text));
  return owner.to_text() + " 3600 IN TXT " + (data ? *data : std::string());
}

std::vector<std::string> terms_of(const std::string& record) {
  std::istringstream words(record.substr(std::min(kVersion.size(), record.size())));
  std::vector<std::string> terms;
  for (std::string word; words >> word;) {
    terms.push_back(word);
  }
  return terms;
}

bool is_all(const std::string& term) {
  const std::string_view name = std::string_view(term).substr(term.find_first_not_of("+-~?") == 1 ? 1 : 0);
  return name.size() == 3 && std::tolower(static_cast<unsigned char>(name[0])) == 'a' &&
         std::tolower(static_cast<unsigned char>(name[1])) == 'l' &&
         std::tolower(static_cast<unsigned char>(name[2])) == 'l';
}

// All terms of these records in one, each once, with our include; the first record's "all", or redirect, at the end.
std::string merged(const std::vector<std::string>& records, const Name& include) {
  std::vector<std::string> kept;
  std::string last;
  for (const std::string& record : records) {
    for (const std::string& term : terms_of(record)) {
      if (is_all(term) || term.starts_with("redirect=")) {
        last = last.empty() ? term : last;
      } else if (std::find(kept.begin(), kept.end(), term) == kept.end()) {
        kept.push_back(term);
      }
    }
  }
  if (std::find(kept.begin(), kept.end(), include_term(include)) == kept.end()) {
    kept.insert(kept.begin(), include_term(include));
  }
  std::string text(kVersion);
  for (const std::string& term : kept) {
    text += " " + term;
  }
  return text + " " + (last.empty() ? "~all" : last);
}

Finding finding_for(const Name& domain, std::string subject) {
  Finding finding;
  finding.domain = domain;
  finding.subject = std::move(subject);
  return finding;
}

void set(Finding& finding, Verdict verdict, Severity severity, std::string detail) {
  finding.verdict = verdict;
  finding.severity = severity;
  finding.detail = printable(detail);  // some of it is what others wrote
}

std::string budget_text(const SpfWalk& walk) {
  return std::to_string(walk.lookups()) + " of " + std::to_string(kMostLookups) + " look-ups, " +
         std::to_string(walk.voids()) + " of " + std::to_string(kMostVoids) + " that find nothing";
}

void judge_walk(Finding& finding, const SpfWalk& walk, const PolicyFacts& facts, const std::string& text) {
  const std::string domain = facts.domain.to_text_no_dot();
  if (!walk.reaches_include()) {
    set(finding, Verdict::kNoInclude, Severity::kBad,
        domain +
            (walk.is_behind_all() ? " has " + include_term(facts.include) + " behind \"all\", where nobody reads it"
                                  : " does not include " + facts.include.to_text_no_dot()) +
            ": " + text);
    finding.publish = {txt_line(facts.domain, merged({text}, facts.include))};
  } else if (walk.lookups() > kMostLookups) {
    set(finding, Verdict::kTooManyLookups, Severity::kBad,
        domain + " costs " + budget_text(walk) + ": receivers give up (permerror)");
    finding.advice = "take out terms that are not needed, " + include_term(facts.include) + " being one that is";
  } else if (walk.voids() > kMostVoids) {
    set(finding, Verdict::kTooManyVoids, Severity::kBad,
        domain + " costs " + budget_text(walk) + ": receivers give up (permerror)");
    finding.advice = "take out the terms whose names do not exist any more";
  } else if (!walk.broken().empty()) {
    set(finding, Verdict::kBrokenInclude, Severity::kBad,
        domain + ": " + walk.broken() + ": receivers give up (permerror)");
    finding.advice = "take that term out";
  } else if (!walk.unanswered().empty()) {
    set(finding, Verdict::kUnreachable, Severity::kWarning, domain + ": nobody answers for " + walk.unanswered());
  } else {
    set(finding, Verdict::kOk, Severity::kGood, budget_text(walk));
  }
}

void judge_record(Finding& finding, const PolicyFacts& facts, const LookUp& look_up, const std::string& text) {
  const auto record = spf::parse_policy_record(text);
  if (!record) {
    set(finding, Verdict::kSyntax, Severity::kBad,
        facts.domain.to_text_no_dot() + " has a malformed SPF record: " + record.error().message);
    finding.advice = "receivers give up at that term (permerror): mend it or take it out";
    return;
  }
  SpfWalk walk(facts.include, look_up);
  walk.follow(*record, facts.domain);
  judge_walk(finding, walk, facts, text);
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

// The SPF records that all servers have; nullopt if they differ.
std::optional<std::vector<std::string>> common_records(const PolicyFacts& facts) {
  std::optional<std::vector<std::string>> common;
  for (const std::vector<std::string>& texts : facts.texts) {
    std::vector<std::string> records;
    std::copy_if(texts.begin(), texts.end(), std::back_inserter(records), spf::is_policy_record);
    records = sorted(std::move(records));
    if (common && *common != records) {
      return std::nullopt;
    }
    common = std::move(records);
  }
  return common;
}

}  // namespace

Finding diagnose_spf(const PolicyFacts& facts, const LookUp& look_up) {
  Finding finding = finding_for(facts.domain, "spf");
  const std::string domain = facts.domain.to_text_no_dot();
  if (facts.texts.empty()) {
    set(finding, Verdict::kUnreachable, Severity::kWarning, domain + " could not be looked up");
    return finding;
  }
  const std::optional<std::vector<std::string>> records = common_records(facts);
  if (!records) {
    set(finding, Verdict::kDisagree, Severity::kBad, "the name servers of " + domain + " have different SPF records");
    finding.advice = "the domain's name servers must serve the same zone";
  } else if (records->empty()) {
    set(finding, Verdict::kMissing, Severity::kBad, domain + " has no SPF record");
    finding.publish = {txt_line(facts.domain, merged({}, facts.include))};
  } else if (records->size() > 1) {
    set(finding, Verdict::kSeveralRecords, Severity::kBad,
        domain + " has " + std::to_string(records->size()) + " SPF records: receivers give up (permerror)");
    finding.publish = {txt_line(facts.domain, merged(*records, facts.include))};
    finding.advice = "one record in the place of all of them";
  } else {
    judge_record(finding, facts, look_up, records->front());
  }
  return finding;
}

namespace {

// "p=none" of "v=DMARC1; p=none": tag and value, without the spaces around them (RFC 7489 section 6.3).
std::vector<std::pair<std::string, std::string>> tags_of(const std::string& text) {
  const auto trimmed = [](std::string part) {
    const std::size_t first = part.find_first_not_of(" \t");
    const std::size_t last = part.find_last_not_of(" \t");
    return first == std::string::npos ? std::string() : part.substr(first, last - first + 1);
  };
  std::vector<std::pair<std::string, std::string>> tags;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ';');) {
    const std::size_t equals = part.find('=');
    if (!trimmed(part).empty()) {
      tags.emplace_back(trimmed(part.substr(0, equals)),
                        equals == std::string::npos ? std::string() : trimmed(part.substr(equals + 1)));
    }
  }
  return tags;
}

bool is_dmarc_record(const std::string& text) {
  const auto tags = tags_of(text);
  return !tags.empty() && tags.front().first == "v" && tags.front().second == "DMARC1";
}

std::string fault_of(const std::string& record) {
  const auto tags = tags_of(record);
  const auto policy = std::find_if(tags.begin(), tags.end(), [](const auto& tag) { return tag.first == "p"; });
  if (policy == tags.end()) {
    return "it has no p=";
  }
  if (policy->second != "none" && policy->second != "quarantine" && policy->second != "reject") {
    return "p=" + policy->second + " is none of none, quarantine, reject";
  }
  const auto odd = std::find_if(tags.begin(), tags.end(), [](const auto& tag) { return tag.second.empty(); });
  return odd == tags.end() ? std::string() : "\"" + odd->first + "\" has no value";
}

}  // namespace

Finding diagnose_dmarc(const DmarcFacts& facts) {
  Finding finding = finding_for(facts.domain, "dmarc");
  std::vector<std::string> records;
  std::copy_if(facts.texts.begin(), facts.texts.end(), std::back_inserter(records), is_dmarc_record);
  const std::string owner = "_dmarc." + facts.at.to_text();
  if (facts.failed) {
    set(finding, Verdict::kUnreachable, Severity::kWarning, owner + " could not be looked up");
  } else if (records.empty()) {
    set(finding, Verdict::kMissing, Severity::kWarning, facts.domain.to_text_no_dot() + " has no DMARC record");
    finding.publish = {"_dmarc." + facts.domain.to_text() + " 3600 IN TXT \"v=DMARC1; p=none\""};
  } else if (records.size() > 1) {
    set(finding, Verdict::kSeveralRecords, Severity::kWarning, owner + " has several DMARC records: none counts");
    finding.advice = "only one may stay";
  } else if (const std::string fault = fault_of(records.front()); !fault.empty()) {
    set(finding, Verdict::kSyntax, Severity::kWarning, owner + ": " + fault + ": " + records.front());
    finding.publish = {owner + " 3600 IN TXT \"v=DMARC1; p=none\""};
  } else {
    set(finding, Verdict::kOk, Severity::kGood, records.front());
  }
  return finding;
}

}  // namespace zonectl::probe
