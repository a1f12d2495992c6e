// A load over UDP: connected sockets, each with its own source port and window of queries under way, filled and
// emptied in batches by sendmmsg and recvmmsg. It never sleeps while answers are due: a server that had to wake its
// client would pay for that.
#pragma once

#include "tests/bench/generator/run_settings.h"
#include "tests/bench/generator/workload.h"

namespace bench {

// Errors: std::runtime_error if a socket cannot be had.
[[nodiscard]] RunResult run_over_udp(const RunSettings& settings, Workload& workload);

}  // namespace bench
