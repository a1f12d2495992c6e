// Expected failures of dnsd's own plumbing: the value, or one line for the operator.
//
// The line says what, where, and what to do about it. Which exit code it means is the caller's business; the
// store's errors keep their own type (zonestore/base/error.h).
#pragma once

#include <string>

#include <tl/expected.hpp>

namespace dnsd::util {

template <class T>
using Result = tl::expected<T, std::string>;

[[nodiscard]] inline tl::unexpected<std::string> fail(std::string message) {
  return tl::unexpected<std::string>(std::move(message));
}

}  // namespace dnsd::util
