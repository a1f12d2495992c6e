// The rules that look at one record set alone: see zone_rules.h.
#include <algorithm>
#include <string>

#include "zonestore/zone/limits.h"
#include "zonestore/zone/record_data.h"
#include "zonestore/zone/zone_rules.h"

namespace zonestore {
namespace {

constexpr std::size_t kRecordHeadBytes = 12;  // owner as a pointer, type, class, TTL, length

class SetJudge {
 public:
  SetJudge(const RecordSet& set, const Name& apex, Objections& objections)
      : set_(set), apex_(apex), objections_(objections) {}

  void run() {
    if (!judge_type()) {
      return;
    }
    judge_ttl();
    judge_count();
    judge_wildcard();
    judge_size();
    judge_spf();
  }

 private:
  // False for what can never be a static record: there is no more to say then.
  bool judge_type() {
    const std::string zone = apex_.to_text_no_dot();
    if (is_meta_type(set_.type)) {
      find(std::nullopt, "records of type " + to_text(set_.type) + " do not stand in zones", "");
    } else if (set_.type == RecordType::kSoa) {
      find(Guard::kSetting, "the SOA of " + zone + " is made of the zone's settings",
           "zonectl zone set " + zone + " changes them");
    } else if (set_.type == RecordType::kNs && set_.owner == apex_) {
      find(Guard::kSetting, "the name servers of " + zone + " are a setting of the zone",
           "zonectl zone set " + zone + " --ns NAME, once for each");
    } else if (is_made_by_signing(set_.type)) {
      find(Guard::kSignedType, shown() + ": signing makes such records anew with each change", "leave it out");
    } else if (set_.type == RecordType::kDs && set_.owner == apex_) {
      find(Guard::kDsWithoutNs, "DS records of " + zone + " belong into the zone above it",
           "hand them to whoever delegates " + zone);
    } else {
      return true;
    }
    return false;
  }

  void judge_ttl() {
    const std::uint32_t ttl = seconds(set_.ttl);
    if (ttl == 0 || ttl > kMaxTtl) {
      find(std::nullopt, shown() + " has the TTL " + std::to_string(ttl) + "; it must be from 1 to 2147483647",
           ttl == 0 ? "some software keeps data of TTL 0 for ever: write a small one, such as 60" : "");
    }
  }

  void judge_count() {
    if ((set_.type == RecordType::kCname || set_.type == RecordType::kDname) && set_.rdata.size() > 1) {
      find(Guard::kOneRecord,
           set_.owner.to_text_no_dot() + " has " + std::to_string(set_.rdata.size()) + " " + to_text(set_.type) +
               " records; a name can have one (RFC " +
               (set_.type == RecordType::kCname ? "2181 section 10.1)" : "6672 section 2.4)"),
           "leave one");
    }
  }

  void judge_wildcard() {
    const bool is_wildcard = set_.owner.wire().size() > 2 && set_.owner.wire()[0] == 1 && set_.owner.wire()[1] == '*';
    if (is_wildcard && (set_.type == RecordType::kNs || set_.type == RecordType::kDname)) {
      find(set_.type == RecordType::kNs ? Objection::Kind::kFault : Objection::Kind::kDoubt, Guard::kWildcard,
           shown() + ": what a wildcard means there is not defined (RFC 4592 section 4." +
               (set_.type == RecordType::kNs ? "2)" : "4)"),
           "write it at each name");
    }
  }

  void judge_size() {
    std::size_t size = 0;
    for (const Bytes& rdata : set_.rdata) {
      size += kRecordHeadBytes + rdata.size();
    }
    if (size > kMaxSetBytes) {
      find(Guard::kTooLarge,
           shown() + " takes " + std::to_string(size) + " bytes; no message holds more than " +
               std::to_string(kMaxSetBytes),
           "take records out");
    }
  }

  void judge_spf() {
    if (set_.type == RecordType::kTxt && std::count_if(set_.rdata.begin(), set_.rdata.end(), is_spf_record) > 1) {
      find(Objection::Kind::kDoubt, Guard::kSecondSpf,
           set_.owner.to_text_no_dot() +
               " has more than one SPF record, which is an error to every receiver (RFC "
               "7208 section 4.5)",
           "put all mechanisms into one");
    }
  }

  [[nodiscard]] std::string shown() const { return set_.owner.to_text_no_dot() + " " + to_text(set_.type); }

  void find(std::optional<Guard> guard, std::string message, std::string hint) {
    find(Objection::Kind::kFault, guard, std::move(message), std::move(hint));
  }

  void find(Objection::Kind kind, std::optional<Guard> guard, std::string message, std::string hint) {
    objections_.push_back({kind, guard, set_.owner, set_.type, std::move(message), std::move(hint)});
  }

  const RecordSet& set_;
  const Name& apex_;
  Objections& objections_;
};

}  // namespace

void judge_set(const RecordSet& set, const Name& apex, Objections& objections) {
  SetJudge(set, apex, objections).run();
}

bool is_spf_record(ByteView txt_rdata) {
  constexpr std::string_view kVersion = "v=spf1";
  const auto text = txt_joined(txt_rdata);
  return text && text->size() >= kVersion.size() &&
         std::equal(kVersion.begin(), kVersion.end(), text->begin(),
                    [](char wanted, char given) {
                      return static_cast<std::uint8_t>(wanted) == to_lower(static_cast<std::uint8_t>(given));
                    }) &&
         (text->size() == kVersion.size() || (*text)[kVersion.size()] == ' ');
}

}  // namespace zonestore
