#include "tools/zonectl/probe/datagram.h"

#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <sys/socket.h>

#include "zonestore/base/file_descriptor.h"

namespace zonectl::probe {

using zonestore::Bytes;

namespace {

constexpr std::size_t kLargestDatagram = 65'535;

bool wait_for_answer(int socket, zonestore::Milliseconds timeout) {
  const auto until = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    const auto left = std::chrono::ceil<zonestore::Milliseconds>(until - std::chrono::steady_clock::now());
    pollfd waited{socket, POLLIN, 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready >= 0 || errno != EINTR) {
      return ready > 0;
    }
  }
}

}  // namespace

std::optional<Bytes> exchange_datagram(const Address& server, zonestore::ByteView query,
                                       zonestore::Milliseconds timeout) {
  socklen_t size = 0;
  const sockaddr_storage to = server.socket_address(size);
  const zonestore::FileDescriptor socket(::socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open() || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), size) != 0 ||
      ::send(socket.get(), query.data(), query.size(), 0) != static_cast<ssize_t>(query.size()) ||
      !wait_for_answer(socket.get(), timeout)) {
    return std::nullopt;
  }
  Bytes answer(kLargestDatagram);
  const ssize_t got = ::recv(socket.get(), answer.data(), answer.size(), 0);
  if (got <= 0) {
    return std::nullopt;
  }
  answer.resize(static_cast<std::size_t>(got));
  return answer;
}

}  // namespace zonectl::probe
