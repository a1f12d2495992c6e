#include "dnsd/sandbox.h"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "zonestore/base/file_descriptor.h"

namespace dnsd {
namespace {

using zonestore::FileDescriptor;

// What Debian 12's header does not know yet: it has ABI 2.
constexpr std::uint64_t kTruncate = 1ULL << 14;        // ABI 3, Linux 6.2
constexpr std::uint64_t kDeviceControl = 1ULL << 15;   // ABI 5, Linux 6.10
constexpr std::uint64_t kConnectTcp = 1ULL << 1;       // ABI 4, Linux 6.7
constexpr std::uint64_t kAbstractSockets = 1ULL << 0;  // ABI 6, Linux 6.12
constexpr std::uint64_t kSignals = 1ULL << 1;          // ABI 6
constexpr int kAbiOfRefer = 2;
constexpr int kAbiOfTruncate = 3;
constexpr int kAbiOfNetwork = 4;
constexpr int kAbiOfDeviceControl = 5;
constexpr int kAbiOfScopes = 6;

// LANDLOCK_ACCESS_FS_EXECUTE to _MAKE_SYM, those of ABI 1.
constexpr std::uint64_t kFirstRights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;

constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWrite =
    kRead | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | kTruncate;
constexpr std::uint64_t kOfFiles = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;

// struct landlock_ruleset_attr as it is today. An older kernel takes a longer one whose rest is zero.
struct RulesetAttributes {
  std::uint64_t files;
  std::uint64_t network;
  std::uint64_t scopes;
};

// glibc 2.36 has no functions for these.
int create_ruleset(const RulesetAttributes* attributes, std::size_t size, unsigned flags) {
  return static_cast<int>(::syscall(SYS_landlock_create_ruleset, attributes, size, flags));
}

bool add_rule(const FileDescriptor& ruleset, const landlock_path_beneath_attr& rule) {
  return ::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

bool restrict_self(const FileDescriptor& ruleset) {
  return ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) == 0;
}

tl::unexpected<std::string> system_failure(const std::string& what, int number) {
  return util::fail(what + ": " + std::generic_category().message(number));
}

tl::unexpected<std::string> no_landlock(int number) {
  switch (number) {
    case ENOSYS:
      return util::fail("this kernel has no Landlock: Linux 5.13 and newer have it, where they are built with it");
    case EOPNOTSUPP:
      return util::fail("Landlock was left out when this kernel started: add landlock to lsm= on its command line");
    case EPERM:
      return util::fail(
          "a filter of system calls forbids Landlock: allow landlock_create_ruleset, landlock_add_rule, "
          "landlock_restrict_self");
    default:
      return system_failure("Landlock cannot be asked", number);
  }
}

// Nothing: it is not there, or cannot be reached by this user, who then needs no rule for it.
util::Result<void> allow(const FileDescriptor& ruleset, const std::filesystem::path& path, std::uint64_t rights) {
  const FileDescriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status {};
  if (!place.is_open() || ::fstat(place.get(), &status) != 0) {
    return {};
  }
  landlock_path_beneath_attr rule{};
  rule.allowed_access = S_ISDIR(status.st_mode) ? rights : rights & kOfFiles;
  rule.parent_fd = place.get();
  if (!add_rule(ruleset, rule)) {
    return system_failure("Landlock takes no rule for " + path.string(), errno);
  }
  return {};
}

util::Result<void> allow_all(const FileDescriptor& ruleset, const std::vector<std::filesystem::path>& paths,
                             std::uint64_t rights) {
  for (const std::filesystem::path& path : paths) {
    if (auto allowed = allow(ruleset, path, rights); !allowed) {
      return allowed;
    }
  }
  return {};
}

}  // namespace

SandboxRights sandbox_rights(int abi, std::string_view supervisor) {
  SandboxRights rights;
  if (abi < 1) {
    return rights;
  }
  rights.files = kFirstRights;
  if (abi >= kAbiOfRefer) {
    rights.files |= LANDLOCK_ACCESS_FS_REFER;
  }
  if (abi >= kAbiOfTruncate) {
    rights.files |= kTruncate;
  }
  if (abi >= kAbiOfNetwork) {
    rights.network = kConnectTcp;  // not binding: a port for metrics may be tried again later
  }
  if (abi >= kAbiOfDeviceControl) {
    rights.files |= kDeviceControl;
  }
  if (abi >= kAbiOfScopes) {
    rights.scopes = kSignals | (supervisor.starts_with('@') ? 0 : kAbstractSockets);
  }
  return rights;
}

util::Result<int> landlock_abi() {
  const int abi = create_ruleset(nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi > 0 ? util::Result<int>(abi) : no_landlock(errno);
}

util::Result<int> enter_sandbox(const SandboxPlaces& places, std::string_view supervisor) {
  const auto abi = landlock_abi();
  if (!abi) {
    return util::fail(abi.error());
  }
  const SandboxRights rights = sandbox_rights(*abi, supervisor);
  const RulesetAttributes attributes{rights.files, rights.network, rights.scopes};
  const FileDescriptor ruleset(create_ruleset(&attributes, sizeof attributes, 0));
  if (!ruleset.is_open()) {
    return no_landlock(errno);
  }
  auto allowed = allow_all(ruleset, places.read, kRead & rights.files).and_then([&] {
    return allow_all(ruleset, places.write, kWrite & rights.files);
  });
  if (!allowed) {
    return util::fail(allowed.error());
  }
  // What a program without rights must do first; renounce_capabilities has done so, unless we stay root.
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return system_failure("cannot set no_new_privs", errno);
  }
  if (!restrict_self(ruleset)) {
    return system_failure("Landlock refuses its rules", errno);
  }
  return *abi;
}

}  // namespace dnsd
