#include "dnsd/follow/load_report.h"

#include <array>
#include <charconv>
#include <fstream>

namespace dnsd::follow {
namespace {

constexpr std::uint64_t kKilobyte = 1024;  // the kernel's "kB"

// The number behind `key` on a line of /proc/self/status.
std::uint64_t kilobytes_of(const std::string& line, std::string_view key) {
  std::uint64_t number = 0;
  const std::size_t digits = line.find_first_of("0123456789");
  if (line.starts_with(key) && digits != std::string::npos) {
    (void)std::from_chars(line.data() + digits, line.data() + line.size(), number);
  }
  return number;
}

}  // namespace

std::string LoadReport::ratio() const {
  if (record_data_bytes == 0) {
    return "0";
  }
  constexpr int kDecimals = 3;
  std::array<char, 32> text{};
  const double quotient = static_cast<double>(image_bytes) / static_cast<double>(record_data_bytes);
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), quotient, std::chars_format::fixed, kDecimals);
  return {text.data(), end.ptr};
}

LoadReport report_on(const zone::Loaded& loaded, std::chrono::milliseconds took) {
  LoadReport report;
  report.zones = loaded.image->zones.size();
  for (const auto& zone : loaded.image->zones) {
    report.names += zone->names.size();
  }
  for (const zonestore::PublishedZone& zone : loaded.head.zones) {
    report.record_sets += zone.record_set_count;
  }
  report.record_data_bytes = loaded.record_data_bytes;
  report.image_bytes = loaded.image->memory_bytes();
  report.took = took;
  return report;
}

void log_report(const LoadReport& report, const util::Log& log) {
  log.info("image_loaded", {{"zones", report.zones},
                            {"names", report.names},
                            {"record_sets", report.record_sets},
                            {"record_data_bytes", report.record_data_bytes},
                            {"image_bytes", report.image_bytes},
                            {"ratio", report.ratio()},
                            {"took_ms", report.took.count()}});
}

ProcessMemory process_memory() {
  ProcessMemory memory;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    memory.resident_bytes += kilobytes_of(line, "VmRSS:") * kKilobyte;
    memory.peak_bytes += kilobytes_of(line, "VmHWM:") * kKilobyte;
  }
  return memory;
}

void print(const LoadReport& report, const ProcessMemory& memory, std::ostream& out) {
  out << "zones: " << report.zones << "\nnames: " << report.names << "\nrecord sets: " << report.record_sets
      << "\nrecord data bytes: " << report.record_data_bytes << "\nimage bytes: " << report.image_bytes
      << "\nimage bytes for each byte of record data: " << report.ratio()
      << "\nload milliseconds: " << report.took.count() << "\nresident bytes: " << memory.resident_bytes
      << "\npeak resident bytes: " << memory.peak_bytes << "\n";
}

}  // namespace dnsd::follow
