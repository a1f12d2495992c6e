#include "tools/zonectl/probe/spf/diagnosis.h"

#include <algorithm>

#include "tools/zonectl/probe/spf/line.h"
#include "zonestore/base/joined.h"
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
