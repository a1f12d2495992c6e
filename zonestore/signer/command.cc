#include "zonestore/signer/command.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "zonestore/base/file_descriptor.h"

namespace zonestore::signer {
namespace {

constexpr Milliseconds kPause{10};
constexpr std::size_t kMaxOutputBytes = 4096;
constexpr std::size_t kMaxLineBytes = 200;

class SpawnSetup {
 public:
  explicit SpawnSetup(int output) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addchdir_np(&files_, "/");  // ours may be a directory of whoever called
    ::posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&files_, output, STDERR_FILENO);
    ::posix_spawnattr_init(&attributes_);
    // A session of its own: a group to be killed whole, and without our terminal, into which it could type (TIOCSTI)
    // what the shell of whoever called would run. See the flags below.
    // What we ignore or block is no business of the command's: a script that pipes counts on SIGPIPE.
    sigset_t signals{};
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnSetup() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  SpawnSetup(SpawnSetup&&) = delete;
  SpawnSetup& operator=(SpawnSetup&&) = delete;

  [[nodiscard]] int spawn(pid_t& child, const std::vector<std::string>& words) const {
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (const std::string& word : words) {
      arguments.push_back(const_cast<char*>(word.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    }
    arguments.push_back(nullptr);
    std::string path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    std::string home = "HOME=/";
    std::string language = "LANG=C.UTF-8";
    std::array<char*, 4> environment{path.data(), home.data(), language.data(), nullptr};
    return ::posix_spawn(&child, words.front().c_str(), &files_, &attributes_, arguments.data(), environment.data());
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

void drain(int output, std::string& text) {
  std::array<char, 1024> buffer{};
  ssize_t got = 0;
  while ((got = ::read(output, buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > kMaxOutputBytes) {
      text.erase(0, text.size() - kMaxOutputBytes);
    }
  }
}

// The last line, with what is not printable as '?'.
std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
    text.pop_back();
  }
  std::string line = text.substr(text.rfind('\n') + 1).substr(0, kMaxLineBytes);
  for (char& c : line) {
    c = c < ' ' || c > '~' ? '?' : c;
  }
  return line.empty() ? "" : ": " + line;
}

Result<void> judged(const std::vector<std::string>& words, int status, const std::string& said) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return {};
  }
  const std::string how = WIFEXITED(status) ? "ended with " + std::to_string(WEXITSTATUS(status))
                                            : "was ended by signal " + std::to_string(WTERMSIG(status));
  return fail(ErrorCode::kIo, words.front() + " " + how + last_line(said));
}

}  // namespace

Result<std::vector<std::string>> command_words(std::string_view command) {
  std::vector<std::string> words;
  std::size_t begin = 0;
  while ((begin = command.find_first_not_of(' ', begin)) != std::string_view::npos) {
    const std::size_t end = std::min(command.find(' ', begin), command.size());
    words.emplace_back(command.substr(begin, end - begin));
    begin = end;
  }
  if (words.empty() || words.front().front() != '/') {
    return fail(ErrorCode::kInvalid, "a signer's command begins with an absolute path",
                "such as --exec \"/usr/bin/systemctl reload rspamd\"; words are split at spaces, without a shell");
  }
  return words;
}

RunsAs RunsAs::of_process() {
  return {::getuid(), ::geteuid()};
}

Result<void> run_command(const std::vector<std::string>& words, Milliseconds time_limit, const RunsAs& runs_as) {
  if (runs_as.real == 0 || runs_as.effective == 0) {
    return fail(ErrorCode::kPermission, "root runs no signer's command, and has not run " + words.front() +
                                            ": give the store to a user of its own (chown -R), who runs it");
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(ErrorCode::kIo, std::string("no pipe: ") + std::strerror(errno));
  }
  const FileDescriptor output(ends[0]);
  ::fcntl(output.get(), F_SETFL, O_NONBLOCK);
  pid_t child = 0;
  {
    const FileDescriptor input(ends[1]);
    if (const int error = SpawnSetup(input.get()).spawn(child, words); error != 0) {
      return fail(ErrorCode::kIo, "cannot run " + words.front() + ": " + std::strerror(error));
    }
  }
  const auto deadline = std::chrono::steady_clock::now() + time_limit;
  std::string said;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    drain(output.get(), said);
    if (std::chrono::steady_clock::now() >= deadline) {
      ::kill(-child, SIGKILL);
      ::waitpid(child, &status, 0);
      return fail(ErrorCode::kIo,
                  words.front() + " did not end within " + std::to_string(time_limit.count()) + " ms and was killed");
    }
    std::this_thread::sleep_for(kPause);
  }
  drain(output.get(), said);
  return judged(words, status, said);
}

}  // namespace zonestore::signer
