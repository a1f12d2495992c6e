#include "tools/zonectl/telling/json_status.h"

#include "tools/zonectl/telling/json.h"
#include "zonestore/operations/views/troubles.h"

namespace zonectl {

namespace {

Json moment_json(const std::optional<zonestore::WallTime>& time) {
  return json_or_null(time, zonestore::to_rfc3339);
}

Json attention_json(const std::vector<zonestore::Attention>& attention) {
  Json array = Json::array();
  for (const zonestore::Attention& each : attention) {
    array.push_back(Json{{"what", each.what},
                         {"count", each.count},
                         {"codes", each.codes},
                         {"run", each.run},
                         {"since", moment_json(each.since)}});
  }
  return array;
}

std::string_view identity_name(zonestore::ClockIdentity identity) {
  switch (identity) {
    case zonestore::ClockIdentity::kBoot:
      return "boot";
    case zonestore::ClockIdentity::kMachine:
      return "machine";
    case zonestore::ClockIdentity::kUnknown:
      break;
  }
  return "unknown";
}

Json clock_json(const zonestore::ClockReport& clock) {
  return Json{{"synchronised", clock.synchronised},
              {"identity", identity_name(clock.identity)},
              {"last_kept", moment_json(clock.last_kept)},
              {"apart_ms", clock.apart ? Json(clock.apart->count()) : Json(nullptr)},
              {"expected", moment_json(clock.expected)},
              {"notes", clock.notes}};
}

Json trouble_json(const zonestore::Trouble& trouble) {
  return Json{{"what", trouble.what},
              {"severity", to_text(trouble.severity)},
              {"text", trouble.text},
              {"since", moment_json(trouble.since)},
              {"run", trouble.run}};
}

Json zones_now_json(const std::vector<zonestore::ZoneNow>& zones) {
  Json array = Json::array();
  for (const zonestore::ZoneNow& zone : zones) {
    array.push_back(
        Json{{"zone", zone.apex.to_text()}, {"serial", zone.serial.value}, {"changed", moment_json(zone.changed)}});
  }
  return array;
}

Json servers_json(const zonestore::OwnServersSeen& servers) {
  Json array = Json::array();
  for (const zonestore::OwnServerSeen& each : servers.seen) {
    array.push_back(
        Json{{"zone", each.zone.to_text()},
             {"server", each.server},
             {"state", to_text(each.state)},
             {"serial", json_or_null(each.serial, [](const zonestore::Serial& serial) { return serial.value; })},
             {"detail", each.detail}});
  }
  return array;
}

Json looks_json(const std::vector<zonestore::LastLook>& looks) {
  Json array = Json::array();
  for (const zonestore::LastLook& each : looks) {
    array.push_back(Json{{"what", each.what},
                         {"at", moment_json(each.at)},
                         {"command", each.command},
                         {"fault", each.fault.empty() ? Json(nullptr) : Json(each.fault)}});
  }
  return array;
}

}  // namespace

Json to_json(const zonestore::StoreStatus& status) {
  Json troubles = Json::array();
  for (const zonestore::Trouble& each : troubles_of(status)) {
    troubles.push_back(trouble_json(each));
  }
  return Json{{"needs_attention", needs_attention(status)},
              {"institutions", status.institutions},
              {"starting", status.starting},
              {"signing", status.signing},
              {"departing", status.departing},
              {"can_rotate", status.can_rotate},
              {"ripening", status.ripening},
              {"draining", status.draining},
              {"maintain_due", status.maintain_due},
              {"maintain_due_codes", status.maintain_due_codes},
              {"maintain_due_since", moment_json(status.maintain_due_since)},
              {"maintained", moment_json(status.maintained)},
              {"spf_step_due", status.spf_step_due},
              {"evidence_against", status.evidence_against},
              {"evidence_against_codes", status.evidence_against_codes},
              {"never_seen", status.never_seen},
              {"unseen", status.unseen},
              {"frozen", status.frozen},
              {"store_frozen", freeze_json(status.store_frozen)},
              {"customer_selector", status.customer_selector},
              {"attention", attention_json(status.attention)},
              {"troubles", std::move(troubles)},
              {"zones", zones_now_json(status.zones)},
              {"servers_asked", status.servers.asked},
              {"servers", servers_json(status.servers)},
              {"secondaries_never_seen", status.secondaries_never_seen},
              {"looks", looks_json(status.looks)},
              {"signers", json_array(status.signers)},
              {"clock", clock_json(status.clock)}};
}

Json to_json(const zonestore::Verified& verified) {
  return Json{{"what", verified.what},
              {"good", verified.fault_count == 0 && verified.not_looked.empty()},
              {"faults", verified.faults},
              {"fault_count", verified.fault_count},
              {"not_looked", verified.not_looked.empty() ? Json(nullptr) : Json(verified.not_looked)}};
}

}  // namespace zonectl
