#include "zonestore/zone/type_forms.h"

#include <algorithm>
#include <cstddef>

namespace zonestore {
namespace {

// By number. SPF is for some: NSD 4.6 drops all strings of it but the first. A type without fields is known by its
// mnemonic and written as bytes: of those no two of BIND, dnspython and ldns read the same form, or none at all.
// Readers: NSD 4.6, Knot 3.2, BIND 9.18 and dnspython 2.3.
struct Table {
  using enum Field;
  using enum Readers;

  static constexpr auto kForms = std::to_array<TypeForm>({
      {RecordType{1}, "A", kAll, {{{kIpv4, "address"}}}},
      {RecordType{2}, "NS", kAll, {{{kName, "name server"}}}},
      {RecordType{3}, "MD", kSome, {{{kName, "host"}}}},
      {RecordType{4}, "MF", kSome, {{{kName, "host"}}}},
      {RecordType{5}, "CNAME", kAll, {{{kName, "target"}}}},
      {RecordType{6},
       "SOA",
       kAll,
       {{{kName, "primary name server"},
         {kName, "mailbox"},
         {kU32, "serial"},
         {kPeriod, "refresh"},
         {kPeriod, "retry"},
         {kPeriod, "expire"},
         {kPeriod, "minimum"}}}},
      {RecordType{7}, "MB", kSome, {{{kName, "host"}}}},
      {RecordType{8}, "MG", kSome, {{{kName, "mailbox"}}}},
      {RecordType{9}, "MR", kSome, {{{kName, "mailbox"}}}},
      {RecordType{10}, "NULL", kSome},
      {RecordType{11}, "WKS", kSome, {{{kIpv4, "address"}, {kServices, "services"}}}},
      {RecordType{12}, "PTR", kAll, {{{kName, "target"}}}},
      {RecordType{13}, "HINFO", kAll, {{{kString, "processor"}, {kString, "system"}}}},
      {RecordType{14}, "MINFO", kSome, {{{kName, "mailbox"}, {kName, "errors' mailbox"}}}},
      {RecordType{15}, "MX", kAll, {{{kU16, "preference"}, {kName, "mail server"}}}},
      {RecordType{16}, "TXT", kAll, {{{kStrings, "text"}}}},
      {RecordType{17}, "RP", kAll, {{{kName, "mailbox"}, {kName, "text's name"}}}},
      {RecordType{18}, "AFSDB", kAll, {{{kU16, "subtype"}, {kName, "host"}}}},
      {RecordType{19}, "X25", kSome, {{{kDigits, "address"}}}},
      {RecordType{20}, "ISDN", kSome, {{{kString, "address"}, {kStringOrNone, "subaddress"}}}},
      {RecordType{21}, "RT", kAll, {{{kU16, "preference"}, {kName, "host"}}}},
      {RecordType{22}, "NSAP", kSome, {{{kNsap, "address"}}}},
      {RecordType{23}, "NSAP-PTR", kSome, {{{kName, "target"}}}},
      {RecordType{24}, "SIG", kSome},
      {RecordType{25},
       "KEY",
       kSome,
       {{{kU16, "flags"}, {kU8, "protocol"}, {kAlgorithm, "algorithm"}, {kKey, "key"}}}},
      {RecordType{26}, "PX", kSome, {{{kU16, "preference"}, {kName, "RFC 822 name"}, {kName, "X.400 name"}}}},
      {RecordType{27},
       "GPOS",
       kSome,
       {{{kDegrees90, "latitude"}, {kDegrees180, "longitude"}, {kMetres, "altitude"}}}},
      {RecordType{28}, "AAAA", kAll, {{{kIpv6, "address"}}}},
      {RecordType{29}, "LOC", kAll, {{{kLocation, "location"}}}},
      {RecordType{30}, "NXT", kSome},
      {RecordType{31}, "EID", kSome},
      {RecordType{32}, "NIMLOC", kSome},
      {RecordType{33}, "SRV", kAll, {{{kU16, "priority"}, {kU16, "weight"}, {kU16, "port"}, {kName, "target"}}}},
      {RecordType{34}, "ATMA", kSome},
      {RecordType{35},
       "NAPTR",
       kAll,
       {{{kU16, "order"},
         {kU16, "preference"},
         {kString, "flags"},
         {kString, "services"},
         {kString, "expression"},
         {kName, "replacement"}}}},
      {RecordType{36}, "KX", kAll, {{{kU16, "preference"}, {kName, "exchanger"}}}},
      {RecordType{37},
       "CERT",
       kAll,
       {{{kCertificate, "certificate type"},
         {kU16, "key tag"},
         {kAlgorithm, "algorithm"},
         {kBase64, "certificate"}}}},
      {RecordType{38}, "A6", kSome},
      {RecordType{39}, "DNAME", kAll, {{{kName, "target"}}}},
      {RecordType{40}, "SINK", kSome},
      {RecordType{41}, "OPT", kSome},
      {RecordType{42}, "APL", kAll, {{{kPrefixes, "prefixes"}}}},
      {RecordType{43},
       "DS",
       kAll,
       {{{kU16, "key tag"}, {kAlgorithm, "algorithm"}, {kU8, "digest type"}, {kHex, "digest"}}}},
      {RecordType{44}, "SSHFP", kAll, {{{kU8, "algorithm"}, {kU8, "fingerprint type"}, {kHex, "fingerprint"}}}},
      {RecordType{45}, "IPSECKEY", kAll, {{{kGateway, "gateway"}}}},
      {RecordType{46},
       "RRSIG",
       kAll,
       {{{kType, "covered type"},
         {kAlgorithm, "algorithm"},
         {kU8, "labels"},
         {kPeriod, "original TTL"},
         {kTime, "expiration"},
         {kTime, "inception"},
         {kU16, "key tag"},
         {kName, "signer"},
         {kBase64, "signature"}}}},
      {RecordType{47}, "NSEC", kAll, {{{kName, "next name"}, {kTypes, "types"}}}},
      {RecordType{48},
       "DNSKEY",
       kAll,
       {{{kU16, "flags"}, {kU8, "protocol"}, {kAlgorithm, "algorithm"}, {kBase64, "key"}}}},
      {RecordType{49}, "DHCID", kAll, {{{kBase64, "identity"}}}},
      {RecordType{50},
       "NSEC3",
       kAll,
       {{{kU8, "hash algorithm"},
         {kU8, "flags"},
         {kU16, "iterations"},
         {kSalt, "salt"},
         {kHash, "next name's hash"},
         {kTypes, "types"}}}},
      {RecordType{51},
       "NSEC3PARAM",
       kAll,
       {{{kU8, "hash algorithm"}, {kU8, "flags"}, {kU16, "iterations"}, {kSalt, "salt"}}}},
      {RecordType{52},
       "TLSA",
       kAll,
       {{{kU8, "usage"}, {kU8, "selector"}, {kU8, "matching type"}, {kHex, "association data"}}}},
      {RecordType{53},
       "SMIMEA",
       kAll,
       {{{kU8, "usage"}, {kU8, "selector"}, {kU8, "matching type"}, {kHex, "association data"}}}},
      {RecordType{55}, "HIP", kSome, {{{kIdentity, "identity"}}}},
      {RecordType{56}, "NINFO", kSome, {{{kStrings, "text"}}}},
      {RecordType{57},
       "RKEY",
       kSome,
       {{{kU16, "flags"}, {kU8, "protocol"}, {kAlgorithm, "algorithm"}, {kBase64, "key"}}}},
      {RecordType{58}, "TALINK", kSome, {{{kName, "name before"}, {kName, "name behind"}}}},
      {RecordType{59},
       "CDS",
       kAll,
       {{{kU16, "key tag"}, {kAlgorithm, "algorithm"}, {kU8, "digest type"}, {kHex, "digest"}}}},
      {RecordType{60},
       "CDNSKEY",
       kAll,
       {{{kU16, "flags"}, {kU8, "protocol"}, {kAlgorithm, "algorithm"}, {kBase64, "key"}}}},
      {RecordType{61}, "OPENPGPKEY", kAll, {{{kBase64, "key"}}}},
      {RecordType{62}, "CSYNC", kAll, {{{kU32, "serial"}, {kU16, "flags"}, {kTypes, "types"}}}},
      {RecordType{63},
       "ZONEMD",
       kAll,
       {{{kU32, "serial"}, {kU8, "scheme"}, {kU8, "hash algorithm"}, {kHex, "digest"}}}},
      {RecordType{64}, "SVCB", kAll, {{{kU16, "priority"}, {kName, "target"}, {kParameters, "parameters"}}}},
      {RecordType{65}, "HTTPS", kAll, {{{kU16, "priority"}, {kName, "target"}, {kParameters, "parameters"}}}},
      {RecordType{99}, "SPF", kSome, {{{kStrings, "text"}}}},
      {RecordType{100}, "UINFO", kSome},
      {RecordType{101}, "UID", kSome},
      {RecordType{102}, "GID", kSome},
      {RecordType{103}, "UNSPEC", kSome},
      {RecordType{104}, "NID", kAll, {{{kU16, "preference"}, {kLocator, "identifier"}}}},
      {RecordType{105}, "L32", kAll, {{{kU16, "preference"}, {kIpv4, "locator"}}}},
      {RecordType{106}, "L64", kAll, {{{kU16, "preference"}, {kLocator, "locator"}}}},
      {RecordType{107}, "LP", kAll, {{{kU16, "preference"}, {kName, "locators' name"}}}},
      {RecordType{108}, "EUI48", kAll, {{{kEui48, "address"}}}},
      {RecordType{109}, "EUI64", kAll, {{{kEui64, "address"}}}},
      {RecordType{249}, "TKEY", kSome},
      {RecordType{250}, "TSIG", kSome},
      {RecordType{251}, "IXFR", kSome},
      {RecordType{252}, "AXFR", kSome},
      {RecordType{253}, "MAILB", kSome},
      {RecordType{254}, "MAILA", kSome},
      {RecordType{255}, "ANY", kSome},
      {RecordType{256}, "URI", kAll, {{{kU16, "priority"}, {kU16, "weight"}, {kText, "target"}}}},
      {RecordType{257}, "CAA", kAll, {{{kU8, "flags"}, {kTag, "tag"}, {kText, "value"}}}},
      {RecordType{258}, "AVC", kSome, {{{kStrings, "text"}}}},
      {RecordType{259}, "DOA", kSome},
      {RecordType{260}, "AMTRELAY", kSome, {{{kRelay, "relay"}}}},
      {RecordType{261}, "RESINFO", kSome, {{{kStrings, "text"}}}},
      {RecordType{262}, "WALLET", kSome, {{{kStrings, "text"}}}},
      {RecordType{32768},
       "TA",
       kSome,
       {{{kU16, "key tag"}, {kAlgorithm, "algorithm"}, {kU8, "digest type"}, {kHex, "digest"}}}},
      {RecordType{32769},
       "DLV",
       kSome,
       {{{kU16, "key tag"}, {kAlgorithm, "algorithm"}, {kU8, "digest type"}, {kHex, "digest"}}}},
  });
};
constexpr const auto& kForms = Table::kForms;

bool equals_in_any_case(std::string_view upper, std::string_view given) {
  return std::equal(upper.begin(), upper.end(), given.begin(), given.end(), [](char left, char right) {
    return to_lower(static_cast<std::uint8_t>(left)) == to_lower(static_cast<std::uint8_t>(right));
  });
}

}  // namespace

const TypeForm* type_form(RecordType type) {
  static_assert(std::is_sorted(kForms.begin(), kForms.end(),
                               [](const TypeForm& left, const TypeForm& right) { return left.type < right.type; }));
  const auto* const found = std::lower_bound(
      kForms.begin(), kForms.end(), type, [](const TypeForm& form, RecordType wanted) { return form.type < wanted; });
  return found != kForms.end() && found->type == type ? found : nullptr;
}

std::optional<RecordType> type_of_mnemonic(std::string_view mnemonic) {
  const auto* const found = std::find_if(kForms.begin(), kForms.end(), [mnemonic](const TypeForm& form) {
    return equals_in_any_case(form.mnemonic, mnemonic);
  });
  return found == kForms.end() ? std::nullopt : std::optional(found->type);
}

}  // namespace zonestore
