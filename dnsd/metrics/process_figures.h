// What the process is and uses, as the kernel has it. Never under the names process_*: node_exporter, which shows the
// file beside its own, exports itself under these.
// Threads: any.
#pragma once

#include <cstdint>

#include "zonestore/exposition/exposition.h"

namespace dnsd::metrics {

struct ProcessFigures {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_descriptors = 0;
  std::uint64_t most_descriptors = 0;
};

// 0 where the kernel does not tell.
[[nodiscard]] ProcessFigures process_figures();

void expose(const ProcessFigures& figures, zonestore::exposition::Exposition& out);

}  // namespace dnsd::metrics
