#include "dnsd/wire/edns.h"

#include "dnsd/wire/reader.h"
#include "zonestore/zone/record_set.h"

namespace dnsd::wire {
namespace {

constexpr std::uint32_t kDnssecOk = 0x8000;

bool options_add_up(ByteView rdata) {
  Reader reader(rdata);
  while (reader.ok() && !reader.at_end()) {
    reader.u16();  // the option's code
    reader.take(reader.u16());
  }
  return reader.ok();
}

}  // namespace

std::optional<Edns> parse_opt(std::uint16_t record_class, std::uint32_t ttl, ByteView rdata) {
  Edns edns;
  edns.udp_bytes = record_class;
  edns.version = static_cast<std::uint8_t>(ttl >> 16);
  edns.dnssec_ok = (ttl & kDnssecOk) != 0;
  if (edns.version == 0 && !options_add_up(rdata)) {
    return std::nullopt;
  }
  return edns;
}

void write_opt(std::uint8_t* out, std::uint16_t udp_bytes, std::uint8_t rcode_high, bool dnssec_ok) {
  out[0] = 0;  // the root
  store_u16(out + 1, static_cast<std::uint16_t>(zonestore::RecordType::kOpt));
  store_u16(out + 3, udp_bytes);
  store_u32(out + 5, std::uint32_t{rcode_high} << 24 | (dnssec_ok ? kDnssecOk : 0U));
  store_u16(out + 9, 0);
}

void write_extended_error(std::uint8_t* opt, ExtendedError error) {
  constexpr std::uint16_t kOptionExtendedError = 15;
  constexpr std::uint16_t kInfoCodeBytes = 2;
  store_u16(opt + kOptBytes - 2, static_cast<std::uint16_t>(kExtendedErrorBytes));
  store_u16(opt + kOptBytes, kOptionExtendedError);
  store_u16(opt + kOptBytes + 2, kInfoCodeBytes);
  store_u16(opt + kOptBytes + 4, static_cast<std::uint16_t>(error));
}

}  // namespace dnsd::wire
