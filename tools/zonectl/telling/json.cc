#include "tools/zonectl/telling/json.h"

#include "tools/zonectl/session/exit_code.h"
#include "tools/zonectl/text/relative_name.h"

namespace zonectl {

using zonestore::to_rfc3339;

namespace {

Json time_or_null(const std::optional<zonestore::WallTime>& time) {
  return json_or_null(time, to_rfc3339);
}

Json slot_or_null(const std::optional<zonestore::dkim::SlotId>& slot) {
  return json_or_null(slot, [](zonestore::dkim::SlotId each) { return zonestore::dkim::to_text(each); });
}

Json names_json(const std::vector<zonestore::Name>& names) {
  Json array = Json::array();
  for (const zonestore::Name& name : names) {
    array.push_back(name.to_text());
  }
  return array;
}

Json zones_json(const std::vector<zonestore::ZoneSerial>& zones) {
  Json array = Json::array();
  for (const zonestore::ZoneSerial& zone : zones) {
    array.push_back(Json{{"zone", zone.apex.to_text()}, {"serial", zone.serial.value}, {"changed", zone.changed}});
  }
  return array;
}

}  // namespace

Json to_json(const zonestore::Error& error) {
  return to_json(error, exit_code_of(error.code));
}

Json to_json(const zonestore::Error& error, ExitCode exit_code) {
  Json json{{"code", to_text(error.code)},
            {"exit_code", value_of(exit_code)},
            {"message", error.message},
            {"hint", text_or_null(error.hint)},
            {"guard", nullptr},
            {"clears_at", nullptr}};
  if (error.refusal) {
    json["guard"] = zonestore::guard_code(error.refusal->guard);
    json["clears_at"] = time_or_null(error.refusal->clears_at);
  }
  return json;
}

Json to_json(const zonestore::SlotView& slot) {
  return Json{
      {"slot", zonestore::dkim::to_text(slot.slot)},
      {"state", zonestore::dkim::to_text(slot.state)},
      {"owner", slot.owner.to_text()},
      {"key_id", text_or_null(slot.key_id)},
      {"algorithm", json_or_null(slot.algorithm,
                                 [](zonestore::crypto::Algorithm each) { return zonestore::crypto::to_text(each); })},
      {"record_text", text_or_null(slot.record_text)},
      {"fresh", slot.fresh},
      {"ttl", slot.answer_size_bytes == 0 ? Json(nullptr) : Json(zonestore::seconds(slot.ttl))},
      {"answer_size_bytes", slot.answer_size_bytes == 0 ? Json(nullptr) : Json(slot.answer_size_bytes)},
      {"published", time_or_null(slot.published)},
      {"ripe_at", time_or_null(slot.ripe_at)},
      {"drained_at", time_or_null(slot.drained_at)},
      {"waits_for_signers", slot.waits_for_signers}};
}

Json freeze_json(const std::optional<zonestore::dkim::Freeze>& freeze) {
  return json_or_null(freeze, [](const zonestore::dkim::Freeze& each) {
    return Json{{"since", to_rfc3339(each.since)}, {"reason", each.reason}, {"whole_store", each.whole_store}};
  });
}

Json to_json(const zonestore::InstitutionView& institution) {
  Json domains = Json::array();
  for (const zonestore::Name& domain : institution.domains) {
    domains.push_back(domain.to_text_no_dot());
  }
  return Json{{"code", institution.code},
              {"phase", zonestore::dkim::to_text(institution.phase)},
              {"active", slot_or_null(institution.active)},
              {"starts_with", slot_or_null(institution.starts_with)},
              {"frozen", freeze_json(institution.frozen)},
              {"algorithm", zonestore::crypto::to_text(institution.algorithm)},
              {"domains", std::move(domains)},
              {"slots", json_array(institution.slots)},
              {"added", to_rfc3339(institution.added)},
              {"leaves_at", time_or_null(institution.leaves_at)},
              {"next_rotation", time_or_null(institution.next_rotation)},
              {"rotation_overdue", institution.rotation_overdue},
              {"can_rotate", !institution.rotate_refusal},
              {"rotate_refusal", json_or_null(institution.rotate_refusal,
                                              [](const zonestore::Error& error) { return to_json(error); })},
              {"policy_refusal", json_or_null(institution.policy_refusal,
                                              [](const zonestore::Error& error) { return to_json(error); })},
              {"maintain_due", institution.maintain_due},
              {"evidence", json_array(institution.evidence)}};
}

Json record_json(const zonestore::CustomerRecord& record, const zonestore::Name& domain) {
  return Json{{"name", record.name}, {"relative_name", relative_name(record.name, domain)},
              {"type", record.type}, {"value", record.value},
              {"ttl", record.ttl},   {"zone_file_line", record.zone_file_line}};
}

namespace {

std::string_view origin_name(zonestore::PolicyValue::From from) {
  switch (from) {
    case zonestore::PolicyValue::From::kDefault:
      return "default";
    case zonestore::PolicyValue::From::kStore:
      return "store";
    case zonestore::PolicyValue::From::kInstitution:
      return "institution";
  }
  return {};
}

}  // namespace

Json to_json(const zonestore::DomainInstructions& instructions) {
  Json cnames = Json::array();
  for (const zonestore::CustomerRecord& record : instructions.cnames) {
    cnames.push_back(record_json(record, instructions.domain));
  }
  return Json{{"domain", instructions.domain.to_text_no_dot()},
              {"cnames", std::move(cnames)},
              {"spf", record_json(instructions.spf, instructions.domain)},
              {"spf_term", instructions.spf_term}};
}

namespace {

Json spf_term_json(const zonestore::SpfTermView& term) {
  return Json{{"term", term.term},
              {"owners", names_json(term.owners)},
              {"safe", term.has_room && !term.safe_from},
              {"safe_from", time_or_null(term.safe_from)},
              {"after_steps", term.after_steps},
              {"leaves_at", time_or_null(term.leaves_at)},
              {"covered_by", text_or_null(term.covered_by)}};
}

Json spf_record_json(const zonestore::SpfRecordView& record) {
  return Json{{"owner", record.owner.to_text()},
              {"text", record.text},
              {"included", record.included},
              {"included_from", time_or_null(record.included_from)},
              {"taken_out_at", time_or_null(record.taken_out_at)}};
}

}  // namespace

Json to_json(const zonestore::SpfView& spf) {
  Json records = Json::array();
  for (const zonestore::SpfRecordView& record : spf.records) {
    records.push_back(spf_record_json(record));
  }
  Json details = Json::array();
  for (const zonestore::SpfTermView& term : spf.details) {
    details.push_back(spf_term_json(term));
  }
  return Json{{"terms", spf.terms},
              {"records", std::move(records)},
              {"lookups", spf.lookups},
              {"lookups_to_come", spf.lookups_to_come},
              {"details", std::move(details)},
              {"next_step_at", time_or_null(spf.next_step_at)},
              {"next_step", text_or_null(spf.next_step)}};
}

Json to_json(const zonestore::ZoneView& zone) {
  return Json{{"zone", zone.apex.to_text()},
              {"serial", zone.serial.value},
              {"record_sets", zone.record_sets},
              {"static_record_sets", zone.static_record_sets},
              {"primary", zone.primary.to_text()},
              {"name_servers", names_json(zone.name_servers)},
              {"anycast", names_json(zone.anycast)},
              {"mailbox", zone.mailbox.to_text()},
              {"soa_ttl", zone.soa_ttl},
              {"refresh", zone.refresh},
              {"retry", zone.retry},
              {"expire", zone.expire},
              {"minimum", zone.minimum},
              {"ns_ttl", zone.ns_ttl},
              {"catalog", zone.is_catalog}};
}

namespace {

// Seconds; the window's text; null for "off".
Json setting_json(const zonestore::PolicyValue& value, const zonestore::PolicySetting& setting) {
  if (setting.duration) {
    return setting.duration->count();
  }
  return value.key == "window" ? Json(setting.text) : Json(nullptr);
}

}  // namespace

Json to_json(const zonestore::PolicyValue& value) {
  return Json{{"key", value.key},
              {"value", setting_json(value, value.value)},
              {"default", setting_json(value, value.by_default)},
              {"from", origin_name(value.from)}};
}

Json to_json(const zonestore::AuditEntry& entry) {
  return Json{{"id", entry.id},
              {"at", to_rfc3339(entry.at)},
              {"actor", entry.actor},
              {"login", entry.login},
              {"command", entry.command},
              {"subject", text_or_null(entry.subject)},
              {"what", entry.what},
              {"override", text_or_null(entry.override_code)},
              {"reason", text_or_null(entry.reason)},
              {"before", Json::embedded(entry.before_json)},
              {"after", Json::embedded(entry.after_json)}};
}

Json changed_json(const zonestore::Changed& changed) {
  return Json{{"dry_run", changed.dry_run},
              {"changed", changed.changed},
              {"zones", zones_json(changed.zones)},
              {"warnings", changed.warnings},
              {"clock", changed.clock}};
}

}  // namespace zonectl
