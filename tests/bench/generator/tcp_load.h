// A load over TCP: kept-open connections, each with window / connections queries under way (with a window as large as
// the number of connections: one query at a time on each; with more they are pipelined, RFC 7766 section 6.2.1.1).
#pragma once

#include "tests/bench/generator/run_settings.h"
#include "tests/bench/generator/workload.h"

namespace bench {

// A connection that the server closes is made anew; what was under way on it is asked again and counted once.
// Errors: std::runtime_error if the server refuses connections or closes one after the other.
[[nodiscard]] RunResult run_over_tcp(const RunSettings& settings, Workload& workload);

}  // namespace bench
