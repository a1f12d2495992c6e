#include "dnsd/control.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <system_error>
#include <utility>

#include <poll.h>
#include <pthread.h>
#include <string.h>  // NOLINT(*-deprecated-headers): sigabbrev_np is no part of <cstring>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "dnsd/util/exception_text.h"

namespace dnsd {
namespace {

using std::chrono::milliseconds;

constexpr std::array kHeard{SIGTERM, SIGINT, SIGHUP};
// What ends a program that does not know it, and is no fault of the program's (signal(7)). SIGXFSZ: the log's file
// may have reached its limit.
constexpr std::array kHarmless{SIGUSR1, SIGUSR2, SIGALRM,   SIGVTALRM, SIGPROF,
                               SIGIO,   SIGPWR,  SIGSTKFLT, SIGPIPE,   SIGXFSZ};
constexpr milliseconds kForLastWords{1000};

sigset_t heard_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : kHeard) {
    ::sigaddset(&set, signal);
  }
  return set;
}

zonestore::FileDescriptor opened(int descriptor, const char* what) {
  if (descriptor < 0) {
    throw std::system_error(errno, std::generic_category(), what);
  }
  return zonestore::FileDescriptor(descriptor);
}

}  // namespace

void ignore_harmless_signals() {
  for (const int signal : kHarmless) {
    (void)std::signal(signal, SIG_IGN);
  }
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) {
    (void)std::signal(signal, SIG_IGN);
  }
  (void)std::signal(SIGHUP, SIG_IGN);
}

Control::Control(const util::Log& log) : log_(log) {
  const sigset_t heard = heard_signals();
  ::pthread_sigmask(SIG_BLOCK, &heard, nullptr);  // every thread of ours begins with this
  for (const int signal : kHeard) {
    (void)std::signal(signal, SIG_DFL);  // who started us may have had it ignored
  }
  signals_ = opened(::signalfd(-1, &heard, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd");
  wake_ = opened(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
}

Control::~Control() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake();
  if (listening_.joinable()) {
    listening_.join();
  }
}

void Control::start() {
  listening_ = std::thread([this] { listen(); });
}

void Control::listen() noexcept {
  ::pthread_setname_np(::pthread_self(), "control");
  while (true) {
    std::array<pollfd, 2> waiting{{{signals_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
    (void)::poll(waiting.data(), waiting.size(), milliseconds_left());
    std::uint64_t woken = 0;
    (void)!::read(wake_.get(), &woken, sizeof woken);
    // The wake before the state: whoever wakes now is heard in the next round.
    take_signals();
    bool is_over = false;
    {
      const std::lock_guard lock(mutex_);
      if (closing_) {
        return;
      }
      is_over = ends_at_ && Clock::now() >= *ends_at_;
    }
    if (is_over) {
      leave();
    }
  }
}

// As poll(2) takes it.
int Control::milliseconds_left() {
  const std::lock_guard lock(mutex_);
  if (!ends_at_) {
    return -1;
  }
  const auto left = std::chrono::ceil<milliseconds>(*ends_at_ - Clock::now());
  return static_cast<int>(std::clamp<milliseconds::rep>(left.count(), 0, 60'000));
}

void Control::take_signals() noexcept {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    const int signal = static_cast<int>(info.ssi_signo);
    log_.info("signal", {{"name", ::sigabbrev_np(signal)}});
    if (signal != SIGHUP) {
      begin_to_end();
      continue;
    }
    const std::lock_guard lock(mutex_);
    hung_up_ = true;
    changed_.notify_all();
  }
}

void Control::begin_to_end() noexcept {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(ending_, true)) {
    ends_at_ = Clock::now() + allowed_;
  }
  changed_.notify_all();
}

void Control::wake() noexcept {
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);
}

bool Control::wait_for(milliseconds at_most) {
  const auto until = Clock::now() + at_most;
  std::unique_lock lock(mutex_);
  while (changed_.wait_until(lock, until, [this] { return ending_ || hung_up_; }) && !ending_) {
    hung_up_ = false;
    // It reads files: signals must be heard meanwhile.
    lock.unlock();
    try {
      on_hangup_();
    } catch (const std::exception& exception) {
      log_.error("reload_failed", {{"message", util::text_of(exception)}});
    }
    lock.lock();
  }
  return ending_;
}

void Control::allow(milliseconds at_most, const char* what) {
  const std::lock_guard lock(mutex_);
  allowed_ = at_most;
  waited_for_ = what;
  if (ending_) {
    ends_at_ = Clock::now() + at_most;
    wake();
  }
}

void Control::fail(const char* thread, const char* why) noexcept {
  log_.error("failed", {{"thread", thread}, {"message", why}});
  failed_ = true;
  begin_to_end();
  wake();
}

// Without taking anything down: what hangs may use it.
void Control::leave() noexcept {
  const char* waited_for = nullptr;
  {
    const std::lock_guard lock(mutex_);
    waited_for = waited_for_;
  }
  log_.warning("ended_without", {{"waited_for", waited_for}});
  log_.finish(kForLastWords);
  std::_Exit(failed_ ? EXIT_FAILURE : EXIT_SUCCESS);
}

}  // namespace dnsd
