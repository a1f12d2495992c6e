// Record data as people write it, and the names that it leads to.
#pragma once

#include <optional>
#include <string_view>

#include "zonestore/zone/record_set.h"

namespace zonestore {

// One record's data in presentation form (the inverse of rdata_to_text in zone_file.h), or in the form of RFC 3597
// section 5, \# LENGTH HEX, which any type takes. Relative names lie in `origin`. What comes back can be written by
// rdata_to_text. Errors: kInvalid, with what the type takes.
[[nodiscard]] Result<Bytes> rdata_from_text(RecordType type, std::string_view text, const Name& origin);

// A name as zone files have it: absolute with a final dot, else below `origin`; "@" is the origin. Errors: kInvalid.
[[nodiscard]] Result<Name> name_from_text(std::string_view text, const Name& origin);
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
