// The answer under way: what it is about, what its header will say, and what the caller will be told of it.
#pragma once

#include <cstdint>

#include "dnsd/answer/responder.h"
#include "dnsd/wire/answer_writer.h"
#include "dnsd/wire/query.h"
#include "dnsd/zone/look_up.h"

namespace dnsd::answer {

struct Reply {
  const wire::Query& query;
  const zone::Place& place;  // of the question's name
  wire::AnswerWriter& writer;
  wire::Rcode rcode = wire::Rcode::kNoError;
  bool authoritative = false;
  AnswerKind kind = AnswerKind::kError;
  // Of the first record set in the answer. Whatever else is asked for there and leads to it (ANY, any type at a
  // CNAME) has the same answer.
  zonestore::RecordType given{};
  std::uint64_t source = 0;          // hash of the name that the answer comes from
  const zone::Zone* zone = nullptr;  // the one that the question's name lies in; nullptr: none of ours
};

// What Answered::identity is for answers that come from a name: the name's hash and the type of what was found there,
// 0 for nothing.
[[nodiscard]] inline std::uint64_t identity_of(std::uint64_t source, zonestore::RecordType type) {
  return source << 16U | static_cast<std::uint64_t>(type);
}

}  // namespace dnsd::answer
