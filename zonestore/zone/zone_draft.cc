#include "zonestore/zone/zone_draft.h"

#include <algorithm>
#include <string>
#include <utility>

#include "zonestore/zone/record_data.h"

namespace zonestore {
namespace {

Result<Name> apex_of(const std::filesystem::path& file, const std::vector<FileRecordSet>& sets,
                     const std::optional<Name>& given) {
  if (given) {
    return given->lowered();
  }
  const auto soa = std::find_if(sets.begin(), sets.end(),
                                [](const FileRecordSet& each) { return each.set.type == RecordType::kSoa; });
  if (soa == sets.end()) {
    return fail(ErrorCode::kInvalid, file.string() + ": the file has no SOA that names its zone",
                "give the zone's name with --zone");
  }
  return soa->set.owner.lowered();
}

void take_soa(ZoneDraft& draft, FileRecordSet&& soa, ZoneFaults& faults) {
  if (soa.set.owner != draft.apex) {
    return faults.add(
        {soa.line, std::nullopt,
         "the SOA of " + soa.set.owner.to_text_no_dot() + " in a file of the zone " + draft.apex.to_text_no_dot(),
         "a zone has one SOA, at its apex; --zone names the apex"});
  }
  if (soa.set.rdata.size() > 1) {
    faults.add({soa.line, std::nullopt, "the zone has " + std::to_string(soa.set.rdata.size()) + " SOA records",
                "leave one"});
    soa.set.rdata.resize(1);
  }
  draft.soa = std::move(soa);
}

void take_set(ZoneDraft& draft, FileRecordSet&& each, ZoneFaults& faults) {
  const RecordSet& set = each.set;
  if (!set.owner.is_at_or_below(draft.apex)) {
    return faults.add(
        {each.line, std::nullopt,
         set.owner.to_text_no_dot() + " " + to_text(set.type) + " is outside the zone " + draft.apex.to_text_no_dot(),
         "take it out, or end a relative name without a dot"});
  }
  if (is_made_by_signing(set.type)) {
    ++draft.left_out;
  } else if (set.type == RecordType::kSoa) {
    take_soa(draft, std::move(each), faults);
  } else if (set.type == RecordType::kNs && set.owner == draft.apex) {
    draft.name_servers = std::move(each);
  } else {
    draft.records.push_back(std::move(each));
  }
}

}  // namespace

Result<ZoneDraft> read_zone_draft(const std::filesystem::path& file, const std::optional<Name>& apex,
                                  ZoneFaults& faults) {
  std::optional<Name> malformed_soa;
  auto sets = read_zone_file(file, apex, faults, &malformed_soa);
  if (!sets) {
    return tl::unexpected(std::move(sets.error()));
  }
  auto zone = apex_of(file, *sets, apex ? apex : malformed_soa);
  if (!zone) {
    return tl::unexpected(std::move(zone.error()));
  }
  ZoneDraft draft;
  draft.apex = std::move(*zone);
  draft.has_malformed_soa = malformed_soa == draft.apex;
  draft.records.reserve(sets->size());
  for (FileRecordSet& each : *sets) {
    take_set(draft, std::move(each), faults);
  }
  return draft;
}

}  // namespace zonestore
