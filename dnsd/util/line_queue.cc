#include "dnsd/util/line_queue.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "zonestore/base/file_descriptor.h"

namespace dnsd::util {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatienceAtStart{1000};
constexpr milliseconds kBetweenLooks{100};  // of a thread that waits for the reader: whether it is still wanted

// How much of it was written at once; 0: the reader must be waited for, negative: it will never be.
long write_some(int descriptor, std::string_view bytes) {
  bytes = bytes.substr(0, PIPE_BUF);  // a pipe that can be written to takes so much without waiting
  while (true) {
    long count = ::send(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno == ENOTSOCK) {
      count = ::write(descriptor, bytes.data(), bytes.size());
    }
    if (count >= 0 || errno != EINTR) {
      return count >= 0 || errno != EAGAIN ? count : 0;
    }
  }
}

// True if writing will not wait, or will fail at once.
bool can_be_written(int descriptor, milliseconds at_most) {
  pollfd waiting{descriptor, POLLOUT, 0};
  return descriptor < 0 || ::poll(&waiting, 1, static_cast<int>(at_most.count())) > 0;
}

}  // namespace

struct LineQueue::State {
  State(int log_descriptor, const Bounds& queue_bounds, TellDropped tell)
      : own(::fcntl(log_descriptor, F_DUPFD_CLOEXEC, 0)),
        descriptor(own.get()),
        bounds(queue_bounds),
        tell_dropped(std::move(tell)) {
    waiting.reserve(bounds.lines);  // so that nothing is allocated while the lock is held
  }

  void run();
  [[nodiscard]] bool take(std::vector<std::string>& lines, std::uint64_t& missing);
  [[nodiscard]] bool write(std::string_view line, milliseconds look_every, const std::function<bool()>& is_given_up);
  void write_now(std::string_view line);
  [[nodiscard]] std::string line_that_tells(std::uint64_t missing) const;

  const zonestore::FileDescriptor
      own;  // a thread that was left where it hangs must not come to write into another file of that number
  const int descriptor;  // negative: there is none, and all is lost
  const Bounds bounds;
  const TellDropped tell_dropped;
  std::atomic<std::uint64_t> dropped{0};

  std::mutex mutex;
  std::condition_variable changed;
  // Under the mutex.
  std::vector<std::string> waiting;
  std::size_t waiting_bytes = 0;
  std::uint64_t unsaid = 0;  // dropped since the thread took over what waited
  bool threaded = false;
  bool finishing = false;
  bool ended = false;
  milliseconds patience = kPatienceAtStart;  // while there is no thread

  std::atomic<bool> given_up{false};
};

// Writes a line whole. False: it was not, and nobody waits for it any more.
bool LineQueue::State::write(std::string_view line, milliseconds look_every,
                             const std::function<bool()>& is_given_up) {
  while (!line.empty()) {
    if (!can_be_written(descriptor, look_every)) {
      if (is_given_up()) {
        return false;
      }
      continue;
    }
    const long count = write_some(descriptor, line);
    if (count < 0) {
      return false;
    }
    line.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// Empty: nothing is missing, or there is no memory to say so now.
std::string LineQueue::State::line_that_tells(std::uint64_t missing) const {
  try {
    return missing > 0 ? tell_dropped(missing) : std::string();
  } catch (const std::exception&) {
    return {};
  }
}

// False: that was all.
bool LineQueue::State::take(std::vector<std::string>& lines, std::uint64_t& missing) {
  lines.clear();
  std::unique_lock lock(mutex);
  changed.wait(lock, [this] { return finishing || !waiting.empty(); });
  lines.swap(waiting);
  waiting_bytes = 0;
  missing += std::exchange(unsaid, 0);
  return !lines.empty();
}

void LineQueue::State::run() {
  const auto is_given_up = [this] { return given_up.load(); };
  std::vector<std::string> lines;
  lines.reserve(bounds.lines);
  std::uint64_t missing = 0;
  while (take(lines, missing)) {
    bool all_written = true;
    for (const std::string& line : lines) {
      if (!write(line, kBetweenLooks, is_given_up)) {
        all_written = false;
        ++missing;
        ++dropped;
      }
    }
    const std::string telling = all_written ? line_that_tells(missing) : std::string();
    if (!telling.empty() && write(telling, kBetweenLooks, is_given_up)) {
      missing = 0;
    }
  }
}

// The reader is waited for as long as patience lasts; once it was in vain, no more.
void LineQueue::State::write_now(std::string_view line) {
  const auto until = std::chrono::steady_clock::now() + patience;
  const auto is_over = [until] { return std::chrono::steady_clock::now() >= until; };
  const milliseconds look_every = std::min(patience, kBetweenLooks);
  if (!write(line, look_every, is_over)) {
    patience = milliseconds{0};
    ++unsaid;
    ++dropped;
    return;
  }
  const std::string telling = line_that_tells(unsaid);
  if (!telling.empty() && write(telling, look_every, is_over)) {
    unsaid = 0;
  }
}

LineQueue::LineQueue(int descriptor, const Bounds& bounds, TellDropped tell_dropped)
    : state_(std::make_shared<State>(descriptor, bounds, std::move(tell_dropped))) {}

LineQueue::~LineQueue() {
  (void)finish(milliseconds{0});
}

void LineQueue::start() {
  std::thread([state = state_] {
    ::pthread_setname_np(::pthread_self(), "log");
    state->run();
    const std::lock_guard lock(state->mutex);
    state->threaded = false;
    state->ended = true;
    state->changed.notify_all();
  }).detach();
  const std::lock_guard lock(state_->mutex);
  state_->threaded = !state_->ended;
}

void LineQueue::append(std::string line) noexcept {
  try {
    const std::lock_guard lock(state_->mutex);
    if (!state_->threaded) {
      state_->write_now(line);
      return;
    }
    if (state_->waiting.size() >= state_->bounds.lines ||
        state_->waiting_bytes + line.size() > state_->bounds.bytes) {
      ++state_->unsaid;
      ++state_->dropped;
      return;
    }
    state_->waiting_bytes += line.size();
    state_->waiting.push_back(std::move(line));
    state_->changed.notify_all();
  } catch (const std::exception&) {
    ++state_->dropped;
  }
}

void LineQueue::drop() noexcept {
  ++state_->dropped;
  try {
    const std::lock_guard lock(state_->mutex);
    ++state_->unsaid;
  } catch (const std::exception&) {  // a lock that fails is a bug; the count is kept
  }
}

bool LineQueue::finish(milliseconds at_most) noexcept {
  try {
    std::unique_lock lock(state_->mutex);
    state_->patience = milliseconds{0};
    if (!state_->threaded) {
      return state_->waiting.empty();
    }
    state_->finishing = true;
    state_->changed.notify_all();
    const bool ended = state_->changed.wait_for(lock, at_most, [this] { return state_->ended; });
    state_->threaded = false;
    state_->given_up = !ended;
    return ended;
  } catch (const std::exception&) {
    return false;
  }
}

std::uint64_t LineQueue::dropped() const {
  return state_->dropped;
}

}  // namespace dnsd::util
