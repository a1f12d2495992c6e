// The stable JSON forms that JSON.md documents. Nothing private ever passes through here.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tools/zonectl/session/exit_code.h"
#include "tools/zonectl/telling/json_secondary.h"
#include "tools/zonectl/telling/json_signer.h"
#include "tools/zonectl/text/json_value.h"
#include "zonestore/operations/history/audit_log.h"
#include "zonestore/operations/institutions/institutions.h"
#include "zonestore/operations/policy/policy.h"
#include "zonestore/operations/policy/spf_policy.h"
#include "zonestore/operations/views/institution_view.h"
#include "zonestore/operations/views/instructions.h"
#include "zonestore/operations/zones/zones.h"

namespace zonectl {

[[nodiscard]] Json to_json(const zonestore::Error& error);
// Of the error that a command ends with.
[[nodiscard]] Json to_json(const zonestore::Error& error, ExitCode exit_code);
[[nodiscard]] Json to_json(const zonestore::SlotView& slot);
[[nodiscard]] Json to_json(const zonestore::InstitutionView& institution);
[[nodiscard]] Json to_json(const zonestore::EvidenceView& evidence);
// {"since", "reason", "whole_store"}; null if there is none.
[[nodiscard]] Json freeze_json(const std::optional<zonestore::dkim::Freeze>& freeze);
[[nodiscard]] Json to_json(const zonestore::DomainInstructions& instructions);
// `relative_name` is within that domain.
[[nodiscard]] Json record_json(const zonestore::CustomerRecord& record, const zonestore::Name& domain);
[[nodiscard]] Json to_json(const zonestore::SpfView& spf);
[[nodiscard]] Json to_json(const zonestore::ZoneView& zone);
[[nodiscard]] Json to_json(const zonestore::PolicyValue& value);
[[nodiscard]] Json to_json(const zonestore::AuditEntry& entry);

// What every change tells: dry_run, changed, zones, warnings. The command adds its own fields.
[[nodiscard]] Json changed_json(const zonestore::Changed& changed);

template <class Container>
[[nodiscard]] Json json_array(const Container& values) {
  Json array = Json::array();
  for (const auto& value : values) {
    array.push_back(to_json(value));
  }
  return array;
}

}  // namespace zonectl
