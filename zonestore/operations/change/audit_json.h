// The JSON of an audit row's before and after: the one place of operations that writes or reads it. For the sources
// of zonestore/operations only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zonestore/operations/change/audit_value.h"
#include "zonestore/zone/name.h"
#include "zonestore/zone/record_set.h"

namespace zonestore {

// Fields by name. Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string to_json(const AuditValue& value);

// The key id that signs in an institution's state as it was written (audit_state of change_scope.h): empty if none
// does; nullopt if the text is of another kind.
[[nodiscard]] std::optional<std::string> signing_key_in(const std::string& state_json);

// A record set as a zone file writes it: owner, type, ttl, records.
[[nodiscard]] AuditValue audit_value(const RecordSet& set);

// A list of record sets: the first kMostAudited, and how many more there were.
class AuditedSets {
 public:
  void add(const RecordSet& set);
  // The value with this list as one more field; without it if the list is empty.
  [[nodiscard]] AuditValue put_into(AuditValue value, const std::string& field) const;

 private:
  std::vector<AuditValue> first_;
  std::size_t count_ = 0;
};
inline constexpr std::size_t kMostAudited = 1'000;

// The names, without the final dot.
[[nodiscard]] AuditValue audit_value(const std::vector<Name>& domains);

}  // namespace zonestore
