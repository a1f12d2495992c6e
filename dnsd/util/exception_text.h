// What an exception says to an operator; allocates nothing. Threads: any.
#pragma once

#include <exception>
#include <new>

namespace dnsd::util {

// Good as long as the exception is.
[[nodiscard]] inline const char* text_of(const std::exception& exception) noexcept {
  return dynamic_cast<const std::bad_alloc*>(&exception) != nullptr ? "out of memory" : exception.what();
}

}  // namespace dnsd::util
