#include "dnsd/zone/record_layout.h"

#include <algorithm>
#include <array>

#include "dnsd/wire/header.h"
#include "dnsd/wire/name.h"
#include "dnsd/wire/reader.h"
#include "dnsd/wire/record.h"

namespace dnsd::zone {
namespace {

using wire::store_u16;
using wire::store_u32;
using zonestore::ByteView;
using zonestore::ErrorCode;

constexpr std::size_t kOwnerBytes = 2;
// The question's name begins behind the header, in every message: so the pointer is right in all of them.
constexpr std::uint16_t kOwnerIsTheQuestion = wire::kPointer | wire::kHeaderBytes;
// Of what has lost its owner. In a whole record the class is there, and the TTL two bytes further.
constexpr std::size_t kTtlAt = 4;
constexpr std::size_t kLaidOutHeadBytes = kOwnerBytes + wire::kRecordHeadBytes;

void append_record(zonestore::RecordType type, zonestore::Ttl ttl, ByteView rdata, zonestore::Bytes& out) {
  std::array<std::uint8_t, kLaidOutHeadBytes> head{};
  store_u16(head.data(), kOwnerIsTheQuestion);
  store_u16(head.data() + kOwnerBytes, static_cast<std::uint16_t>(type));
  store_u16(head.data() + kTtlAt, wire::kClassIn);
  store_u32(head.data() + kTtlAt + 2, seconds(ttl));
  store_u16(head.data() + kLaidOutHeadBytes - 2, static_cast<std::uint16_t>(rdata.size()));
  out.insert(out.end(), head.begin(), head.end());
  out.insert(out.end(), rdata.begin(), rdata.end());
}

}  // namespace

zonestore::Result<void> lay_out(zonestore::RecordType type, zonestore::Ttl ttl, ByteView packed_rdata, LaidOut& out) {
  out.count = 0;
  out.answer.clear();
  wire::Reader reader(packed_rdata);
  while (!reader.at_end()) {
    const ByteView rdata = reader.take(reader.u16());
    if (!reader.ok()) {
      return zonestore::fail(ErrorCode::kDamaged, "the record data's lengths do not add up");
    }
    if (out.answer.size() + kLaidOutHeadBytes + rdata.size() > kMaxAnswerSectionBytes) {
      return zonestore::fail(ErrorCode::kDamaged, "the record set is too large for any message");
    }
    append_record(type, ttl, rdata, out.answer);
    ++out.count;
  }
  if (out.count == 0) {
    return zonestore::fail(ErrorCode::kDamaged, "the record set has no records");
  }
  return {};
}

bool take_record(ByteView& answer, wire::RecordView& record) {
  if (answer.size() < kLaidOutHeadBytes) {
    return false;
  }
  record.type = static_cast<zonestore::RecordType>(wire::load_u16(answer.data() + kOwnerBytes));
  record.ttl = wire::load_u32(answer.data() + kTtlAt + 2);
  record.rdata = answer.subspan(kLaidOutHeadBytes, wire::load_u16(answer.data() + kLaidOutHeadBytes - 2));
  answer = answer.subspan(kLaidOutHeadBytes + record.rdata.size());
  return true;
}

zonestore::Result<SoaAnswer> lay_out_soa(std::uint16_t count, ByteView answer) {
  if (count != 1 || answer.size() < kLaidOutHeadBytes) {
    return zonestore::fail(ErrorCode::kDamaged, "the zone has more than one SOA record");
  }
  const auto soa = zonestore::parse_soa_rdata(answer.subspan(kLaidOutHeadBytes));
  if (!soa) {
    return tl::unexpected(soa.error());
  }
  SoaAnswer laid_out;
  laid_out.serial = soa->serial;
  // Without its owner: the apex is not where the question's name is.
  laid_out.negative.assign(answer.begin() + kOwnerBytes, answer.end());
  const std::uint32_t ttl = wire::load_u32(answer.data() + kTtlAt + 2);
  store_u32(laid_out.negative.data() + kTtlAt, std::min(ttl, soa->minimum));
  return laid_out;
}

}  // namespace dnsd::zone
