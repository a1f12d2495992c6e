#include "tools/zonectl/look/confinement.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <initializer_list>

#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace zonectl::look {
namespace {

constexpr unsigned kPipe = 0;
constexpr unsigned kFirstOther = 3;

// Landlock by hand: neither glibc nor the headers of every build machine know it (linux/landlock.h).
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif
constexpr std::uint32_t kAskForVersion = 1;
constexpr std::uint64_t kRightsOfFirstVersion =
    (1ULL << 13U) - 1;                                 // all that there are in ABI 1: EXECUTE to MAKE_SYM
constexpr std::uint64_t kRightRefer = 1ULL << 13U;     // ABI 2
constexpr std::uint64_t kRightTruncate = 1ULL << 14U;  // ABI 3
constexpr std::uint64_t kRightIoctl = 1ULL << 15U;     // ABI 5

// AddressSanitizer keeps a shadow of all memory, which counts as data: no limit holds it.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ZONECTL_SANITIZED
#endif
#endif
#if defined(ZONECTL_SANITIZED) || defined(__SANITIZE_ADDRESS__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

struct RulesetAttributes {
  std::uint64_t handled_access_fs;
};

// No rule lets anything pass. A kernel without Landlock is no error: the other walls stand.
void deny_files() {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskForVersion);
  if (version < 1) {
    return;
  }
  RulesetAttributes attributes{kRightsOfFirstVersion};
  attributes.handled_access_fs |= version >= 2 ? kRightRefer : 0;
  attributes.handled_access_fs |= version >= 3 ? kRightTruncate : 0;
  attributes.handled_access_fs |= version >= 5 ? kRightIoctl : 0;
  const long ruleset = ::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
  if (ruleset >= 0) {
    ::syscall(SYS_landlock_restrict_self, ruleset, 0);
    ::close(static_cast<int>(ruleset));
  }
}

void limit(int resource, rlim_t most) {
  rlimit value{};
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &value) == 0) {
    value.rlim_cur = value.rlim_cur < most ? value.rlim_cur : most;
    value.rlim_max = value.rlim_max < most ? value.rlim_max : most;
    ::setrlimit(static_cast<__rlimit_resource_t>(resource), &value);
  }
}

void limit_resources() {
  constexpr rlim_t kDescriptors = 1024;
  constexpr rlim_t kMemoryBytes = rlim_t{1} << 30U;  // data, not addresses: threads reserve more than they use
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NOFILE, kDescriptors);
  if (!kIsSanitized) {
    limit(RLIMIT_DATA, kMemoryBytes);
  }
  ::mallopt(M_ARENA_MAX, 4);
}

// A thread's stack counts as data, whole, as soon as it is there: a thousand of the usual 8 MiB would not fit.
void keep_stacks_small() {
  constexpr std::size_t kStackBytes = std::size_t{1} << 19U;
  pthread_attr_t attributes{};
  if (kIsSanitized || ::pthread_attr_init(&attributes) != 0) {
    return;
  }
  if (::pthread_attr_setstacksize(&attributes, kStackBytes) == 0) {
    ::pthread_setattr_default_np(&attributes);
  }
  ::pthread_attr_destroy(&attributes);
}

bool close_others(int pipe) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (::dup2(pipe, kPipe) < 0 || (null >= 0 && (::dup2(null, 1) < 0 || ::dup2(null, 2) < 0))) {
    return false;
  }
#ifdef SYS_close_range
  if (::syscall(SYS_close_range, kFirstOther, ~0U, 0) == 0) {
    return true;
  }
#endif
  rlimit most{};
  ::getrlimit(RLIMIT_NOFILE, &most);
  for (rlim_t each = kFirstOther; each < most.rlim_cur; ++each) {
    ::close(static_cast<int>(each));
  }
  return true;
}

void become_nobody() {
  constexpr unsigned kNobody = 65534;
  if (::geteuid() == 0) {
    ::setgroups(0, nullptr);
    (void)!::setresgid(kNobody, kNobody, kNobody);  // in a user namespace there may be none: the other walls stand
    (void)!::setresuid(kNobody, kNobody, kNobody);
  }
}

void leave_signals_to_parent() {
  for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) {
    ::signal(each, SIG_IGN);  // of a whole group of processes: the parent stops, and this one ends with it
  }
}

}  // namespace

bool confine(int pipe) {
  const pid_t parent = ::getppid();
  leave_signals_to_parent();
  if (!close_others(pipe)) {
    return false;
  }
  become_nobody();
  // After that: a change of user takes both back.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_DUMPABLE, 0);
  if (::getppid() != parent || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return false;
  }
  limit_resources();
  keep_stacks_small();
  deny_files();
  return true;
}

}  // namespace zonectl::look
