// What is known of a domain's SPF, and the judgement of one record.
#pragma once

#include <string>
#include <vector>

#include "tools/zonectl/probe/diagnosis.h"
#include "tools/zonectl/probe/spf/evaluation.h"

namespace zonectl::probe {

struct PolicyFacts {
  zonestore::Name domain;
  // What each of the domain's servers has as its texts: of one that did not answer there is none here.
  std::vector<std::vector<std::string>> texts;
  zonestore::Name include;        // spf.secutix.com.
  bool has_alias_beside = false;  // a CNAME stands beside its TXT records
};

namespace spf {

// Our senders as our own record names them today: of each network its first and its last address, not too many.
[[nodiscard]] std::vector<Sender> our_senders(const zonestore::Name& ours, LookUps& look_ups);

// What `check` says of a record, but for what to publish in its place.
[[nodiscard]] Finding judge_record(const std::string& record, const zonestore::Name& domain,
                                   const zonestore::Name& ours, const std::vector<Sender>& senders,
                                   LookUps& look_ups);

[[nodiscard]] std::string include_term(const zonestore::Name& ours);

}  // namespace spf
}  // namespace zonectl::probe
