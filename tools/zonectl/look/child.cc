#include "tools/zonectl/look/child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/zonectl/look/codec.h"
#include "tools/zonectl/look/confinement.h"

namespace zonectl::look {

using zonestore::Bytes;
using zonestore::ByteView;

namespace {

constexpr std::size_t kHeadBytes = 8;
constexpr std::size_t kReadBytes = 65'536;

Bytes framed(std::uint32_t number, ByteView payload) {
  Writer head;
  head.number(static_cast<std::uint32_t>(payload.size())).number(number);
  Bytes frame = head.taken();
  frame.insert(frame.end(), payload.begin(), payload.end());
  return frame;
}

// False: not in time.
bool wait_until_ready(int descriptor, short what, SteadyTime until) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd waited{descriptor, what, 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000)));
    if (ready > 0) {
      return true;
    }
    if (ready == 0 || errno != EINTR) {
      return false;
    }
  }
}

}  // namespace

Child::Child(const std::function<void(int pipe)>& body) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    failure_ = std::string("no pipe: ") + std::strerror(errno);
    return;
  }
  pipe_ = zonestore::FileDescriptor(ends[0]);
  const zonestore::FileDescriptor of_child(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    if (confine(of_child.get())) {
      body(0);
    }
    ::_exit(0);  // nothing of the parent's is flushed or destroyed
  }
  if (child < 0) {
    failure_ = std::string("no process: ") + std::strerror(errno);
    return;
  }
  pid_ = child;
}

Child::~Child() {
  end("");
}

void Child::end(const std::string& why) {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    failure_ = why;
  }
}

bool Child::send(std::uint32_t number, ByteView payload, SteadyTime until) {
  const Bytes frame = framed(number, payload);
  for (std::size_t done = 0; done < frame.size() && is_alive();) {
    const ssize_t sent = ::send(pipe_.get(), frame.data() + done, frame.size() - done, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      done += static_cast<std::size_t>(sent);
    } else if (sent < 0 && errno == EAGAIN) {
      if (!wait_until_ready(pipe_.get(), POLLOUT, until)) {
        end("it takes no questions");
      }
    } else if (sent == 0 || errno != EINTR) {
      end("it has ended");
    }
  }
  return is_alive();
}

std::optional<Frame> Child::take_frame() {
  if (received_.size() < kHeadBytes) {
    return std::nullopt;
  }
  Reader head(ByteView(received_).subspan(0, kHeadBytes));
  const std::uint32_t size = head.number();
  Frame frame{head.number(), {}};
  if (size > kLongestFrame) {
    end("it said what no look says");
    return std::nullopt;
  }
  if (received_.size() - kHeadBytes < size) {
    return std::nullopt;
  }
  const auto begin = received_.begin() + static_cast<std::ptrdiff_t>(kHeadBytes);
  frame.payload.assign(begin, begin + static_cast<std::ptrdiff_t>(size));
  received_.erase(received_.begin(), begin + static_cast<std::ptrdiff_t>(size));
  return frame;
}

std::optional<Frame> Child::receive(SteadyTime until) {
  while (is_alive()) {
    if (std::optional<Frame> frame = take_frame(); frame || !is_alive()) {
      return frame;
    }
    if (!wait_until_ready(pipe_.get(), POLLIN, until)) {
      return std::nullopt;
    }
    std::array<std::uint8_t, kReadBytes> bytes{};
    const ssize_t got = ::recv(pipe_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got > 0) {
      received_.insert(received_.end(), bytes.begin(), bytes.begin() + got);
    } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
      end("it has ended");
    }
  }
  return std::nullopt;
}

namespace {

bool read_whole(int pipe, std::uint8_t* to, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::read(pipe, to, size);
    if (got <= 0) {
      if (got < 0 && errno == EINTR) {
        continue;
      }
      return false;
    }
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

std::optional<Frame> read_frame(int pipe) {
  std::array<std::uint8_t, kHeadBytes> bytes{};
  if (!read_whole(pipe, bytes.data(), bytes.size())) {
    return std::nullopt;
  }
  Reader head(bytes);
  const std::uint32_t size = head.number();
  Frame frame{head.number(), {}};
  frame.payload.resize(size);
  return read_whole(pipe, frame.payload.data(), size) ? std::optional(std::move(frame)) : std::nullopt;
}

bool write_frame(int pipe, std::uint32_t number, ByteView payload) {
  const Bytes frame = framed(number, payload);
  for (std::size_t done = 0; done < frame.size();) {
    const ssize_t sent = ::send(pipe, frame.data() + done, frame.size() - done, MSG_NOSIGNAL);
    if (sent <= 0 && errno != EINTR) {
      return false;
    }
    done += sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }
  return true;
}

}  // namespace zonectl::look
