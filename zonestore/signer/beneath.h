// Opening what lies beneath a directory, without ever leaving it: no symbolic link is followed on the way, and none
// at its end. By openat2 (Linux 5.6); where the kernel or a filter lacks it, component by component.
//
// Threads: any. Errors: a descriptor that is not open, and errno; ELOOP or ENOTDIR for a symbolic link.
#pragma once

#include <string>

#include <sys/types.h>

#include "zonestore/base/file_descriptor.h"

namespace zonestore::signer {

// `path` is relative to `directory`: "keys/mosa", or ".". O_CLOEXEC and O_NOFOLLOW are added to `flags`.
[[nodiscard]] FileDescriptor open_beneath(int directory, const std::string& path, int flags, mode_t mode = 0);

// The same without openat2; for the test of both.
[[nodiscard]] FileDescriptor open_beneath_by_hand(int directory, const std::string& path, int flags, mode_t mode = 0);

}  // namespace zonestore::signer
