#include "tools/zonectl/probe/mail_policy.h"

#include <algorithm>
#include <sstream>

#include "tools/zonectl/text/terminal.h"
#include "zonestore/zone/record_data.h"

namespace zonectl::probe {

using zonestore::Name;
using zonestore::Verdict;

namespace {

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
