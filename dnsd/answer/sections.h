// What goes into the sections of an answer: whole record sets, or nothing of them.
//
// Each returns false where the message has no room. Pure. Threads: any number at once.
#pragma once

#include <cstddef>

#include "dnsd/wire/answer_writer.h"
#include "dnsd/zone/image.h"

namespace dnsd::answer {

// Whose records they are.
struct Owner {
  wire::ByteView name;       // uncompressed, in the case in which it is to be written
  bool is_question = false;  // the question's own name
};

// A record set into the answer section, as it was laid out if it can be.
[[nodiscard]] bool add_answer(wire::AnswerWriter& writer, const Owner& owner, const zone::RecordSetView& record_set);

// What the zone has of the addresses of these name servers into the additional section, as far as there is room.
void add_server_addresses(wire::AnswerWriter& writer, const zone::RecordSetView& servers, const zone::Zone& zone);

// The SOA of a negative answer (RFC 2308 section 3). `apex_at`: where in the owner's name the apex begins.
[[nodiscard]] bool add_negative_soa(wire::AnswerWriter& writer, const Owner& owner, std::size_t apex_at,
                                    const zone::Zone& zone);

// The NS records of a cut into the authority section, and what the zone has of their addresses into the additional
// one. Glue that the delegation cannot do without must fit (RFC 9471 section 3.1); of the others as many as do.
[[nodiscard]] bool add_referral(wire::AnswerWriter& writer, wire::ByteView cut, zone::NodeView node,
                                const zone::Zone& zone);

}  // namespace dnsd::answer
