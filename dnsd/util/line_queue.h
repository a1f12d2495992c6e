// The way of a log's lines to a file descriptor: whoever logs never waits for whoever reads.
//
//   append() ──> lines that wait (bounded) ──> a thread of its own ──> descriptor
//                too many: the new one is dropped and counted; the count is written where they are missing
//
// A pipe or a terminal whose reader stands still holds up that thread alone. Before start() a line is written by who
// appends it, and the reader is waited for once, for a second in all: a start has nobody to keep waiting.
//
// Threads: any number at once, but start() is for one. The descriptor is the caller's; the queue has a copy of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace dnsd::util {

class LineQueue {
 public:
  struct Bounds {
    std::size_t lines = 4096;
    std::size_t bytes = std::size_t{1024} * 1024;
  };
  // Makes the line that tells how many are missing.
  using TellDropped = std::function<std::string(std::uint64_t dropped)>;

  LineQueue(int descriptor, const Bounds& bounds, TellDropped tell_dropped);
  LineQueue(const LineQueue&) = delete;
  LineQueue& operator=(const LineQueue&) = delete;
  LineQueue(LineQueue&&) = delete;
  LineQueue& operator=(LineQueue&&) = delete;
  ~LineQueue();  // without patience

  // From now on a thread writes. Throws std::system_error when there is none to be had.
  void start();

  void append(std::string line) noexcept;  // with its line end
  void drop() noexcept;                    // counts one that could not be made

  // Gives what waits so long to be written; the thread ends then, or is left where it hangs. True: all was written.
  // Lines that still come are written by who appends them, if the reader takes them at once.
  bool finish(std::chrono::milliseconds at_most) noexcept;

  // In all: those that found no room, that could not be made, and that the descriptor did not take.
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // the thread's too: it may outlive us
};

}  // namespace dnsd::util
