// How soon a commit is on the wire: makes a store, starts the real dnsd on it, commits changes one by one and asks
// over UDP until the new answer comes. Each query waits for its answer, so that a lost one would be seen.
//
//   bench_freshness --dnsd build/bin/dnsd [--changes 200] [--institutions 20]
//
// Prints the median, the 99th percentile and the largest time from the return of the commit to the arrival of the
// first new answer, in milliseconds, and how many queries were lost.
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <arpa/inet.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "zonestore/operations/institutions.h"
#include "zonestore/operations/spf_policy.h"

extern char** environ;  // NOLINT: POSIX names it so

namespace {

using zonestore::Name;
using SteadyTime = std::chrono::steady_clock::time_point;

const zonestore::ChangeContext kContext{
    {"bench", "bench"}, zonestore::Override{zonestore::Guard::kKeyType, "bench"}, false};

template <class T>
T require(zonestore::Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  return std::move(*result);
}

// A config that leaves dnsd unlimited: the same question is asked as fast as it is answered.
std::filesystem::path config_beside(const std::filesystem::path& store) {
  std::filesystem::path file = store.parent_path() / "dnsd.toml";
  std::ofstream(file) << "[rate_limit]\nanswers_per_second = 0\n";
  return file;
}

// dnsd as a child on a free port of 127.0.0.1; ended with this object.
class Server {
 public:
  Server(const std::string& program, const std::filesystem::path& store) {
    std::array<int, 2> log{};
    if (::pipe(log.data()) != 0) {
      throw std::runtime_error("no pipe");
    }
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, log[1], STDERR_FILENO);
    ::posix_spawn_file_actions_addclose(&actions, log[0]);
    std::vector<std::string> words{program,    "--store",           store, "--listen", "127.0.0.1:0",
                                   "--config", config_beside(store)};
    std::vector<char*> arguments;
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const int failed = ::posix_spawnp(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(log[1]);
    if (failed != 0) {
      throw std::runtime_error("cannot start " + program);
    }
    log_ = ::fdopen(log[0], "r");
    wait_until_ready();
  }
  ~Server() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    std::fclose(log_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  Server(Server&&) = delete;
  Server& operator=(Server&&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void wait_until_ready() {
    std::array<char, 4096> line{};
    while (std::fgets(line.data(), line.size(), log_) != nullptr) {
      const std::string text(line.data());
      const std::size_t at = text.find("address=127.0.0.1:");
      if (text.find("transport=udp") != std::string::npos && at != std::string::npos) {
        port_ = static_cast<std::uint16_t>(std::stoi(text.substr(at + 18)));
      }
      if (text.find("event=ready") != std::string::npos) {
        return;
      }
    }
    throw std::runtime_error("dnsd ended before it was ready");
  }

  pid_t pid_ = -1;
  std::FILE* log_ = nullptr;
  std::uint16_t port_ = 0;
};

// Asks one question over and over on one socket.
class Asker {
 public:
  Asker(std::uint16_t port, const Name& name) : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(port);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) {
      throw std::runtime_error("cannot connect");
    }
    const timeval patience{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    query_ = {0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    const auto wire = name.wire();
    query_.insert(query_.end(), wire.begin(), wire.end());
    query_.insert(query_.end(), {0, 16, 0, 1});
  }
  ~Asker() { ::close(socket_); }
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;
  Asker(Asker&&) = delete;
  Asker& operator=(Asker&&) = delete;

  // The answer's bytes; empty and counted if none comes.
  std::string ask() {
    if (::send(socket_, query_.data(), query_.size(), 0) < 0) {
      throw std::runtime_error("cannot send");
    }
    std::array<char, 1500> answer{};
    const ssize_t got = ::recv(socket_, answer.data(), answer.size(), 0);
    ++asked_;
    if (got < 0) {
      ++lost_;
      return {};
    }
    return {answer.data(), static_cast<std::size_t>(got)};
  }
  [[nodiscard]] std::size_t asked() const { return asked_; }
  [[nodiscard]] std::size_t lost() const { return lost_; }

 private:
  int socket_;
  std::vector<std::uint8_t> query_;
  std::size_t asked_ = 0;
  std::size_t lost_ = 0;
};

zonestore::Store make_store(const std::filesystem::path& dir, int institutions, const zonestore::Clock& clock) {
  zonestore::InitOptions options;
  options.dkim_zone = require(Name::parse("dkim.secutix.com"));
  options.spf_zone = require(Name::parse("spf.secutix.com"));
  options.name_servers = {require(Name::parse("ns1.secutix.com"))};
  options.mailbox = require(Name::parse("hostmaster.secutix.com"));
  require(zonestore::Store::init(dir, options, kContext, clock));
  zonestore::Store store = require(zonestore::Store::open(dir, zonestore::Store::Access::kWrite, clock));
  zonestore::AddOptions keys;
  keys.algorithm = zonestore::dkim::Algorithm::kEd25519;
  for (int i = 0; i < institutions; ++i) {
    require(zonestore::add_institution(store, kContext,
                                       require(zonestore::dkim::Code::parse("bench" + std::to_string(i))), keys));
  }
  return store;
}

double commit_to_wire_ms(zonestore::Store& store, Asker& asker, int number) {
  const std::string address = "10.0." + std::to_string(number / 256) + "." + std::to_string(number % 256);
  const zonestore::spf::Term term = require(zonestore::spf::Term::parse("ip4:" + address));
  require(zonestore::spf_allow(store, kContext, {term}));
  const SteadyTime committed = std::chrono::steady_clock::now();
  const std::string wanted = term.text() + " ~all";
  while (asker.ask().find(wanted) == std::string::npos) {
    if (std::chrono::steady_clock::now() - committed > std::chrono::seconds(10)) {
      throw std::runtime_error("the change was not served within 10 s");
    }
  }
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - committed;
  require(zonestore::spf_deny(store, kContext, {term}));
  return took.count();
}

void run(const std::string& program, int changes, int institutions) {
  std::string pattern = (std::filesystem::temp_directory_path() / "dnsd-bench-XXXXXX").string();
  const std::filesystem::path dir = ::mkdtemp(pattern.data());
  const zonestore::SystemClock clock;
  std::vector<double> times;
  {
    zonestore::Store store = make_store(dir / "store", institutions, clock);
    const Server server(program, dir / "store");
    Asker asker(server.port(), store.spf_zone());
    for (int i = 0; i < changes; ++i) {
      times.push_back(commit_to_wire_ms(store, asker, i));
    }
    std::sort(times.begin(), times.end());
    std::printf("commit to wire, %zu changes, %d institutions: median %.3f ms, p99 %.3f ms, largest %.3f ms\n",
                times.size(), institutions, times[times.size() / 2], times[times.size() * 99 / 100], times.back());
    std::printf("queries asked %zu, lost %zu\n", asker.asked(), asker.lost());
  }
  std::filesystem::remove_all(dir);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"How soon a commit is on the wire"};
  std::string program = "dnsd";
  int changes = 200;
  int institutions = 20;
  app.add_option("--dnsd", program, "the server's program")->required();
  app.add_option("--changes", changes, "how many to commit")->check(CLI::Range(1, 10000));
  app.add_option("--institutions", institutions, "how many the store holds")->check(CLI::Range(0, 100000));
  CLI11_PARSE(app, argc, argv);
  try {
    run(program, changes, institutions);
  } catch (const std::exception& failure) {
    std::cerr << "bench_freshness: " << failure.what() << "\n";
    return 1;
  }
  return 0;
}
