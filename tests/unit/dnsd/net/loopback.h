// Loopback sockets for the tests of net: plain, blocking, with a time-out so that no test hangs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "zonestore/base/file_descriptor.h"
#include "zonestore/base/socket_address.h"

namespace dnsd::net {

inline zonestore::SocketAddress local_address(const zonestore::FileDescriptor& socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  EXPECT_EQ(::getsockname(socket.get(), address, &size), 0);
  return zonestore::SocketAddress::from_sockaddr(address);
}

inline zonestore::FileDescriptor listening_socket() {
  zonestore::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const zonestore::SocketAddress any_port = zonestore::SocketAddress::parse("127.0.0.1:0").value();
  EXPECT_EQ(::bind(socket.get(), any_port.data(), any_port.size()), 0);
  EXPECT_EQ(::listen(socket.get(), 8), 0);
  return socket;
}

class LoopbackClient {
 public:
  LoopbackClient(int type, const zonestore::SocketAddress& server)
      : socket_(::socket(server.family(), type | SOCK_CLOEXEC, 0)) {
    const timeval patience{10, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    EXPECT_EQ(::connect(socket_.get(), server.data(), server.size()), 0);
  }

  [[nodiscard]] int descriptor() const { return socket_.get(); }

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ASSERT_GT(count, 0);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  // One datagram, or what the stream has; nullopt after the time-out or a reset, "" at the stream's end.
  [[nodiscard]] std::optional<std::string> receive() const {
    std::vector<char> buffer(65536);
    const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count < 0) {
      return std::nullopt;
    }
    return std::string(buffer.data(), static_cast<std::size_t>(count));
  }

  // Exactly so many bytes of the stream, or fewer if it ends.
  [[nodiscard]] std::string receive_bytes(std::size_t size) const {
    std::string bytes;
    std::vector<char> buffer(size);
    while (bytes.size() < size) {
      const ssize_t count = ::recv(socket_.get(), buffer.data(), size - bytes.size(), 0);
      if (count <= 0) {
        break;
      }
      bytes.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return bytes;
  }

  [[nodiscard]] std::string receive_frame() const {
    const std::string prefix = receive_bytes(2);
    if (prefix.size() < 2) {
      return "(end of stream)";
    }
    return receive_bytes(static_cast<std::size_t>(static_cast<unsigned char>(prefix[0])) * 256 +
                         static_cast<unsigned char>(prefix[1]));
  }

  // True if the server ends the connection, by a FIN or a reset, within the time-out.
  [[nodiscard]] bool is_ended_by_server() const {
    const ssize_t count = receive_byte_count();
    return count == 0 || (count < 0 && errno == ECONNRESET);
  }

  void shut_down_sending() const { ASSERT_EQ(::shutdown(socket_.get(), SHUT_WR), 0); }

 private:
  [[nodiscard]] ssize_t receive_byte_count() const {
    char byte = 0;
    return ::recv(socket_.get(), &byte, 1, 0);
  }
  zonestore::FileDescriptor socket_;
};

inline std::string frame(std::string_view message) {
  std::string bytes;
  bytes += static_cast<char>(message.size() >> 8U);
  bytes += static_cast<char>(message.size() & 0xFFU);
  bytes += message;
  return bytes;
}

}  // namespace dnsd::net
