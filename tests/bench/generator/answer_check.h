// Whether an answer is the right one. Written from the RFCs, and shares no code with the server.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <span>

#include "tests/bench/generator/workload.h"

namespace bench {

// nullptr if `answer` answers `query` as expected, else what is wrong with it, in a few words. Looked at: QR, opcode,
// AA, TC, RCODE, the echo of the question (byte by byte, so with its case), the counts, type, class, TTL and RDATA of
// each record of the answer section, an authority section in a negative answer (RFC 2308), an OPT or another
// additional record. The ID is the caller's.
[[nodiscard]] const char* find_fault(std::span<const std::uint8_t> answer, std::span<const std::uint8_t> query,
                                     const Expectation& expected);

}  // namespace bench
