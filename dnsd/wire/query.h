// A query as it came in: read once from front to back, in time linear in its length, without allocation.
//
//   header | question | answer | authority | additional
//            first one   they must add up: no byte may be missing, none may be left over; and they must be readable
//            is kept                          OPT and TSIG are looked for here
#pragma once

#include <cstdint>
#include <optional>

#include "dnsd/wire/edns.h"
#include "dnsd/wire/header.h"
#include "dnsd/wire/name.h"
#include "dnsd/wire/tsig.h"
#include "zonestore/zone/record_set.h"

namespace dnsd::wire {

using zonestore::RecordType;

struct Question {
  ByteView bytes;  // name, type and class as they came, to be echoed (0x20 and all)
  LoweredName name;
  RecordType type{};
  std::uint16_t question_class = 0;
};

enum class Form : std::uint8_t {
  kGood,
  kMalformed,  // answer FORMERR; what was read before the fault stands in the Query
  kSilence,    // shorter than a header, or itself a response (RFC 8906): not to be answered at all
};

struct Query {
  Header header;
  // The only question, if there is one and it could be read. Its views live as long as the message.
  bool has_question = false;
  Question question;
  std::optional<Edns> edns;  // a good OPT record; absent beside a second or a malformed one
  std::optional<Tsig> tsig;  // a readable TSIG record closes the message (RFC 8945 section 5.1)
};

// `query` may have been used before. Form is judged alike for every opcode.
[[nodiscard]] Form parse_query(ByteView message, Query& query);

}  // namespace dnsd::wire
