// Whose boot clock a moment's CLOCK_BOOTTIME is: two moments of one identity may be compared by it.
//
//   boot's      the boot id, /proc/sys/kernel/random/boot_id; "+SECONDS.NANOSECONDS" behind it where the boot clock
//               of this process is shifted (time_namespaces(7): one boot id, boot clocks that differ)
//   machine's   "machine:" and /etc/machine-id, where there is no boot id: between two boots of one machine the boot
//               clock's difference is never more than what has passed
//   unknown     "", where neither can be read: equal to nothing
//
// Pure but for read_clock_files. Threads: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zonestore {

// The contents of the files; nullopt: it cannot be read.
struct ClockFiles {
  std::optional<std::string> boot_id;     // /proc/sys/kernel/random/boot_id
  std::optional<std::string> offsets;     // /proc/self/timens_offsets; "" where the kernel has no time namespaces
  std::optional<std::string> machine_id;  // /etc/machine-id
};
[[nodiscard]] ClockFiles read_clock_files();

[[nodiscard]] std::string clock_identity(const ClockFiles& files);

// Why it is not a boot's: "/proc/sys/kernel/random/boot_id cannot be read"; empty if it is.
[[nodiscard]] std::string missing_for_boot_identity(const ClockFiles& files);

enum class ClockIdentity : std::uint8_t { kBoot, kMachine, kUnknown };
[[nodiscard]] ClockIdentity kind_of(std::string_view identity);

}  // namespace zonestore
