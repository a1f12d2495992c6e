// Name compression (RFC 1035 section 4.1.4): a name whose end stands in the message already points to it.
//
//   known_: where each label begins that may be pointed to      12: 3 w w w 7 e x a m p l e 0
//           (the name from there on is a suffix to share)           ^       ^
//
// The message itself is the table's only copy of the names. Names that differ in case only are the same name (RFC
// 4343), so a shared suffix comes in the case in which it was written first: the question's, as the client sent it.
//
// A reader gives up on a name that is made of many pieces: none has more than kMostPointers pointers to follow.
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
  struct Known {
    std::uint16_t offset;
    std::uint8_t pointers;  // that a reader follows from there to the root
    std::uint8_t size;      // of the name from there on, uncompressed: only names of one length can be equal
  };

  [[nodiscard]] const Known* find(ByteView suffix) const;  // nullptr: not there
  [[nodiscard]] bool matches(std::size_t offset, ByteView suffix) const;
  void remember(std::size_t offset, std::size_t size, std::uint8_t pointers);

  static constexpr std::size_t kMostKnown = 64;
  static constexpr std::uint8_t kMostPointers = 4;  // readers were seen that refuse more than 10
  MutableBytes message_;
  std::array<Known, kMostKnown> known_;  // the first known_count_ of them, as they were added
  std::size_t known_count_ = 0;
};

}  // namespace dnsd::wire
