#include "zonestore/operations/change/audit_json.h"

#include <nlohmann/json.hpp>

#include "zonestore/db/failure.h"
#include "zonestore/zone/record_data.h"

namespace zonestore {
namespace {

// Bytes of a record that are no UTF-8 become U+FFFD.
std::string dumped(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void AuditedSets::add(const RecordSet& set) {
  if (++count_ > kMostAudited) {
    return;
  }
  nlohmann::json json{{"owner", set.owner.to_text()},
                      {"type", to_text(set.type)},
                      {"ttl", seconds(set.ttl)},
                      {"records", nlohmann::json::array()}};
  for (const Bytes& rdata : set.rdata) {
    json["records"].push_back(db::unwrap(rdata_to_text(set.type, rdata)));
  }
  first_.push_back(dumped(json));
}

std::string AuditedSets::put_into(const std::string& object, const std::string& field) const {
  if (count_ == 0) {
    return object;
  }
  nlohmann::json json = nlohmann::json::parse(object);
  json[field] = nlohmann::json::array();
  for (const std::string& set : first_) {
    json[field].push_back(nlohmann::json::parse(set));
  }
  if (count_ > first_.size()) {
    json[field + "_more"] = count_ - first_.size();
  }
  return dumped(json);
}

std::string with_domains(const std::string& object, const std::vector<Name>& domains) {
  nlohmann::json json = nlohmann::json::parse(object);
  json["domains"] = nlohmann::json::array();
  for (const Name& domain : domains) {
    json["domains"].push_back(domain.to_text_no_dot());
  }
  return dumped(json);
}

}  // namespace zonestore
