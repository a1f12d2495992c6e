// Signals, and failures of other threads, as events of the main thread; and the end of the program in bounded time,
// whatever hangs.
//
//   SIGTERM, SIGINT, a thread that failed ─> wait_for() says that it is time to end
//   SIGHUP ─> the action, inside wait_for()
//   as long after the first of these as was allowed ─> the program ends, where the main thread is still at it
//
// A thread of its own hears the signals, allocates nothing and waits for nobody: the main thread may stand still in a
// disk that is dead. Threads: fail() may be called by any; everything else is the main thread's.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "dnsd/util/log.h"
#include "zonestore/base/file_descriptor.h"

namespace dnsd {

// Those that tell this program nothing shall not end it, and neither shall a SIGHUP before somebody listens.
void ignore_harmless_signals();

class Control {
 public:
  // From here on the signals wait for start(); before, SIGTERM ends the program as it ends any other. Throws
  // std::system_error when the system has no descriptors.
  explicit Control(const util::Log& log);
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;
  Control(Control&&) = delete;
  Control& operator=(Control&&) = delete;
  ~Control();

  // Once the process is who it will be: a thread keeps the rights that it began with.
  void start();

  void on_hangup(std::function<void()> action) { on_hangup_ = std::move(action); }

  // Waits so long at most. True: it is time to end.
  [[nodiscard]] bool wait_for(std::chrono::milliseconds at_most);

  // How long the end may take: from now on if it has begun, else from when it begins. `what` is what is waited for
  // then, for the log; it outlives the program.
  void allow(std::chrono::milliseconds at_most, const char* what);

  // Any thread: what cannot go on ends the program.
  void fail(const char* thread, const char* why) noexcept;
  [[nodiscard]] bool has_failed() const { return failed_; }

 private:
  using Clock = std::chrono::steady_clock;

  void listen() noexcept;
  [[nodiscard]] int milliseconds_left();
  void take_signals() noexcept;
  void begin_to_end() noexcept;
  void wake() noexcept;
  [[noreturn]] void leave() noexcept;

  const util::Log& log_;
  zonestore::FileDescriptor signals_;
  zonestore::FileDescriptor wake_;
  std::function<void()> on_hangup_ = [] {};
  std::thread listening_;
  std::atomic<bool> failed_{false};

  std::mutex mutex_;
  std::condition_variable changed_;
  // Under the mutex.
  bool hung_up_ = false;
  bool ending_ = false;
  bool closing_ = false;
  std::chrono::milliseconds allowed_{5000};
  const char* waited_for_ = "the start";
  std::optional<Clock::time_point> ends_at_;
};

}  // namespace dnsd
