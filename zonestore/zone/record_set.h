// Record sets (RFC 9499: RRset): all records of one owner, type and TTL, in wire form.
// Threads: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/base/bytes.h"
#include "zonestore/base/error.h"
#include "zonestore/zone/name.h"

namespace zonestore {

// Seconds, 1 to 2^31-1 in a zone of ours (RFC 2181 section 8; 0 is never published).
enum class Ttl : std::uint32_t {};
[[nodiscard]] constexpr std::uint32_t seconds(Ttl ttl) {
  return static_cast<std::uint32_t>(ttl);
}

// Any 16-bit value is a type (RFC 3597); these are the ones that the code names.
enum class RecordType : std::uint16_t {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kPtr = 12,
  kMx = 15,
  kTxt = 16,
  kAaaa = 28,
  kSrv = 33,
  kDname = 39,
  kOpt = 41,
  kDs = 43,
  kSshfp = 44,
  kRrsig = 46,
  kNsec = 47,
  kDnskey = 48,
  kNsec3 = 50,
  kNsec3param = 51,
  kTlsa = 52,
  kSmimea = 53,
  kCds = 59,
  kCdnskey = 60,
  kZonemd = 63,
  kSvcb = 64,
  kHttps = 65,
  kCaa = 257,
  kTa = 32768,
  kDlv = 32769,
  kIxfr = 251,
  kAxfr = 252,
  kMailb = 253,
  kMaila = 254,
  kAny = 255,
};

// "TXT", or "TYPE65280" for a type without a mnemonic (RFC 3597 section 5); the inverse takes both.
[[nodiscard]] std::string to_text(RecordType type);
[[nodiscard]] Result<RecordType> parse_record_type(std::string_view text);

struct RecordSet {
  Name owner;
  RecordType type = RecordType::kTxt;
  Ttl ttl{};
  std::vector<Bytes> rdata;  // uncompressed wire form, at least one, in canonical order (RFC 4034 6.3)

  friend bool operator==(const RecordSet&, const RecordSet&) = default;
};

// The order and the uniqueness that a set has (RFC 4034 section 6.3, RFC 2181 section 5): bytewise, no
// duplicates. The case of names inside record data is kept.
void put_in_canonical_order(std::vector<Bytes>& rdata);

// The store's form of a set's record data: for each record a big-endian 16-bit length and that many bytes.
[[nodiscard]] Bytes pack_rdata(const std::vector<Bytes>& rdata);
// Errors: kDamaged for lengths that do not add up, or none at all.
[[nodiscard]] Result<std::vector<Bytes>> unpack_rdata(ByteView packed);

// XXH3-64 over owner key, type, TTL and packed record data: what a zone's checksum adds up (mod 2^64).
[[nodiscard]] std::uint64_t record_set_hash(ByteView owner_key, RecordType type, Ttl ttl, ByteView packed_rdata);

// TXT record data for a text: character-strings of 255 bytes and the rest (RFC 1035 section 3.3.14; RFC 7208
// section 3.3 and RFC 6376 section 3.6.2.2 join them without a space). An empty text is one empty string.
[[nodiscard]] Bytes txt_rdata(std::string_view text);
// The inverse. Errors: kDamaged for strings that do not add up.
[[nodiscard]] Result<std::string> txt_joined(ByteView rdata);

struct SoaData {  // RFC 1035 section 3.3.13
  Name primary;   // MNAME
  Name mailbox;   // RNAME
  std::uint32_t serial = 0;
  std::uint32_t refresh = 0;
  std::uint32_t retry = 0;
  std::uint32_t expire = 0;
  std::uint32_t minimum = 0;
};
[[nodiscard]] Bytes soa_rdata(const SoaData& soa);
[[nodiscard]] Result<SoaData> parse_soa_rdata(ByteView rdata);

}  // namespace zonestore
