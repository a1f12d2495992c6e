// Sockets to a server on 127.0.0.1.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bench {

class Socket {
 public:
  explicit Socket(int descriptor = -1) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// Kind is SOCK_DGRAM or SOCK_STREAM. Errors: std::system_error.
inline Socket connect_to(std::uint16_t port, int kind) {
  Socket made(::socket(AF_INET, kind | SOCK_CLOEXEC, 0));
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (made.get() < 0 || ::connect(made.get(), reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot connect to port " + std::to_string(port));
  }
  return made;
}

}  // namespace bench
