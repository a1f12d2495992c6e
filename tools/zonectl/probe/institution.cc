#include "tools/zonectl/probe/institution.h"

#include <algorithm>
#include <future>
#include <iterator>

#include "tools/zonectl/probe/customer.h"
#include "tools/zonectl/probe/side_by_side.h"

namespace zonectl::probe {

Report look_at_institution(const World& world, const zonestore::CheckSubject& subject) {
  Report report{subject.code, subject.as_of, {}, {}};
  // Our side beside theirs: the longer of the two is what it takes.
  std::future<std::vector<OwnSlot>> ours = std::async(std::launch::async | std::launch::deferred, [&] {
    return side_by_side(subject.slots.size(),
                        [&](std::size_t i) { return look_at_own_slot(world, subject.slots.at(i)); });
  });
  std::vector<Finding> theirs;
  for (const zonestore::DomainInstructions& domain : subject.domains) {
    std::vector<Finding> of_domain = look_at_domain(world, subject, domain);
    std::move(of_domain.begin(), of_domain.end(), std::back_inserter(theirs));
  }
  for (OwnSlot& own : ours.get()) {
    report.findings.push_back(std::move(own.finding));
    report.slots.push_back({subject.slots.at(report.slots.size()).key_id, std::move(own.seen)});
  }
  std::move(theirs.begin(), theirs.end(), std::back_inserter(report.findings));
  return report;
}

zonestore::Look look_of(const Report& report) {
  zonestore::Look look;
  look.seen = report.as_of;
  for (const Finding& finding : report.findings) {
    zonestore::Evidence evidence{finding.domain, finding.subject, finding.verdict, finding.detail};
    for (std::size_t i = 0; i < report.slots.size(); ++i) {
      if (finding.subject.starts_with(zonestore::dkim::to_text(zonestore::dkim::kSlots.at(i)))) {
        evidence.key_id = report.slots.at(i).key_id;
      }
    }
    evidence.asked = finding.asked;
    evidence.served = finding.served;
    evidence.behind = finding.behind;
    look.evidence.push_back(std::move(evidence));
  }
  return look;
}

Severity severity_of(const Report& report) {
  Severity worst = Severity::kGood;
  for (const Finding& finding : report.findings) {
    worst = std::max(worst, finding.severity);
  }
  return worst;
}

}  // namespace zonectl::probe
