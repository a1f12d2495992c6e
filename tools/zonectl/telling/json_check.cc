#include "tools/zonectl/telling/json_check.h"

#include "tools/zonectl/telling/json.h"

namespace zonectl {

using zonestore::to_text;

namespace {

std::string_view severity_text(probe::Severity severity) {
  switch (severity) {
    case probe::Severity::kGood:
      return "good";
    case probe::Severity::kWarning:
      return "warning";
    case probe::Severity::kBad:
      break;
  }
  return "bad";
}

Json domain_json(const std::optional<zonestore::Name>& domain) {
  return json_or_null(domain, [](const zonestore::Name& name) { return name.to_text_no_dot(); });
}

}  // namespace

Json to_json(const probe::Finding& finding) {
  return Json{{"domain", domain_json(finding.domain)},
              {"subject", finding.subject},
              {"verdict", to_text(finding.verdict)},
              {"severity", severity_text(finding.severity)},
              {"detail", finding.detail},
              {"publish", finding.publish},
              {"advice", finding.advice.empty() ? Json(nullptr) : Json(finding.advice)},
              {"notes", finding.notes}};
}

Json to_json(const probe::Report& report) {
  Json findings = Json::array();
  for (const probe::Finding& finding : report.findings) {
    findings.push_back(to_json(finding));
  }
  return Json{{"code", report.code.text()},
              {"needs_attention", severity_of(report) == probe::Severity::kBad},
              {"at", zonestore::to_rfc3339(report.as_of.wall)},
              {"findings", std::move(findings)}};
}

Json to_json(const zonestore::ServerEvidence& evidence) {
  return Json{{"zone", evidence.zone.to_text()},
              {"server", evidence.server},
              {"verdict", to_text(evidence.verdict)},
              {"serial", json_or_null(evidence.serial, [](zonestore::Serial serial) { return serial.value; })},
              {"detail", evidence.detail}};
}

Json to_json(const zonestore::EvidenceView& evidence) {
  return Json{{"domain", domain_json(evidence.domain)},
              {"subject", evidence.subject},
              {"verdict", to_text(evidence.verdict)},
              {"detail", evidence.detail},
              {"seen", zonestore::to_rfc3339(evidence.seen.wall)},
              {"key_id", evidence.key_id.empty() ? Json(nullptr) : Json(evidence.key_id)}};
}

}  // namespace zonectl
