#include "tools/zonectl/probe/spf/diagnosis.h"

#include <algorithm>
#include <utility>

#include "tools/zonectl/probe/spf/line.h"
#include "zonestore/base/joined.h"
#include "zonestore/base/letters.h"
#include "zonestore/base/printable.h"
#include "zonestore/spf/policy_record.h"
#include "zonestore/zone/record_data.h"

namespace zonectl::probe {

using zonestore::Name;
using zonestore::Verdict;

namespace {

constexpr std::size_t kLongestRecord = 4000;

// As rdata_to_text writes it: strings of at most 255 bytes, quoted, with escapes.
std::string txt_line(const Name& owner, const std::string& text) {
  const auto data = zonestore::rdata_to_text(zonestore::RecordType::kTxt, zonestore::txt_rdata(text));
  return owner.to_text() + " 3600 IN TXT " + (data ? *data : std::string());
}

// The SPF records that all servers have; nullopt if they differ.
std::optional<std::vector<std::string>> common_records(const PolicyFacts& facts) {
  std::optional<std::vector<std::string>> common;
  for (const std::vector<std::string>& texts : facts.texts) {
    std::vector<std::string> records;
    std::copy_if(texts.begin(), texts.end(), std::back_inserter(records), zonestore::spf::is_policy_record);
    std::sort(records.begin(), records.end());
    if (common && *common != records) {
      return std::nullopt;
    }
    common = std::move(records);
  }
  return common;
}

// What is meant for an SPF record and is none (RFC 7208 section 4.5), as it was meant: it has quotes of its own, or
// something else than a space behind the version. Its senders are to be in the record that takes its place.
std::optional<std::string> meant_as_record(std::string_view text) {
  constexpr std::string_view kVersion = "v=spf1";
  constexpr std::string_view kAround = " \t\"'\\";
  const std::size_t begin = std::min(text.find_first_not_of(kAround), text.size());
  text = text.substr(begin, text.find_last_not_of(kAround) + 1 - begin);
  if (!zonestore::lower_case(text).starts_with(kVersion) || zonestore::spf::is_policy_record(text)) {
    return begin > 0 && zonestore::spf::is_policy_record(text) ? std::optional(std::string(text)) : std::nullopt;
  }
  std::string_view rest = text.substr(kVersion.size());
  if (std::string_view(";,").find(rest.front()) != std::string_view::npos) {
    rest.remove_prefix(1);
  } else if (!zonestore::is_letter(rest.front()) &&
             std::string_view("+-~?").find(rest.front()) == std::string_view::npos) {
    return std::nullopt;  // v=spf10
  }
  return std::string(kVersion) + " " + std::string(rest);
}

// The first of them that a server has, and its text as it stands there.
std::optional<std::pair<std::string, std::string>> near_miss(const PolicyFacts& facts) {
  for (const std::vector<std::string>& texts : facts.texts) {
    for (const std::string& text : texts) {
      if (auto meant = meant_as_record(text)) {
        return std::pair(*std::move(meant), text);
      }
    }
  }
  return std::nullopt;
}

// A fault comes with the line to publish, or with why there is none.
void advise(Finding& finding, const PolicyFacts& facts, const std::vector<std::string>& records,
            const std::vector<spf::Sender>& senders, LookUps& look_ups) {
  spf::Line line = spf::line_to_publish(records, facts.domain, facts.include, senders, look_ups);
  if (line.text && line.text->size() > kLongestRecord) {
    line.text = std::nullopt;
    line.refusal = "with our include it has more bytes than receivers read: terms must go";
  }
  if (!line.text) {
    finding.advice = zonestore::printable(line.refusal);
    return;
  }
  finding.publish = {txt_line(facts.domain, *line.text)};
  finding.advice = records.size() > 1 ? "one record in the place of all of them" : "";
  for (const std::string& remark : line.remarks) {
    zonestore::append_joined(finding.advice, "; ", zonestore::printable(remark));
  }
}

}  // namespace

Finding diagnose_spf(const PolicyFacts& facts, const LookUp& look_up) {
  Finding finding;
  finding.domain = facts.domain;
  finding.subject = "spf";
  const std::string domain = facts.domain.to_text_no_dot();
  if (facts.texts.empty()) {
    conclude(finding, Verdict::kUnreachable, Severity::kWarning, domain + " could not be looked up");
    return finding;
  }
  const std::optional<std::vector<std::string>> records = common_records(facts);
  if (!records) {
    conclude(finding, Verdict::kDisagree, Severity::kBad,
             "the name servers of " + domain + " have different SPF records",
             "the domain's name servers must serve the same zone");
    return finding;
  }
  if (facts.has_alias_beside) {
    conclude(finding, Verdict::kCnameBesideTxt, Severity::kBad,
             domain + " has a CNAME beside its TXT records: some receivers see the one, some the other",
             "take the CNAME away: nothing may stand beside one");
    return finding;
  }
  LookUps look_ups(look_up);
  const std::vector<spf::Sender> senders = spf::our_senders(facts.include, look_ups);
  if (records->size() == 1) {
    finding = spf::judge_record(records->front(), facts.domain, facts.include, senders, look_ups);
  } else if (records->empty()) {
    conclude(finding, Verdict::kMissing, Severity::kBad, domain + " has no SPF record");
    if (const auto near = near_miss(facts)) {
      finding.detail +=
          zonestore::printable(": what it has is none, as that begins with v=spf1 and a space: " + near->second);
      advise(finding, facts, {near->first}, senders, look_ups);
      return finding;
    }
  } else {
    conclude(finding, Verdict::kSeveralRecords, Severity::kBad,
             domain + " has " + std::to_string(records->size()) + " SPF records: receivers give up (permerror)");
  }
  if (finding.severity == Severity::kBad) {
    advise(finding, facts, *records, senders, look_ups);
  }
  return finding;
}

}  // namespace zonectl::probe
