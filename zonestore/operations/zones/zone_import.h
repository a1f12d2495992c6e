// Whole zones: brought in from a file, judged, taken out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "zonestore/operations/zones/zones.h"
#include "zonestore/zone/zone_fault.h"

namespace zonestore {

inline constexpr std::size_t kShownFaults = 20;

// What is wrong with a file; nothing of it was taken unless it is empty.
struct FaultsFound {
  std::vector<ZoneFault> faults;  // the first kShownFaults, by line
  std::size_t fault_count = 0;    // all of them
};

struct ZoneImportOptions {
  std::filesystem::path file;
  std::optional<Name> apex;  // without it the SOA's owner
  Strictness strictness = Strictness::kLenient;
  bool keep_soa = false;  // the zone's SOA values stay as they are, whether or not the file has an SOA
};

struct ZoneImported : Changed, FaultsFound {
  Name apex;
  bool is_new = false;        // the store had no such zone
  std::uint64_t added = 0;    // record sets, all of these
  std::uint64_t altered = 0;  // TTL or data
  std::uint64_t removed = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t left_out = 0;    // that signing makes
  std::uint64_t own = 0;         // that the store publishes itself, left out too
  std::optional<ZoneView> zone;  // as it is after the change; nullopt with faults
};

// The file's records become the zone's static records, all others go; its SOA and the NS of its apex become the
// zone's settings. A zone that is not there is made. The serial rises, to the file's if that is higher (RFC 1982).
// Without an SOA in the file it is a zone only with keep_soa. A file with faults changes nothing and is no error:
// look at `fault_count`. The store's own zones are judged strictly where publishing rests on it: their negative TTL.
// Errors: kMissing, kPermission, kIo (the file); kInvalid when nothing says which zone it is; kRefused: kNoGlue when
// a name server of another zone would lose its address.
[[nodiscard]] Result<ZoneImported> import_zone(Store& store, const ChangeContext& context,
                                               const ZoneImportOptions& options);

struct ZoneChecked : FaultsFound {
  Name apex;
  std::uint64_t record_sets = 0;
  std::uint64_t left_out = 0;
  std::vector<std::string> warnings;
};
// The same judgement without a store. Errors: as import_zone of the file.
[[nodiscard]] Result<ZoneChecked> check_zone_file(const std::filesystem::path& file, const std::optional<Name>& apex,
                                                  Strictness strictness);

// Takes the zone out with all its records; its serial is remembered should it come back. Errors: kNotFound; kRefused:
// kInUse for the DKIM and SPF zones, and while a name server of another zone lies in it.
[[nodiscard]] Result<Changed> remove_zone(Store& store, const ChangeContext& context, const Name& apex);

}  // namespace zonestore
