// What dnsd takes away from itself once it has bound: files, but for those it needs; TCP connections to others;
// signals and sockets of other programs. By Landlock (landlock(7), Linux 5.13 and newer), which needs no right and no
// unit: a dnsd in a container or started by hand is held too.
//
//   the kernel's ABI ─> what can be forbidden ─> all of it is ─> rules for what is read and written ─> in force, for
//   good
//
// A rule holds for the directory that was there when it was made, and for all that comes to lie beneath it. So the
// rule for a store is one for the directory above: a store that is moved away, replaced or mounted there later is
// read as before. What lies in that directory is therefore kept from dnsd by its modes alone, the vault (0700)
// included.
//
// Precondition of enter_sandbox: no other thread runs yet, since it holds for the calling thread and those it makes;
// and the process is who it will be. After it no account's name can be looked up (/etc/passwd).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "dnsd/util/result.h"

namespace dnsd {

// What is read, and what is read, written and made, all that lies beneath included. What is not there gets no rule.
struct SandboxPlaces {
  std::vector<std::filesystem::path> read;
  std::vector<std::filesystem::path> write;
};

// What is forbidden, as the kernel's bits.
struct SandboxRights {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scopes = 0;

  [[nodiscard]] bool operator==(const SandboxRights&) const = default;
};

// All that a kernel of this Landlock ABI can forbid and dnsd can do without, and nothing that it does not know.
// `supervisor` is $NOTIFY_SOCKET, empty if unset: one with an abstract name ("@...") must stay within reach.
[[nodiscard]] SandboxRights sandbox_rights(int abi, std::string_view supervisor = {});

// The kernel's Landlock ABI, 1 or more. Errors: why there is none (too old, off at boot, forbidden), and what to do.
[[nodiscard]] util::Result<int> landlock_abi();

// Takes everything away but these places, for good, and gives the ABI. Errors: as landlock_abi, or what the kernel
// refused; no_new_privs is then set and nothing else has changed.
[[nodiscard]] util::Result<int> enter_sandbox(const SandboxPlaces& places, std::string_view supervisor = {});

}  // namespace dnsd
