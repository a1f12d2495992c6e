#include "tools/zonectl/session/process.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace zonectl {
namespace {

constexpr unsigned kFirstOther = 3;

// Each in a mode that fails as the closed one did.
void fill_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) < 0) {
      (void)!::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // the lowest that is free: this one
    }
  }
}

// Not closed: "--file <(command)" of a shell is one of them.
void keep_from_children() {
  constexpr unsigned kCloseOnExec = 1U << 2U;  // CLOSE_RANGE_CLOEXEC, which older headers do not know
#ifdef SYS_close_range
  if (::syscall(SYS_close_range, kFirstOther, ~0U, kCloseOnExec) == 0) {
    return;
  }
#endif
  rlimit most{};
  ::getrlimit(RLIMIT_NOFILE, &most);
  for (rlim_t each = kFirstOther; each < most.rlim_cur; ++each) {
    ::fcntl(static_cast<int>(each), F_SETFD, FD_CLOEXEC);
  }
}

}  // namespace

void protect_memory() {
  const rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

void protect_process() {
  protect_memory();
  fill_standard_streams();
  keep_from_children();
  ::umask(022);
  ::signal(SIGPIPE, SIG_IGN);  // a reader that went away is a failed write, seen at the end
}

void run_on() {
  for (const int each : {SIGTSTP, SIGTTIN, SIGTTOU}) {
    ::signal(each, SIG_IGN);
  }
}

void forget_environment() {
  constexpr std::array kKept{"TERM", "NO_COLOR"};
  std::array<std::optional<std::string>, kKept.size()> values;
  for (std::size_t i = 0; i < kKept.size(); ++i) {
    const char* const value = std::getenv(kKept[i]);
    values[i] = value == nullptr ? std::nullopt : std::optional<std::string>(value);
  }
  ::clearenv();
  for (std::size_t i = 0; i < kKept.size(); ++i) {
    if (values[i]) {
      ::setenv(kKept[i], values[i]->c_str(), 1);
    }
  }
}

}  // namespace zonectl
