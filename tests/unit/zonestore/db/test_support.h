// What the tests of the database layer share: scratch directories, children that die, other users.
#pragma once

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_directory.h"
#include "zonestore/db/connection.h"

namespace zonestore::db::test {

using ScratchDirectory = tests::TempDirectory;

// The Error of the Failure that `body` throws; nullopt if it throws none.
template <class Body>
std::optional<Error> error_of(Body&& body) {
  try {
    body();
  } catch (const Failure& failure) {
    return failure.error();
  }
  return std::nullopt;
}

template <class Body>
std::optional<ErrorCode> code_of(Body&& body) {
  const std::optional<Error> error = error_of(std::forward<Body>(body));
  return error ? std::optional(error->code) : std::nullopt;
}

inline void write_file(const std::filesystem::path& file, std::string_view content) {
  std::ofstream(file, std::ios::binary) << content;
}

inline std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline unsigned mode_of(const std::filesystem::path& path) {
  return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

// Runs `body` in a child process. The value is the wait status; body's own value is the exit code.
template <class Body>
int in_child(Body&& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    int code = 99;
    try {
      code = body();
    } catch (...) {
    }
    ::_exit(code);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status;
}

// The exit code of a child that runs `body`; -1 if it did not end by itself.
template <class Body>
int exit_code_of_child(Body&& body) {
  const int status = in_child(std::forward<Body>(body));
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

inline constexpr int kNoFailure = 98;

// The ErrorCode of body's Failure, or kNoFailure, in a child that runs as the user nobody if this process is root
// (whom no permission stops).
template <class Body>
int code_for_ordinary_user(Body&& body) {
  return exit_code_of_child([&] {
    constexpr unsigned kNobody = 65534;
    if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) {
      return 97;
    }
    const std::optional<ErrorCode> code = code_of(body);
    return code ? static_cast<int>(*code) : kNoFailure;
  });
}

inline int number(ErrorCode code) {
  return static_cast<int>(code);
}

// Leaves `file` as a writer does that is killed in the middle of a commit: part of its change is in the file, and
// the journal that takes it back lies beside it. `change` is run in the transaction that is cut.
inline bool die_in_commit(const std::filesystem::path& file, const std::string& change) {
  const int status = in_child([&] {
    Connection connection = Connection::open(file, Access::kReadWrite);
    connection.execute("PRAGMA cache_size=1");  // then pages are written before the commit
    Transaction transaction(connection, Transaction::Kind::kWrite);
    connection.execute(change);
    return ::raise(SIGKILL);
  });
  return WIFSIGNALED(status) && std::filesystem::file_size(file.string() + "-journal") > 0;
}

}  // namespace zonestore::db::test
