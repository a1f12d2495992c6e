// What a server sent, as plain values: where ldns is handed bytes that anybody may have written. Pure. Threads: any.
#pragma once

#include <cstdint>

#include "tools/zonectl/probe/exchange.h"
#include "zonestore/base/bytes.h"

namespace zonectl::probe {

// The answer to this question, asked with this id. What is malformed, or answers something else, is a Reply that was
// not answered and says why.
[[nodiscard]] Reply read_reply(zonestore::ByteView wire, std::uint16_t id, const Question& question);

}  // namespace zonectl::probe
