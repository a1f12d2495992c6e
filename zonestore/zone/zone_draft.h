// A zone as its file brings it: what becomes settings, what becomes records, what stays out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "zonestore/zone/zone_file.h"

namespace zonestore {

struct ZoneDraft {
  Name apex;
  std::optional<FileRecordSet> soa;           // one record
  std::optional<FileRecordSet> name_servers;  // NS at the apex
  std::vector<FileRecordSet> records;         // the rest, in canonical order, all at or below the apex
  std::uint64_t left_out = 0;                 // record sets that signing makes (is_made_by_signing)
  bool has_malformed_soa = false;             // an SOA stands at the apex, and is among the faults
};

// Reads the file. `apex` is the zone's name; without it the SOA's owner is. What is wrong goes to `faults`: malformed
// records, more than one SOA, an SOA away from the apex, records outside of the zone. Errors: as read_zone_file;
// kInvalid when nothing says which zone it is.
[[nodiscard]] Result<ZoneDraft> read_zone_draft(const std::filesystem::path& file, const std::optional<Name>& apex,
                                                ZoneFaults& faults);

}  // namespace zonestore
