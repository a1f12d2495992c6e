// Zone files (RFC 1035 section 5): out of the store, in a form that NSD, Knot and BIND load without a
// warning; and in, record by record.
#pragma once

#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "zonestore/zone/record_set.h"
#include "zonestore/zone/zone_fault.h"

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

struct FileRecordSet {
  RecordSet set;
  std::size_t line = 0;  // on which its first record begins
};

// Every record set of a zone file, in canonical order, records that stand in it twice once. `origin` serves for
// relative names until the file sets its own; without it the file must begin with the SOA under an absolute name, or
// with $ORIGIN. No $INCLUDE and no $GENERATE. What is malformed goes to `faults`, and reading goes on behind it.
// Memory: that of the records. Errors: kMissing, kPermission, kIo; kInvalid without an origin.
[[nodiscard]] Result<std::vector<FileRecordSet>> read_zone_file(const std::filesystem::path& file,
                                                                const std::optional<Name>& origin,
                                                                ZoneFaults& faults);

// One record's data in presentation form, as `dig` would print it.
[[nodiscard]] Result<std::string> rdata_to_text(RecordType type, ByteView rdata);

}  // namespace zonestore
