// Enters dnsd's sandbox and tries what a dnsd that was taken over might try; a line for each: what, and "done" or the
// system's word for why not. Each runs in the process that is shut in.
//
//   sandbox_probe [--read PLACE]... [--write PLACE]... WHAT:WHERE...
//
// WHAT: read, list, write, append, make, remove, folder, link, run, connect (a TCP port of 127.0.0.1), signal (a
// process).
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <system_error>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dnsd/sandbox.h"
#include "zonestore/base/file_descriptor.h"

namespace {

using zonestore::FileDescriptor;

bool opens(const std::string& where, int flags) {
  return FileDescriptor(::open(where.c_str(), flags | O_CLOEXEC, 0600)).is_open();
}

bool connects(const std::string& port) {
  const FileDescriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(static_cast<std::uint16_t>(std::stoul(port)));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(client.get(), reinterpret_cast<const sockaddr*>(&server), sizeof server) == 0;
}

// In a child, whose status is the error's number.
bool runs(const std::string& program) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl(program.c_str(), program.c_str(), nullptr);
    std::_Exit(errno);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  errno = WEXITSTATUS(status);
  return status == 0;
}

const std::map<std::string, std::function<bool(const std::string&)>>& attempts() {
  static const std::map<std::string, std::function<bool(const std::string&)>> all{
      {"read", [](const auto& where) { return opens(where, O_RDONLY); }},
      {"list", [](const auto& where) { return opens(where, O_RDONLY | O_DIRECTORY); }},
      {"write", [](const auto& where) { return opens(where, O_WRONLY); }},
      {"append", [](const auto& where) { return opens(where, O_WRONLY | O_APPEND); }},
      {"make", [](const auto& where) { return opens(where, O_WRONLY | O_CREAT | O_EXCL); }},
      {"remove", [](const auto& where) { return ::unlink(where.c_str()) == 0; }},
      {"folder", [](const auto& where) { return ::mkdir(where.c_str(), 0700) == 0; }},
      {"link", [](const auto& where) { return ::symlink("/etc/passwd", where.c_str()) == 0; }},
      {"run", runs},
      {"connect", connects},
      {"signal", [](const auto& process) { return ::kill(static_cast<pid_t>(std::stol(process)), 0) == 0; }},
  };
  return all;
}

}  // namespace

int main(int count, char** words) {
  dnsd::SandboxPlaces places;
  int next = 1;
  for (; next + 1 < count && std::string(words[next]).starts_with("--"); next += 2) {
    (std::string(words[next]) == "--read" ? places.read : places.write).emplace_back(words[next + 1]);
  }
  const auto abi = dnsd::enter_sandbox(places);
  std::cout << (abi ? "abi " + std::to_string(*abi) : "none: " + abi.error()) << "\n";
  for (; next < count; ++next) {
    const std::string word = words[next];
    const std::size_t colon = word.find(':');
    const bool done = attempts().at(word.substr(0, colon))(word.substr(colon + 1));
    std::cout << word << " " << (done ? "done" : std::generic_category().message(errno)) << "\n";
  }
}
