// Ctrl-C and SIGTERM as a question that can be asked between two institutions, not a death in the middle of one.
//
// While it lives both signals are blocked and wait to be asked for; make it before any thread is started, so that
// they inherit this. Threads: one.
#pragma once

#include <chrono>
#include <csignal>

#include "zonestore/base/file_descriptor.h"

namespace zonectl {

class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  Interruption(Interruption&&) = delete;
  Interruption& operator=(Interruption&&) = delete;

  // Was it asked for until now? Once true, always true.
  [[nodiscard]] bool requested() { return wait(std::chrono::milliseconds(0)); }
  // Waits that long, or until it is asked for.
  bool wait(std::chrono::milliseconds time);

 private:
  sigset_t earlier_{};
  zonestore::FileDescriptor descriptor_;
  bool requested_ = false;
};

}  // namespace zonectl
