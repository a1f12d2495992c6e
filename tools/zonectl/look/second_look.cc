#include "tools/zonectl/look/second_look.h"

#include <algorithm>

namespace zonectl::look {

using probe::Finding;
using probe::Report;
using probe::Severity;
using zonestore::EvidenceView;
using zonestore::ServerEvidence;
using zonestore::ServerEvidenceView;
using zonestore::Verdict;

namespace {

bool was_right(const Finding& finding, const std::vector<EvidenceView>& known) {
  return std::any_of(known.begin(), known.end(), [&finding](const EvidenceView& each) {
    return each.domain == finding.domain && each.subject == finding.subject && each.verdict == Verdict::kOk;
  });
}

bool was_right(const ServerEvidence& seen, const std::vector<ServerEvidenceView>& known) {
  return std::any_of(known.begin(), known.end(), [&seen](const ServerEvidenceView& each) {
    return each.zone == seen.zone && each.server == seen.server && each.verdict == Verdict::kOk;
  });
}

bool is_bad(const Finding& finding) {
  return finding.severity == Severity::kBad;
}
bool is_bad(const ServerEvidence& seen) {
  return seen.verdict != Verdict::kOk;
}

bool is_same(const Finding& left, const Finding& right) {
  return left.domain == right.domain && left.subject == right.subject;
}
bool is_same(const ServerEvidence& left, const ServerEvidence& right) {
  return left.server == right.server;
}

template <typename Thing, typename Known>
void take_agreed(const std::vector<Thing>& first, std::vector<Thing>& second, const std::vector<Known>& known) {
  for (Thing& seen : second) {
    const auto before =
        std::find_if(first.begin(), first.end(), [&seen](const Thing& each) { return is_same(each, seen); });
    if (is_bad(seen) && was_right(seen, known) && before != first.end() && !is_bad(*before)) {
      seen = *before;
    }
  }
}

}  // namespace

bool has_turned_bad(const Report& report, const std::vector<EvidenceView>& known) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [&known](const Finding& finding) { return is_bad(finding) && was_right(finding, known); });
}

bool has_turned_bad(const std::vector<ServerEvidence>& seen, const std::vector<ServerEvidenceView>& known) {
  return std::any_of(seen.begin(), seen.end(),
                     [&known](const ServerEvidence& each) { return is_bad(each) && was_right(each, known); });
}

Report agreed(const Report& first, Report second, const std::vector<EvidenceView>& known) {
  take_agreed(first.findings, second.findings, known);
  return second;
}

std::vector<ServerEvidence> agreed(const std::vector<ServerEvidence>& first, std::vector<ServerEvidence> second,
                                   const std::vector<ServerEvidenceView>& known) {
  take_agreed(first, second, known);
  return second;
}

}  // namespace zonectl::look
