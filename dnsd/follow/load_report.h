// What is loaded and what it takes: for the log, for dnsd --check, for whoever sizes a machine.
// Threads: plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>

#include "dnsd/util/log.h"
#include "dnsd/zone/loader.h"

namespace dnsd::follow {

struct LoadReport {
  std::size_t zones = 0;
  std::size_t names = 0;  // empty non-terminals too
  std::uint64_t record_sets = 0;
  std::uint64_t record_data_bytes = 0;  // as zone::Loaded counts them
  std::uint64_t image_bytes = 0;
  std::chrono::milliseconds took{};

  // image_bytes for each byte of record data, such as "1.07".
  [[nodiscard]] std::string ratio() const;
};

[[nodiscard]] LoadReport report_on(const zone::Loaded& loaded, std::chrono::milliseconds took);
void log_report(const LoadReport& report, const util::Log& log);

// What the kernel counts for this process (proc(5): VmRSS and VmHWM of /proc/self/status); 0 where it does not tell.
struct ProcessMemory {
  std::uint64_t resident_bytes = 0;
  std::uint64_t peak_bytes = 0;
};
[[nodiscard]] ProcessMemory process_memory();

// A line for each figure: its name, a colon, the figure.
void print(const LoadReport& report, const ProcessMemory& memory, std::ostream& out);

}  // namespace dnsd::follow
