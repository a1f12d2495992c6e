// A cursor over the bytes of a message that cannot leave them.
//
// Reading past the end gives zeros and makes the reader fail for good, so that a run of reads is checked once,
// at its end. Ownership: the bytes are the caller's. Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dnsd/wire/header.h"

namespace dnsd::wire {

class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size() - position_; }
  [[nodiscard]] bool at_end() const { return position_ == bytes_.size(); }
  void fail() { ok_ = false; }

  std::uint8_t u8() {
    const ByteView here = take(1);
    return here.empty() ? std::uint8_t{0} : here[0];
  }
  std::uint16_t u16() {
    const ByteView here = take(2);
    return here.empty() ? std::uint16_t{0} : load_u16(here.data());
  }
  // The next `count` bytes; empty if there are not so many.
  ByteView take(std::size_t count) {
    if (!ok_ || count > remaining()) {
      ok_ = false;
      return {};
    }
    const ByteView taken = bytes_.subspan(position_, count);
    position_ += count;
    return taken;
  }
  // What is still to be read; nothing once it has failed.
  [[nodiscard]] ByteView rest() const { return ok_ ? bytes_.subspan(position_) : ByteView{}; }
  // From `begin`, an earlier position, to here.
  [[nodiscard]] ByteView since(std::size_t begin) const { return bytes_.subspan(begin, position_ - begin); }

 private:
  ByteView bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace dnsd::wire
