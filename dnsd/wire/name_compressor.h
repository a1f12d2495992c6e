// Name compression (RFC 1035 section 4.1.4): a name whose end stands in the message already points to it.
//
//   known_: where each label begins that may be pointed to      12: 3 w w w 7 e x a m p l e 0
//           (the name from there on is a suffix to share)           ^       ^
//
// The message itself is the table's only copy of the names. Names that differ in case only are the same name (RFC
// 4343), so a shared suffix comes in the case in which it was written first: the question's, as the client sent it.
//
// The table is small and fixed: what it cannot hold is written out in full, and a hostile question costs no more than
// its length. Threads: one. Ownership: the message's bytes are the caller's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dnsd/wire/header.h"

namespace dnsd::wire {

class NameCompressor {
 public:
  explicit NameCompressor(MutableBytes message) : message_(message) {}

  // The name at `offset`, uncompressed, may be pointed to from now on, and so may its parents.
  void know(std::size_t offset);

  // Writes an uncompressed name in wire form to `offset`, in at most as many bytes as there are before `end`. Gives
  // back where it ends; 0: there is no room, and nothing is known of it.
  [[nodiscard]] std::size_t write(ByteView name, std::size_t offset, std::size_t end);

  // What stands at `offset` and behind it is not part of the message any more.
  void forget_from(std::size_t offset);

 private:
  [[nodiscard]] std::size_t find(ByteView suffix) const;  // 0: not there
  [[nodiscard]] bool matches(std::size_t offset, ByteView suffix) const;
  void remember(std::size_t offset);

  static constexpr std::size_t kMostKnown = 64;
  MutableBytes message_;
  std::array<std::uint16_t, kMostKnown>
      known_;  // the first known_count_ of them, in rising order of their being added
  std::size_t known_count_ = 0;
};

}  // namespace dnsd::wire
