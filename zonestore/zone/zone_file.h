// Zone files (RFC 1035 section 5): out of the store, in a form that NSD, Knot and BIND load without a
// warning; and in, by ldns.
#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "zonestore/zone/record_set.h"

namespace zonestore {

// One line a record, absolute owner names, no directives but $ORIGIN and $TTL at the head; the SOA first.
// The record data is in ldns's presentation form. Errors: kDamaged for record data that ldns cannot read,
// kIo when the stream fails.
class ZoneFileWriter {
 public:
  ZoneFileWriter(std::ostream& out, const Name& apex);
  [[nodiscard]] Result<void> begin(const RecordSet& soa);
  // An SOA is passed over: begin() wrote it.
  [[nodiscard]] Result<void> write(const RecordSet& record_set);

 private:
  [[nodiscard]] Result<void> write_records(const RecordSet& record_set);
  std::ostream& out_;
  Name apex_;
};

// Every record set of a zone file, in canonical order. `origin` serves for relative names until the file sets
// its own. No $INCLUDE. Errors: kInvalid as "file:line: why" with the line on which the record begins, kMissing, kIo.
[[nodiscard]] Result<std::vector<RecordSet>> read_zone_file(const std::filesystem::path& file, const Name& origin);

// One record's data in presentation form, as `dig` would print it.
[[nodiscard]] Result<std::string> rdata_to_text(RecordType type, ByteView rdata);

}  // namespace zonestore
