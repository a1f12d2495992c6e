// A child process and the pipe to it: frames in, frames out. It is made before its parent opens anything that it must
// not see, is confined (confinement.h), and is treated as hostile from then on: frames are bounded, a write or a read
// never waits longer than it is told, and what breaks the frame ends the child.
//
//   frame: 4 bytes length of the payload, 4 bytes number, payload (little endian)
//
// Ownership: ends the child when it goes. Threads: one. Errors: a child that does not work any more is no error but a
// silent one; failure() says why.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <sys/types.h>

#include "zonestore/base/bytes.h"
#include "zonestore/base/file_descriptor.h"

namespace zonectl::look {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Frame {
  std::uint32_t number = 0;
  zonestore::Bytes payload;
};

inline constexpr std::uint32_t kLongestFrame = 4U << 20U;

class Child {
 public:
  // `body` runs in the child, with the pipe; when it returns the child has ended. Flush what is buffered before.
  explicit Child(const std::function<void(int pipe)>& body);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&&) = delete;
  Child& operator=(Child&&) = delete;

  // False: it does not take it, and is ended.
  bool send(std::uint32_t number, zonestore::ByteView payload, SteadyTime until);
  // nullopt: none came in time, or none will come.
  [[nodiscard]] std::optional<Frame> receive(SteadyTime until);

  [[nodiscard]] bool is_alive() const { return pid_ > 0; }
  [[nodiscard]] const std::string& failure() const { return failure_; }
  void end(const std::string& why);

 private:
  [[nodiscard]] std::optional<Frame> take_frame();

  zonestore::FileDescriptor pipe_;
  pid_t pid_ = -1;
  zonestore::Bytes received_;
  std::string failure_;
};

// In the child: blocking. nullopt and false: the parent has gone.
[[nodiscard]] std::optional<Frame> read_frame(int pipe);
bool write_frame(int pipe, std::uint32_t number, zonestore::ByteView payload);

}  // namespace zonectl::look
