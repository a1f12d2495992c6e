// The answer that is given most by far, in one go: the TXT records of a name that is there, to a query without EDNS
// or with an OPT record that asks for nothing.
//
// Byte for byte what the general way (chase, AnswerWriter) gives, for less than half of its instructions; whatever is
// the least unusual goes that way. Pure, no allocation. Threads: any number at once.
#pragma once

#include <cstdint>
#include <span>

#include "dnsd/answer/responder.h"

namespace dnsd::answer {

// Size 0: not such a query, or no room; nothing is written then. Only for queries that prefetch() has seen.
[[nodiscard]] Answered usual_answer(const Received& received, std::span<std::uint8_t> answer,
                                    const Settings& settings, const Client& client) noexcept;

}  // namespace dnsd::answer
