// What an audit row says of what a change took away or brought. For the sources of zonestore/operations only.
#pragma once

#include <string>
#include <vector>

#include "zonestore/zone/name.h"
#include "zonestore/zone/record_set.h"

namespace zonestore {

// A list of record sets: the first kMostAudited, as a zone file writes them, and how many more there were.
class AuditedSets {
 public:
  void add(const RecordSet& set);
  // The JSON object with this list as one more field; without it if the list is empty.
  [[nodiscard]] std::string put_into(const std::string& object, const std::string& field) const;

 private:
  std::vector<std::string> first_;  // each a JSON object
  std::size_t count_ = 0;
};
inline constexpr std::size_t kMostAudited = 1'000;

// The JSON object with one more field, "domains".
[[nodiscard]] std::string with_domains(const std::string& object, const std::vector<Name>& domains);

}  // namespace zonestore
