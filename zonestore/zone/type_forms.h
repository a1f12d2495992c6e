// The record types by name, and what their data is made of: the one table behind mnemonics, reading and writing.
// Inside zone/ only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "zonestore/zone/record_set.h"

namespace zonestore {

enum class Field : std::uint8_t {
  kEnd,  // no field: the data ends before it
  kU8,
  kU16,
  kU32,
  kPeriod,  // 32 bits, in seconds or with units: 1h30m
  kName,    // uncompressed; relative ones lie in the origin
  kIpv4,
  kIpv6,
  kString,  // one character-string (RFC 1035 section 3.3)
  kStringOrNone,
  kStrings,    // one or more, to the end
  kDigits,     // a character-string of four digits or more (X25)
  kDegrees90,  // a character-string with a number from -90 to 90 (GPOS)
  kDegrees180,
  kMetres,       // a character-string with a number
  kTag,          // a character-string of letters and digits, never quoted (CAA)
  kText,         // one string of any length, without a length byte, to the end (CAA, URI)
  kHex,          // to the end, one byte or more
  kBase64,       // to the end, one byte or more
  kKey,          // as kBase64, but may be empty
  kSalt,         // hexadecimal behind a length byte; "-": none (NSEC3)
  kHash,         // base32hex behind a length byte (NSEC3)
  kAlgorithm,    // of DNSSEC: 8 bits or its mnemonic
  kCertificate,  // 16 bits or PKIX, PGP, ... (RFC 4398 section 2.1)
  kType,         // a record type's mnemonic
  kTypes,        // a bitmap of them, to the end (RFC 4034 section 4.1.2)
  kTime,         // 32 bits, as YYYYMMDDHHmmSS or in seconds (RFC 4034 section 3.2)
  kEui48,
  kEui64,
  kLocator,  // 64 bits as 0123:4567:89ab:cdef (RFC 6742)
  kNsap,     // 0x and hexadecimal, dots within (RFC 1706)
  // The rest are whole forms, to the end:
  kLocation,    // RFC 1876
  kPrefixes,    // RFC 3123
  kServices,    // protocol and ports (RFC 1035 section 3.4.2)
  kGateway,     // RFC 4025 section 2
  kRelay,       // RFC 8777 section 4
  kIdentity,    // RFC 8005 section 5
  kParameters,  // RFC 9460 section 2.1
};

struct FieldForm {
  Field kind = Field::kEnd;
  std::string_view name = {};
};

// Who reads the type's own form: for the others an export has its data as bytes (RFC 3597 section 5).
enum class Readers : std::uint8_t { kAll, kSome };

struct TypeForm {
  RecordType type{};
  std::string_view mnemonic;
  Readers readers = Readers::kSome;
  std::array<FieldForm, 9> fields = {};  // without any: the data is written as bytes only

  [[nodiscard]] bool has_fields() const { return fields.front().kind != Field::kEnd; }
};

// nullptr: a type without a mnemonic.
[[nodiscard]] const TypeForm* type_form(RecordType type);
[[nodiscard]] std::optional<RecordType> type_of_mnemonic(std::string_view mnemonic);  // in any case

}  // namespace zonestore
