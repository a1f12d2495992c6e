#include "tools/zonectl/probe/institution.h"

#include <algorithm>

#include "tools/zonectl/probe/customer.h"

namespace zonectl::probe {

Report look_at_institution(const World& world, const zonestore::CheckSubject& subject) {
  Report report{subject.code, subject.as_of, {}, {}};
  for (const zonestore::ExpectedSlot& slot : subject.slots) {
    OwnSlot own = look_at_own_slot(world, slot);
    report.findings.push_back(std::move(own.finding));
    report.slots.push_back({slot.key_id, std::move(own.seen)});
  }
  for (const zonestore::DomainInstructions& domain : subject.domains) {
    for (Finding& finding : look_at_domain(world, subject, domain)) {
      report.findings.push_back(std::move(finding));
    }
  }
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
