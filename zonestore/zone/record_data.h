// Record data as people write it, and the names that it leads to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zonestore/zone/record_set.h"
#include "zonestore/zone/zone_fault.h"

namespace zonestore {

// One record's data in presentation form, or in the form of RFC 3597 section 5, \# LENGTH HEX, which any type takes;
// of a known type both are held to the same rules. Relative names lie in `origin`. What comes back is read from its
// own text (rdata_to_text) as the same bytes. Errors: kInvalid, with the field, what is expected there, and what the
// type takes; nothing of the text is in them, which may be a secret that was taken for a zone file.
// What NSD, Knot and BIND load though it means nothing (a TLSA digest of another length than its kind has) is an
// error to the strict; the lenient find it in `remarks`.
struct TextRemarks {
  std::vector<Name> repeating;  // names in it that have the origin twice, as is_repeating says
  std::string doubt;            // empty: none
};
[[nodiscard]] Result<Bytes> rdata_from_text(RecordType type, std::string_view text, const Name& origin,
                                            TextRemarks* remarks = nullptr,
                                            Strictness strictness = Strictness::kStrict);

// One record's data in presentation form, as `dig` would print it. Data that has no text of its own that would be
// read back as these bytes is written as bytes. Errors: kDamaged for what is not of its type's form, where that is of
// plain fields.
[[nodiscard]] Result<std::string> rdata_to_text(RecordType type, ByteView rdata);
// "\# 4 c0000201": as bytes (RFC 3597 section 5), which every reader takes for every type.
[[nodiscard]] std::string rdata_to_bytes_text(ByteView rdata);

// A name as zone files have it: absolute with a final dot, else below `origin`; "@" is the origin. Errors: kInvalid.
[[nodiscard]] Result<Name> name_from_text(std::string_view text, const Name& origin);
[[nodiscard]] Result<Name> name_from_words(std::string_view text, const Name& origin);  // errors without the text
// True for a relative name that ends like the origin, so that it gets its end twice: the final dot may have been
// forgotten.
[[nodiscard]] bool is_repeating(std::string_view text, const Name& origin);
[[nodiscard]] bool is_absolute_name(std::string_view text);  // a final dot that no backslash takes away

// The name that an NS, CNAME, DNAME, PTR, MX or SRV record leads to; nullopt for other types and malformed data.
[[nodiscard]] std::optional<Name> target_of(RecordType type, ByteView rdata);

// The data with the name it leads to in lower case: two records are the same if these are (RFC 4343, RFC 4034 6.2).
[[nodiscard]] Bytes folded_rdata(RecordType type, ByteView rdata);
// As put_in_canonical_order, and of records that differ in the case of that name the first that came stays.
void put_in_order_without_twins(RecordType type, std::vector<Bytes>& rdata);

// True for types that stand in queries and messages only, never in a zone (RFC 6895 section 3.1), 0 among them.
[[nodiscard]] bool is_meta_type(RecordType type);

// True for what publishing a signed zone makes itself: RRSIG, NSEC, NSEC3, NSEC3PARAM, DNSKEY, and the digest over a
// whole zone, ZONEMD (RFC 8976). From elsewhere they are wrong after the next change.
[[nodiscard]] bool is_made_by_signing(RecordType type);

}  // namespace zonestore
