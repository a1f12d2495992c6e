#include "zonestore/operations/change/audit_value.h"

#include <algorithm>

namespace zonestore {

AuditValue::AuditValue(std::initializer_list<Field> fields) {
  for (const Field& field : fields) {
    names_.push_back(field.name);
    values_.push_back(field.value);
  }
}

AuditValue AuditValue::list(std::vector<AuditValue> values) {
  AuditValue value;
  value.kind_ = Kind::kList;
  value.values_ = std::move(values);
  return value;
}

AuditValue AuditValue::of_json(std::string json) {
  AuditValue value(std::move(json));
  value.kind_ = Kind::kJson;
  return value;
}

AuditValue& AuditValue::set(std::string_view name, AuditValue value) {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) {
    names_.emplace_back(name);
    values_.push_back(std::move(value));
  } else {
    values_[static_cast<std::size_t>(found - names_.begin())] = std::move(value);
  }
  return *this;
}

bool operator==(const AuditValue& one, const AuditValue& other) {
  return one.kind_ == other.kind_ && one.text_ == other.text_ && one.number_ == other.number_ &&
         one.names_ == other.names_ && one.values_ == other.values_;
}

}  // namespace zonestore
