// The floor under every server on kernel sockets: takes datagrams in batches and sends as many canned ones back, with
// the ID of each query and nothing else of it. What a server needs beyond this is its own.
//
//   echo_floor [--bytes 483]
//
// Listens on a free port of 127.0.0.1, prints it, and runs until it is ended.
#include <array>
#include <cstring>
#include <iostream>
#include <vector>

#include <CLI/CLI.hpp>
#include <arpa/inet.h>
#include <sys/socket.h>

namespace {

constexpr unsigned kBatch = 64;
constexpr std::size_t kQueryBytes = 512;

int listen_on_free_port() {
  const int made = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  socklen_t length = sizeof address;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(made, reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
      ::getsockname(made, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    return -1;
  }
  std::cout << ntohs(address.sin_port) << std::endl;
  return made;
}

// Message i as recvmmsg and sendmmsg want it.
mmsghdr message(sockaddr_in& peer, iovec& part) {
  mmsghdr made{};
  made.msg_hdr.msg_name = &peer;
  made.msg_hdr.msg_namelen = sizeof peer;
  made.msg_hdr.msg_iov = &part;
  made.msg_hdr.msg_iovlen = 1;
  return made;
}

[[noreturn]] void echo(int socket, std::size_t answer_bytes) {
  std::vector<std::array<char, kQueryBytes>> queries(kBatch);
  std::vector<std::vector<char>> answers(kBatch, std::vector<char>(answer_bytes));
  std::array<sockaddr_in, kBatch> peers{};
  std::array<iovec, kBatch> in{};
  std::array<iovec, kBatch> out{};
  std::array<mmsghdr, kBatch> messages{};
  while (true) {
    for (unsigned i = 0; i < kBatch; ++i) {
      in[i] = {queries[i].data(), kQueryBytes};
      out[i] = {answers[i].data(), answer_bytes};
      messages[i] = message(peers[i], in[i]);
    }
    const int count = ::recvmmsg(socket, messages.data(), kBatch, MSG_WAITFORONE, nullptr);
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      std::memcpy(answers[at].data(), queries[at].data(), 2);
      messages[at].msg_hdr.msg_iov = &out[at];
    }
    if (count > 0) {
      ::sendmmsg(socket, messages.data(), static_cast<unsigned>(count), 0);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Echoes canned datagrams"};
  std::size_t bytes = 483;
  app.add_option("--bytes", bytes, "of each answer (483: a 2048-bit RSA key's)")->check(CLI::Range(12, 1232));
  CLI11_PARSE(app, argc, argv);
  const int socket = listen_on_free_port();
  if (socket < 0) {
    std::cerr << "echo_floor: cannot listen\n";
    return 1;
  }
  echo(socket, bytes);
}
