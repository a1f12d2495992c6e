// Text that is secret: a string whose memory is overwritten before it is given back, also that which it leaves behind
// when it grows. Bytes that do not grow are secret_bytes.h's.
//
// What is shorter than 16 characters a string keeps within itself and is not overwritten: no key is. Ownership: plain
// value; a view of it (std::string_view) copies nothing. Threads: plain value.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace zonestore::crypto {

// Writes over them so that no compiler leaves it out.
void wipe(void* bytes, std::size_t count) noexcept;

template <class T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <class Other>
  explicit(false) WipingAllocator(const WipingAllocator<Other>& /*other*/) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    wipe(memory, count * sizeof(T));
    std::allocator<T>().deallocate(memory, count);
  }
  friend bool operator==(const WipingAllocator& /*left*/, const WipingAllocator& /*right*/) { return true; }
};

using SecretText = std::basic_string<char, std::char_traits<char>, WipingAllocator<char>>;

}  // namespace zonestore::crypto
