#include "zonestore/operations/change/audit_json.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "zonestore/db/failure.h"
#include "zonestore/zone/record_data.h"

namespace zonestore {
namespace {

nlohmann::json json_of(const AuditValue& value) {
  switch (value.kind()) {
    case AuditValue::Kind::kText:
      return value.text();
    case AuditValue::Kind::kNumber:
      return value.number();
    case AuditValue::Kind::kBool:
      return value.number() != 0;
    case AuditValue::Kind::kNull:
      return nullptr;
    case AuditValue::Kind::kJson:
      return nlohmann::json::parse(value.text());
    case AuditValue::Kind::kList: {
      nlohmann::json json = nlohmann::json::array();
      for (const AuditValue& each : value.values()) {
        json.push_back(json_of(each));
      }
      return json;
    }
    case AuditValue::Kind::kFields:
      break;
  }
  nlohmann::json json = nlohmann::json::object();
  for (std::size_t i = 0; i < value.names().size(); ++i) {
    json[value.names()[i]] = json_of(value.values()[i]);
  }
  return json;
}

}  // namespace

std::string to_json(const AuditValue& value) {
  if (value.kind() == AuditValue::Kind::kJson) {
    return value.text();  // as it was given
  }
  return json_of(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<std::string> signing_key_in(const std::string& state_json) {
  const nlohmann::json json = nlohmann::json::parse(state_json, nullptr, false);
  if (!json.is_object() || !json.contains("active") || !json.contains("slots")) {
    return std::nullopt;
  }
  if (!json.at("active").is_string()) {
    return "";
  }
  const nlohmann::json& slot = json.at("slots").value(json.at("active").get<std::string>(), nlohmann::json::object());
  return slot.is_object() && slot.contains("key_id") && slot.at("key_id").is_string()
             ? slot.at("key_id").get<std::string>()
             : std::string();
}

AuditValue audit_value(const RecordSet& set) {
  return {{"owner", set.owner.to_text()},
          {"type", to_text(set.type)},
          {"ttl", seconds(set.ttl)},
          {"records", AuditValue::list_of(set.rdata, [&set](const Bytes& rdata) {
             return db::unwrap(rdata_to_text(set.type, rdata));
           })}};
}

void AuditedSets::add(const RecordSet& set) {
  if (++count_ <= kMostAudited) {
    first_.push_back(audit_value(set));
  }
}

AuditValue AuditedSets::put_into(AuditValue value, const std::string& field) const {
  if (count_ > 0) {
    value.set(field, AuditValue::list(first_));
  }
  if (count_ > first_.size()) {
    value.set(field + "_more", count_ - first_.size());
  }
  return value;
}

AuditValue audit_value(const std::vector<Name>& domains) {
  return AuditValue::list_of(domains, [](const Name& domain) { return domain.to_text_no_dot(); });
}

}  // namespace zonestore
