#include "zonestore/zone/record_set.h"

// The streaming state lives on the stack, which needs its definition.
#define XXH_STATIC_LINKING_ONLY
#include <algorithm>
#include <array>
#include <cstring>

#include <xxhash.h>

#include "zonestore/base/big_endian.h"
#include "zonestore/zone/limits.h"

namespace zonestore {
namespace {}  // namespace

void put_in_canonical_order(std::vector<Bytes>& rdata) {
  std::sort(rdata.begin(), rdata.end());
  rdata.erase(std::unique(rdata.begin(), rdata.end()), rdata.end());
}

Bytes pack_rdata(const std::vector<Bytes>& rdata) {
  std::size_t size = 0;
  for (const Bytes& record : rdata) {
    size += 2 + record.size();
  }
  Bytes packed;
  packed.reserve(size);
  for (const Bytes& record : rdata) {
    append_u16(packed, static_cast<std::uint16_t>(record.size()));
    packed.insert(packed.end(), record.begin(), record.end());
  }
  return packed;
}

Result<std::vector<Bytes>> unpack_rdata(ByteView packed) {
  if (packed.empty()) {
    return fail(ErrorCode::kDamaged, "a record set has no record data");
  }
  std::vector<Bytes> rdata;
  while (!packed.empty()) {
    if (packed.size() < 2 || packed.size() - 2 < read_u16(packed)) {
      return fail(ErrorCode::kDamaged, "a record set's packed data ends within a record");
    }
    const ByteView record = packed.subspan(2, read_u16(packed));
    rdata.emplace_back(record.begin(), record.end());
    packed = packed.subspan(2 + record.size());
  }
  return rdata;
}

// The hash is that of one byte string: owner key length (32 bits), owner key, type (16), TTL (32), packed
// record data. A typical set is put together on the stack and hashed in one call, three times faster than
// the streaming form, which gives the same value and is left for the long ones.
std::uint64_t record_set_hash(ByteView owner_key, RecordType type, Ttl ttl, ByteView packed_rdata) {
  constexpr std::size_t kFixedBytes = 4 + 2 + 4;
  std::array<std::uint8_t, 1024> buffer;  // NOLINT(*-member-init): filled as far as it is read
  if (owner_key.size() <= buffer.size() - kFixedBytes &&
      packed_rdata.size() <= buffer.size() - kFixedBytes - owner_key.size()) {
    std::uint8_t* end = buffer.data();
    store_u32(end, static_cast<std::uint32_t>(owner_key.size()));
    end = std::copy(owner_key.begin(), owner_key.end(), end + 4);
    store_u16(end, static_cast<std::uint16_t>(type));
    store_u32(end + 2, seconds(ttl));
    end = std::copy(packed_rdata.begin(), packed_rdata.end(), end + 6);
    return XXH3_64bits(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  }
  std::array<std::uint8_t, 6> fixed;  // NOLINT(*-member-init)
  XXH3_state_t state;
  XXH3_INITSTATE(&state);
  XXH3_64bits_reset(&state);
  store_u32(fixed.data(), static_cast<std::uint32_t>(owner_key.size()));
  XXH3_64bits_update(&state, fixed.data(), 4);
  XXH3_64bits_update(&state, owner_key.data(), owner_key.size());
  store_u16(fixed.data(), static_cast<std::uint16_t>(type));
  store_u32(fixed.data() + 2, seconds(ttl));
  XXH3_64bits_update(&state, fixed.data(), fixed.size());
  XXH3_64bits_update(&state, packed_rdata.data(), packed_rdata.size());
  return XXH3_64bits_digest(&state);
}

Bytes txt_rdata(std::string_view text) {
  Bytes rdata;
  rdata.reserve(text.size() + text.size() / kMaxStringBytes + 1);
  do {
    const std::string_view part = text.substr(0, kMaxStringBytes);
    rdata.push_back(static_cast<std::uint8_t>(part.size()));
    rdata.insert(rdata.end(), part.begin(), part.end());
    text.remove_prefix(part.size());
  } while (!text.empty());
  return rdata;
}

Result<std::string> txt_joined(ByteView rdata) {
  if (rdata.empty()) {
    return fail(ErrorCode::kDamaged, "TXT record data without a string");
  }
  std::string text;
  while (!rdata.empty()) {
    const std::size_t size = rdata[0];
    if (size > rdata.size() - 1) {
      return fail(ErrorCode::kDamaged, "TXT record data ends within a string");
    }
    const ByteView part = rdata.subspan(1, size);
    text.append(part.begin(), part.end());
    rdata = rdata.subspan(1 + size);
  }
  return text;
}

namespace {

constexpr std::size_t kSoaNumbersBytes = 5 * 4;

// Takes one uncompressed name off the front of `rdata`.
Result<Name> take_name(ByteView& rdata) {
  std::size_t end = 0;
  while (end < rdata.size() && rdata[end] != 0) {
    end += rdata[end] + 1U;
  }
  const ByteView wire = rdata.first(std::min(end + 1, rdata.size()));
  auto name = Name::from_wire(wire);
  if (!name) {
    return fail(ErrorCode::kDamaged, "SOA record data: " + name.error().message);
  }
  rdata = rdata.subspan(wire.size());
  return name;
}

}  // namespace

Bytes soa_rdata(const SoaData& soa) {
  Bytes rdata(soa.primary.wire().begin(), soa.primary.wire().end());
  rdata.insert(rdata.end(), soa.mailbox.wire().begin(), soa.mailbox.wire().end());
  for (const std::uint32_t number : {soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum}) {
    append_u32(rdata, number);
  }
  return rdata;
}

Result<SoaData> parse_soa_rdata(ByteView rdata) {
  auto primary = take_name(rdata);
  if (!primary) {
    return tl::unexpected(std::move(primary.error()));
  }
  auto mailbox = take_name(rdata);
  if (!mailbox) {
    return tl::unexpected(std::move(mailbox.error()));
  }
  if (rdata.size() != kSoaNumbersBytes) {
    return fail(ErrorCode::kDamaged, "SOA record data does not end in five 32-bit numbers");
  }
  return SoaData{std::move(*primary),        std::move(*mailbox),        read_u32(rdata),
                 read_u32(rdata.subspan(4)), read_u32(rdata.subspan(8)), read_u32(rdata.subspan(12)),
                 read_u32(rdata.subspan(16))};
}

}  // namespace zonestore
