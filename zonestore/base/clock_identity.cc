#include "zonestore/base/clock_identity.h"

#include <cerrno>
#include <cstring>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

#include "zonestore/base/file_descriptor.h"
#include "zonestore/base/joined.h"

namespace zonestore {

namespace {

constexpr std::string_view kMachinePrefix = "machine:";
constexpr const char* kBootIdFile = "/proc/sys/kernel/random/boot_id";
constexpr const char* kOffsetsFile = "/proc/self/timens_offsets";
constexpr const char* kMachineIdFile = "/etc/machine-id";

std::optional<std::string> read_short_file(const char* path, const std::optional<std::string>& if_missing) {
  const FileDescriptor file(::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) {
    return errno == ENOENT ? if_missing : std::nullopt;
  }
  std::string content(1024, '\0');
  const ssize_t size = ::read(file.get(), content.data(), content.size());
  if (size < 0) {
    return std::nullopt;
  }
  content.resize(static_cast<std::size_t>(size));
  return content;
}

// An id as it stands in its file: letters, digits and hyphens, and a line end; empty if it is anything else.
std::string_view id_in(const std::optional<std::string>& content) {
  constexpr std::string_view kAllowed = "0123456789abcdefABCDEF-";
  if (!content) {
    return {};
  }
  const std::string_view text = *content;
  const std::string_view id = text.substr(0, text.find('\n'));
  return id.find_first_not_of(kAllowed) == std::string_view::npos ? id : std::string_view{};
}

// "" for no shift, "+3600.000000000" for one; nullopt if it cannot be told.
std::optional<std::string> shift_of_boot_clock(const std::optional<std::string>& offsets) {
  if (!offsets || offsets->empty()) {
    return offsets;
  }
  std::istringstream lines(*offsets);
  std::string clock;
  long long seconds = 0;
  long long nanoseconds = 0;
  while (lines >> clock >> seconds >> nanoseconds) {
    if (clock == "boottime") {
      return seconds == 0 && nanoseconds == 0
                 ? std::string()
                 : (seconds < 0 ? "" : "+") + std::to_string(seconds) + "." + std::to_string(nanoseconds);
    }
  }
  return std::nullopt;
}

}  // namespace

ClockFiles read_clock_files() {
  return {read_short_file(kBootIdFile, std::nullopt), read_short_file(kOffsetsFile, ""),
          read_short_file(kMachineIdFile, std::nullopt)};
}

std::string clock_identity(const ClockFiles& files) {
  const std::optional<std::string> shift = shift_of_boot_clock(files.offsets);
  if (!shift) {
    return {};
  }
  if (const std::string_view boot = id_in(files.boot_id); !boot.empty()) {
    return std::string(boot) + *shift;
  }
  const std::string_view machine = id_in(files.machine_id);
  return machine.empty() ? std::string() : std::string(kMachinePrefix) + std::string(machine) + *shift;
}

std::string missing_for_boot_identity(const ClockFiles& files) {
  std::string missing;
  const auto add = [&](bool is_missing, const char* path) {
    if (is_missing) {
      append_joined(missing, ", ", path);
    }
  };
  const bool has_shift = shift_of_boot_clock(files.offsets).has_value();
  add(!has_shift, kOffsetsFile);
  add(id_in(files.boot_id).empty(), kBootIdFile);
  add(id_in(files.boot_id).empty() && id_in(files.machine_id).empty(), kMachineIdFile);
  return missing.empty() ? missing : missing + " cannot be read";
}

ClockIdentity kind_of(std::string_view identity) {
  if (identity.empty()) {
    return ClockIdentity::kUnknown;
  }
  return identity.substr(0, kMachinePrefix.size()) == kMachinePrefix ? ClockIdentity::kMachine : ClockIdentity::kBoot;
}

}  // namespace zonestore
