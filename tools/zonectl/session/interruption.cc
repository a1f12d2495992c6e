#include "tools/zonectl/session/interruption.h"

#include <thread>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace zonectl {

Interruption::Interruption() {
  sigset_t ours;
  ::sigemptyset(&ours);
  ::sigaddset(&ours, SIGINT);
  ::sigaddset(&ours, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &ours, &earlier_);
  descriptor_ = zonestore::FileDescriptor(::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK));
}

Interruption::~Interruption() {
  // A second Ctrl-C that came meanwhile asked for nothing more.
  signalfd_siginfo ignored{};
  while (descriptor_.is_open() && ::read(descriptor_.get(), &ignored, sizeof ignored) == sizeof ignored) {
  }
  ::pthread_sigmask(SIG_SETMASK, &earlier_, nullptr);
}

bool Interruption::wait(std::chrono::milliseconds time) {
  if (requested_) {
    return true;
  }
  if (!descriptor_.is_open()) {  // no descriptors left: then the signals wait for the end
    std::this_thread::sleep_for(time);
    return false;
  }
  pollfd readable{descriptor_.get(), POLLIN, 0};
  if (::poll(&readable, 1, static_cast<int>(time.count())) == 1) {
    requested_ = true;
  }
  return requested_;
}

}  // namespace zonectl
