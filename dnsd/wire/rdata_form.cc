#include "dnsd/wire/rdata_form.h"

#include <array>
#include <cstdint>
#include <string_view>

#include "dnsd/wire/name.h"
#include "dnsd/wire/reader.h"

namespace dnsd::wire {
namespace {

// Fields from front to back: 'n' a name, 's' a character string, 'S' one or more of them up to the end, '*' whatever
// there is up to the end, '+' the same and at least one byte; 'L' a location; a digit or a letter from 'a' for 10 on:
// so many bytes.
struct Layout {
  std::uint16_t type;
  std::string_view fields;
};

constexpr std::array kForms{
    Layout{1, "4"},       // A
    Layout{2, "n"},       // NS
    Layout{3, "n"},       // MD
    Layout{4, "n"},       // MF
    Layout{5, "n"},       // CNAME
    Layout{6, "nnaa"},    // SOA
    Layout{7, "n"},       // MB
    Layout{8, "n"},       // MG
    Layout{9, "n"},       // MR
    Layout{11, "5*"},     // WKS
    Layout{12, "n"},      // PTR
    Layout{13, "ss"},     // HINFO
    Layout{14, "nn"},     // MINFO
    Layout{15, "2n"},     // MX
    Layout{16, "S"},      // TXT
    Layout{17, "nn"},     // RP
    Layout{18, "2n"},     // AFSDB
    Layout{19, "s"},      // X25
    Layout{21, "2n"},     // RT
    Layout{24, "in+"},    // SIG
    Layout{25, "4*"},     // KEY
    Layout{26, "2nn"},    // PX
    Layout{27, "sss"},    // GPOS
    Layout{28, "g"},      // AAAA
    Layout{29, "L"},      // LOC
    Layout{30, "n*"},     // NXT
    Layout{33, "6n"},     // SRV
    Layout{35, "4sssn"},  // NAPTR
    Layout{36, "2n"},     // KX
    Layout{37, "5+"},     // CERT
    Layout{39, "n"},      // DNAME
    Layout{43, "4+"},     // DS
    Layout{44, "2+"},     // SSHFP
    Layout{45, "3*"},     // IPSECKEY
    Layout{46, "in+"},    // RRSIG
    Layout{47, "n*"},     // NSEC
    Layout{48, "4*"},     // DNSKEY
    Layout{49, "+"},      // DHCID
    Layout{51, "4s"},     // NSEC3PARAM
    Layout{52, "3+"},     // TLSA
    Layout{53, "3+"},     // SMIMEA
    Layout{61, "+"},      // OPENPGPKEY
    Layout{59, "4+"},     // CDS
    Layout{60, "4*"},     // CDNSKEY
    Layout{62, "6*"},     // CSYNC
    Layout{63, "6+"},     // ZONEMD
    Layout{64, "2n*"},    // SVCB
    Layout{65, "2n*"},    // HTTPS
    Layout{99, "S"},      // SPF
    Layout{104, "a"},     // NID
    Layout{105, "6"},     // L32
    Layout{106, "a"},     // L64
    Layout{107, "2n"},    // LP
    Layout{108, "6"},     // EUI48
    Layout{109, "8"},     // EUI64
    Layout{249, "ng*"},   // TKEY
    Layout{256, "4+"},    // URI
    Layout{257, "2+"},    // CAA
};

constexpr std::string_view fields_of(zonestore::RecordType type) {
  for (const Layout& form : kForms) {
    if (form.type == static_cast<std::uint16_t>(type)) {
      return form.fields;
    }
  }
  return "*";
}

// A name that can be read from its first label to the root, wherever its pointers lead.
void read_name(ByteView message, std::size_t rdata_at, Reader& reader) {
  LoweredName name;
  const std::size_t at = reader.position();
  if (!expand_name(message, rdata_at + at, name)) {
    reader.fail();
    return;
  }
  while (reader.ok()) {  // past it, where it stands
    const std::uint8_t length = reader.u8();
    if (length > zonestore::kMaxLabelBytes) {
      reader.take(1);
      return;
    }
    if (length == 0) {
      return;
    }
    reader.take(length);
  }
}

void read_rest(Reader& reader, char field) {
  if (field == '+' && reader.at_end()) {
    reader.fail();
  }
  reader.take(reader.remaining());
}

// RFC 1876 section 2: 16 bytes, of the version that there is.
void read_location(Reader& reader) {
  const bool is_known = reader.u8() == 0;
  reader.take(is_known ? 15 : reader.remaining());
}

void read_strings(Reader& reader) {
  do {
    reader.take(reader.u8());
  } while (reader.ok() && !reader.at_end());
}

void read_field(char field, ByteView message, std::size_t rdata_at, Reader& reader) {
  switch (field) {
    case 'n':
      return read_name(message, rdata_at, reader);
    case 's':
      reader.take(reader.u8());
      return;
    case 'S':
      return read_strings(reader);
    case 'L':
      return read_location(reader);
    case '*':
    case '+':
      return read_rest(reader, field);
    default:
      reader.take(static_cast<std::size_t>(field >= 'a' ? field - 'a' + 10 : field - '0'));
  }
}

}  // namespace

bool is_readable(ByteView message, zonestore::RecordType type, ByteView rdata) {
  const auto rdata_at = static_cast<std::size_t>(rdata.data() - message.data());
  Reader reader(rdata);
  for (const char field : fields_of(type)) {
    read_field(field, message, rdata_at, reader);
  }
  return reader.ok() && reader.at_end();
}

}  // namespace dnsd::wire
