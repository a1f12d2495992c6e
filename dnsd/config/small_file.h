// Files that an operator writes for dnsd: settings, secrets. Read whole, or refused unread.
// Threads: any.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

#include <sys/stat.h>

#include "dnsd/util/result.h"

namespace dnsd::config {

inline constexpr std::size_t kMostConfigBytes = std::size_t{1024} * 1024;

// The file's text, without the byte order mark that some editors begin with. Errors, each one what it is ("it is not
// a regular file"), for a line that names the file: one that is a directory, a pipe, a device, longer than
// `most_bytes`, or that the system does not let us read. None of these is waited for, and nothing of them is read.
// What `fault_of` says of its status (empty: nothing) is an error too.
[[nodiscard]] util::Result<std::string> read_small_file(
    const std::filesystem::path& file, std::size_t most_bytes,
    const std::function<std::string(const struct stat&)>& fault_of = nullptr);

}  // namespace dnsd::config
