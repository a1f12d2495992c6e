// How the database layer fails: an exception inside the library, an Error at its border.
#pragma once

#include <exception>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "zonestore/base/error.h"

namespace zonestore::db {

// Thrown by everything in db/ and by the code on top of it; never leaves the library (see at_border).
class Failure : public std::runtime_error {
 public:
  explicit Failure(Error error) : std::runtime_error(error.message), error_(std::move(error)) {}
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

// Runs `body` and turns a Failure into its Error, and whatever else the standard library throws into kIo.
// `body` may return T or Result<T>; the result is Result<T>.
template <class T, class Body>
[[nodiscard]] Result<T> at_border(Body&& body) {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
      std::forward<Body>(body)();
      return {};
    } else {
      return std::forward<Body>(body)();
    }
  } catch (const Failure& failure) {
    return tl::unexpected<Error>(failure.error());
  } catch (const std::exception& other) {  // no memory, a path that std::filesystem cannot follow, ...
    return fail(ErrorCode::kIo, other.what());
  }
}

// Takes the value out, or throws the Error as a Failure: for use inside the library only.
template <class T>
T unwrap(Result<T> result) {
  if (!result) {
    throw Failure(std::move(result.error()));
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*result);
  }
}

}  // namespace zonestore::db
