#include "dnsd/metrics/process_figures.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

namespace dnsd::metrics {
namespace {

using ShownKind = zonestore::exposition::Kind;  // the catalogue has another Kind

double cpu_seconds() {
  constexpr double kSecond = 1e9;
  timespec used{};
  (void)::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / kSecond;
}

// proc(5): statm's second number, in pages.
std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  statm >> all >> resident;
  return statm ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

std::uint64_t open_descriptors() {
  std::error_code error;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator each("/proc/self/fd", error), end; !error && each != end;
       each.increment(error)) {
    ++count;
  }
  return count > 0 ? count - 1 : 0;  // the directory's own
}

}  // namespace

ProcessFigures process_figures() {
  rlimit limit{};
  const bool has_limit = ::getrlimit(RLIMIT_NOFILE, &limit) == 0;
  return {cpu_seconds(), resident_bytes(), open_descriptors(), has_limit ? limit.rlim_cur : 0};
}

void expose(const ProcessFigures& figures, zonestore::exposition::Exposition& out) {
  out.family("dnsd_cpu_seconds_total", "CPU time of all threads, user and system", ShownKind::kCounter)
      .add(figures.cpu_seconds);
  out.family("dnsd_resident_memory_bytes", "Memory that is not paged out", ShownKind::kGauge)
      .add(figures.resident_bytes);
  out.family("dnsd_open_fds", "File descriptors that are open", ShownKind::kGauge).add(figures.open_descriptors);
  out.family("dnsd_max_fds", "File descriptors that may be open", ShownKind::kGauge).add(figures.most_descriptors);
}

}  // namespace dnsd::metrics
