#include "tools/zonectl/probe/dmarc/diagnosis.h"

#include <algorithm>

#include "tools/zonectl/probe/dmarc/record.h"
#include "zonestore/base/joined.h"
#include "zonestore/base/printable.h"
#include "zonestore/zone/record_data.h"

namespace zonectl::probe {

using zonestore::Name;
using zonestore::Verdict;

namespace {

std::string owner_at(const Name& domain) {
  return "_dmarc." + domain.to_text_no_dot();
}

std::string line_at(const Name& domain, const dmarc::Record& record) {
  const auto data = zonestore::rdata_to_text(zonestore::RecordType::kTxt, zonestore::txt_rdata(record.text()));
  return "_dmarc." + domain.to_text() + " 3600 IN TXT " + (data ? *data : std::string());
}

std::vector<std::string> records_of(const std::vector<std::string>& texts) {
  std::vector<std::string> records;
  std::copy_if(texts.begin(), texts.end(), std::back_inserter(records), dmarc::is_record);
  return records;
}

void add_note(Finding& finding, const std::string& text) {
  finding.notes.push_back(zonestore::printable(text));
  finding.severity = Severity::kWarning;
}

void judge_dmarc_record(Finding& finding, const DmarcPlace& place, const std::string& text) {
  const dmarc::Record record = dmarc::read(text);
  if (record.faults.empty()) {
    finding.detail =
        zonestore::printable((place.kind == DmarcPlace::Kind::kDomain ? "" : owner_at(place.domain) + ": ") + text);
  } else {
    conclude(finding, Verdict::kSyntax, Severity::kWarning,
             owner_at(place.domain) + ": " + zonestore::joined(record.faults, "; ") + ": " + text);
    finding.publish = {line_at(place.domain, record)};
  }
  for (const std::string& each : record.notes) {
    add_note(finding, each);
  }
}

void judge_several(Finding& finding, const DmarcPlace& place, const std::vector<std::string>& texts) {
  std::vector<dmarc::Record> records;
  std::transform(texts.begin(), texts.end(), std::back_inserter(records), dmarc::read);
  conclude(finding, Verdict::kSeveralRecords, Severity::kWarning,
           owner_at(place.domain) + " has several DMARC records: none counts",
           "one record in the place of all of them, as strict as the strictest");
  finding.publish = {line_at(place.domain, dmarc::merged(std::move(records)))};
}

// There is none. What was meant to be one is mended; one above, for the whole of a public suffix, is not undercut.
void judge_missing(Finding& finding, const DmarcFacts& facts) {
  conclude(finding, Verdict::kMissing, Severity::kWarning, facts.domain.to_text_no_dot() + " has no DMARC record");
  dmarc::Record record = dmarc::read("v=DMARC1; p=none");
  for (const DmarcPlace& place : facts.places) {
    const std::vector<std::string> records = records_of(place.texts);
    const auto meant = std::find_if(place.texts.begin(), place.texts.end(), dmarc::is_meant_as_record);
    if (place.kind == DmarcPlace::Kind::kPublicSuffix && records.size() == 1) {
      const dmarc::Record above = dmarc::read(records.front());
      const dmarc::Tag* const policy = above.find("sp") != nullptr ? above.find("sp") : above.find("p");
      add_note(finding,
               owner_at(place.domain) + " has one for all below it, which some receivers heed: " + records.front());
      if (dmarc::strictness(policy->value) > dmarc::strictness(record.tags.front().value)) {
        record.tags.front().value = policy->value;
      }
    } else if (meant != place.texts.end() && finding.advice.empty()) {
      record = dmarc::read(*meant);
      finding.detail +=
          zonestore::printable(": what " + owner_at(place.domain) +
                               " has is none, as that begins with v=DMARC1; in just these letters: " + *meant);
      finding.advice = "in the place of what is there";
      finding.publish = {line_at(place.domain, record)};
    }
  }
  if (finding.publish.empty()) {
    finding.publish = {line_at(facts.domain, record)};
  }
}

// Where receivers find a record; nullptr: nowhere.
const DmarcPlace* place_of_record(const DmarcFacts& facts) {
  const auto found = std::find_if(facts.places.begin(), facts.places.end(), [](const DmarcPlace& place) {
    return place.kind != DmarcPlace::Kind::kPublicSuffix && has_dmarc_record(place.texts);
  });
  return found == facts.places.end() ? nullptr : &*found;
}

}  // namespace

bool has_dmarc_record(const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(), dmarc::is_record);
}

Finding diagnose_dmarc(const DmarcFacts& facts) {
  Finding finding;
  finding.domain = facts.domain;
  finding.subject = "dmarc";
  const DmarcPlace* const place = place_of_record(facts);
  const auto failed = std::find_if(facts.places.begin(), facts.places.end(), [](const DmarcPlace& each) {
    return each.failed && each.kind != DmarcPlace::Kind::kPublicSuffix;
  });
  if (failed != facts.places.end() && (place == nullptr || &*failed < place)) {
    conclude(finding, Verdict::kUnreachable, Severity::kWarning,
             owner_at(failed->domain) + " could not be looked up");
    return finding;
  }
  if (place == nullptr) {
    judge_missing(finding, facts);
    return finding;
  }
  const std::vector<std::string> records = records_of(place->texts);
  if (records.size() > 1) {
    judge_several(finding, *place, records);
  } else {
    judge_dmarc_record(finding, *place, records.front());
  }
  if (place->has_alias_beside) {
    conclude(
        finding, Verdict::kCnameBesideTxt, Severity::kWarning,
        owner_at(place->domain) + " has a CNAME beside its TXT record: some receivers see the one, some the other",
        "take the CNAME away: nothing may stand beside one");
    finding.publish = {line_at(place->domain, dmarc::read(records.front()))};
  }
  for (const DmarcPlace& each : facts.places) {
    const auto meant = std::find_if(each.texts.begin(), each.texts.end(), dmarc::is_meant_as_record);
    if (&each < place && meant != each.texts.end()) {
      add_note(finding, "what " + owner_at(each.domain) + " has is no DMARC record, so that of " +
                            place->domain.to_text_no_dot() + " counts: " + *meant);
    }
  }
  return finding;
}

}  // namespace zonectl::probe
