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

#include <poll.h>
#include <sys/time.h>
#include <unistd.h>

#include "tools/zonectl/probe/resolver.h"
#include "tools/zonectl/run.h"
#include "tools/zonectl/session/become_owner.h"
#include "tools/zonectl/session/caller.h"
#include "tools/zonectl/session/exit_code.h"
#include "tools/zonectl/session/process.h"
#include "tools/zonectl/telling/monitor_line.h"
#include "zonestore/crypto/wiping_memory.h"

namespace {

std::optional<std::string> variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::optional<std::filesystem::path> path(const char* name) {
  const std::optional<std::string> value = variable(name);
  return value && !value->empty() ? std::optional<std::filesystem::path>(*value) : std::nullopt;
}

std::optional<std::filesystem::path> installed_key() {
  const std::filesystem::path key = "/etc/zonestore/vault.key";
  return ::access(key.c_str(), F_OK) == 0 ? std::optional(key) : std::nullopt;
}

// Of a run that a shell waits for.
void end_soon() {
  constexpr itimerval kTenth{{0, 0}, {0, 100'000}};
  ::signal(SIGALRM, [](int) { ::_exit(0); });
  ::setitimer(ITIMER_REAL, &kTenth, nullptr);
}

// An operator's run takes nothing from the environment but who called sudo, and nothing else is left there for
// anybody.
zonectl::Environment environment_of(zonectl::Role role) {
  const zonectl::CallerTraces traces = zonectl::read_caller_traces(variable("SUDO_UID"));
  if (role == zonectl::Role::kOperator) {
    zonectl::forget_environment();
    zonectl::run_on();
  }
  zonectl::Environment environment{variable("ZONESTORE"),
                                   zonectl::user_name(person_of(traces, role)),
                                   {path("CREDENTIALS_DIRECTORY"), path("ZONESTORE_VAULT_KEY")},
                                   zonectl::probe::Resolver::servers_of_system(),
                                   role};
  environment.installed_key = installed_key();
  environment.limit_time = &end_soon;
  if (::geteuid() == 0) {
    environment.become_owner = &zonectl::become_owner;
  }
  return environment;
}

// Whoever read our output had enough of it: `head`, `grep -q`, a person who left the pager.
bool reader_has_gone() {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

// The exit code, or kFailed if what was printed did not arrive where somebody waits for it.
int flushed(int code) {
  errno = 0;
  std::cout.flush();
  const int reason = errno;
  if (std::cout || reader_has_gone()) {
    return code;
  }
  std::cerr << "zonectl: cannot write to standard output: " << (reason == 0 ? "it failed" : std::strerror(reason))
            << "\n  the command itself ended with exit code " << code << '\n';
  return code == 0 ? zonectl::value_of(zonectl::ExitCode::kFailed) : code;
}

int run_main(int argc, char** argv) {
  zonectl::protect_process();
  zonestore::crypto::wipe_what_openssl_frees();
  std::vector<std::string> args(argv + 1, argv + argc);
  const bool is_operators = !args.empty() && args.front() == zonectl::kOperatorWord;
  if (is_operators) {
    args.erase(args.begin());
  }
  const zonectl::Environment environment =
      environment_of(is_operators ? zonectl::Role::kOperator : zonectl::Role::kAdmin);
  zonectl::Streams streams{std::cout,
                           std::cerr,
                           zonectl::terminal_of(STDOUT_FILENO),
                           zonectl::terminal_of(STDERR_FILENO),
                           zonectl::terminal_of(STDIN_FILENO).interactive ? &std::cin : nullptr,
                           &std::cin};
  const zonestore::SystemClock clock;
  return flushed(zonectl::run(args, streams, environment, clock));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_main(argc, argv);
  } catch (const std::exception& mistake) {
    std::cerr << "zonectl: internal error: " << mistake.what() << '\n';
    if (zonectl::asks_for_monitor_line(std::vector<std::string>(argv + 1, argv + argc))) {
      const zonectl::MonitorLine line =
          zonectl::monitor_line(zonestore::Error{zonestore::ErrorCode::kIo, "internal error", {}, std::nullopt});
      std::cout << line.text << std::flush;
      return zonectl::value_of(exit_code_of(line.code));
    }
    return zonectl::value_of(zonectl::ExitCode::kFailed);
  }
}
