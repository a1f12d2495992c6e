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
// The record data is in its type's presentation form, or, of types that one of the readers does not know, as bytes.
// Errors: kDamaged for record data that is not of its type's form, kIo when the stream fails.
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
// with $ORIGIN. $INCLUDE takes a regular file, by a path from where the file lies that names it; no $GENERATE. What
// is malformed goes to `faults`, and reading goes on behind it. A TTL of 0, TTLs that differ in a set: in doubt
// (zone_fault.h). Memory: that of the records. Errors: kMissing, kPermission, kIo; kInvalid without an origin.
// `malformed_soa` gets the owner of an SOA whose data is among the faults: it names the zone all the same.
[[nodiscard]] Result<std::vector<FileRecordSet>> read_zone_file(const std::filesystem::path& file,
                                                                const std::optional<Name>& origin, ZoneFaults& faults,
                                                                std::optional<Name>* malformed_soa = nullptr);

}  // namespace zonestore
