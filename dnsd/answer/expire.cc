#include "dnsd/answer/expire.h"

#include "dnsd/wire/header.h"
#include "dnsd/zone/record_layout.h"

namespace dnsd::answer {
namespace {

using zonestore::RecordType;

constexpr std::size_t kFromTheEnd = 8;  // SOA's last two fields: expire, minimum (RFC 1035 section 3.3.13)

bool belongs_to(RecordType type) {
  return type == RecordType::kSoa || type == RecordType::kIxfr || type == RecordType::kAxfr;
}

}  // namespace

std::optional<std::uint32_t> expire_for(const wire::Query& query, const zone::Zone& zone) {
  if (!query.edns || !query.edns->wants_expire || !belongs_to(query.question.type)) {
    return std::nullopt;
  }
  const zone::NodeView apex = zone.names.find({}, zone.apex_hash);
  const auto soa = apex ? apex.find(RecordType::kSoa) : std::nullopt;
  wire::ByteView rest = soa ? soa->answer : wire::ByteView();
  wire::RecordView record;
  if (!zone::take_record(rest, record) || record.rdata.size() < kFromTheEnd) {
    return std::nullopt;
  }
  return wire::load_u32(record.rdata.data() + record.rdata.size() - kFromTheEnd);
}

}  // namespace dnsd::answer
