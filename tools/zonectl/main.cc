// zonectl: the operators' command. This file wires the process to run(); see run.h.
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/zonectl/exit_code.h"
#include "tools/zonectl/probe/resolver.h"
#include "tools/zonectl/run.h"

namespace {

// Private keys pass through this process: no core dump, and no other process of the same user may look in.
void protect_process() {
  const rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
  ::umask(022);
  ::signal(SIGPIPE, SIG_IGN);  // a reader that went away is a failed write, seen at the end
}

std::optional<std::string> variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::optional<std::filesystem::path> path(const char* name) {
  const std::optional<std::string> value = variable(name);
  return value && !value->empty() ? std::optional<std::filesystem::path>(*value) : std::nullopt;
}

std::string effective_user() {
  const passwd* const entry = ::getpwuid(::geteuid());
  return entry == nullptr ? "uid " + std::to_string(::geteuid()) : entry->pw_name;
}

// The exit code, or kFailed if what was printed did not arrive. A reader that went away (head) knows why.
int flushed(int code) {
  errno = 0;
  std::cout.flush();
  const int reason = errno;
  if (std::cout) {
    return code;
  }
  if (reason != EPIPE) {
    std::cerr << "zonectl: cannot write to standard output: " << (reason == 0 ? "it failed" : std::strerror(reason))
              << "\n  the command itself ended with exit code " << code << '\n';
  }
  return code == 0 ? zonectl::value_of(zonectl::ExitCode::kFailed) : code;
}

int run_main(int argc, char** argv) {
  protect_process();
  const std::vector<std::string> args(argv + 1, argv + argc);
  const zonectl::Environment environment{variable("ZONESTORE"),
                                         variable("SUDO_USER"),
                                         effective_user(),
                                         {path("CREDENTIALS_DIRECTORY"), path("ZONESTORE_VAULT_KEY")},
                                         zonectl::probe::Resolver::servers_of_system()};
  zonectl::Streams streams{std::cout, std::cerr, zonectl::terminal_of(STDOUT_FILENO),
                           zonectl::terminal_of(STDERR_FILENO),
                           zonectl::terminal_of(STDIN_FILENO).interactive ? &std::cin : nullptr};
  const zonestore::SystemClock clock;
  return flushed(zonectl::run(args, streams, environment, clock));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_main(argc, argv);
  } catch (const std::exception& mistake) {
    std::cerr << "zonectl: internal error: " << mistake.what() << '\n';
    return zonectl::value_of(zonectl::ExitCode::kFailed);
  }
}
