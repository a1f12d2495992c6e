// The records of a zone file, as they come, put into sets. Inside zone/ only. Memory: that of the records.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "zonestore/zone/zone_file.h"

namespace zonestore {

class FileRecordSets {
 public:
  explicit FileRecordSets(ZoneFaults& faults) : faults_(faults) {}

  // Records of one set with different TTLs are in doubt (RFC 2181 section 5.2): the lowest serves for all.
  void add(const Name& owner, RecordType type, Ttl ttl, Bytes&& rdata, std::size_t line);

  // In canonical order, records that stand there twice once. What was added is gone.
  [[nodiscard]] std::vector<FileRecordSet> take_sorted();

 private:
  void meet(RecordSet& set, Ttl ttl, std::size_t line);

  ZoneFaults& faults_;
  std::vector<FileRecordSet> sets_;
  std::unordered_map<std::string, std::size_t> places_;  // by owner without case, and type
};

}  // namespace zonestore
