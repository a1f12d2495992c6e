#include "tools/zonectl/telling/json_signer.h"

namespace zonectl {
Json to_json(const zonestore::SignerView& signer) {
  Json findings = Json::array();
  for (const auto& finding : signer.findings) {
    findings.push_back(Json{{"path", finding.path},
                            {"what", finding.what},
                            {"found", zonestore::to_rfc3339(finding.found)},
                            {"needs_attention", finding.needs_attention}});
  }
  return Json{{"name", signer.name},
              {"format", zonestore::signer::to_text(signer.format)},
              {"directory", signer.directory},
              {"command", text_or_null(signer.command)},
              {"enabled", signer.enabled},
              {"taken", json_or_null(signer.taken, zonestore::to_rfc3339)},
              {"added", zonestore::to_rfc3339(signer.added)},
              {"open", signer.open},
              {"open_since", json_or_null(signer.since, zonestore::to_rfc3339)},
              {"attempts", signer.attempts},
              {"failure", text_or_null(signer.failure)},
              {"needs_attention", needs_attention(signer)},
              {"findings", findings}};
}

Json to_json(const zonestore::SyncResult& result) {
  return Json{{"name", result.name},
              {"followed", result.failure.empty()},
              {"institutions", result.institutions},
              {"keys_written", result.keys_written},
              {"keys_removed", result.keys_removed},
              {"made_good", result.found},
              {"made_good_count", result.found_count},
              {"not_ours", result.strangers},
              {"not_ours_count", result.strangers_count},
              {"failure", text_or_null(result.failure)}};
}

}  // namespace zonectl
