#include "tools/zonectl/telling/json_audit.h"

namespace zonectl {

Json to_json(const zonestore::AuditCheck& check) {
  Json faults = Json::array();
  for (const zonestore::AuditFault& fault : check.faults) {
    faults.push_back(Json{{"id", fault.id},
                          {"at", json_or_null(fault.at, zonestore::to_rfc3339)},
                          {"command", fault.command.empty() ? Json(nullptr) : Json(fault.command)},
                          {"message", fault.message}});
  }
  return Json{{"good", check.fault_count == 0},
              {"rows", check.rows},
              {"unchained", check.unchained},
              {"newest_id", check.newest_id},
              {"newest_chain", check.newest_chain.empty() ? Json(nullptr) : Json(check.newest_chain)},
              {"faults", std::move(faults)},
              {"fault_count", check.fault_count}};
}

}  // namespace zonectl
