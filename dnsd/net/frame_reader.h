// DNS messages out of a TCP stream (RFC 1035 section 4.2.2, RFC 7766 section 8): a two-byte length, then that
// many bytes, however the segments fall.
//
// Pure. A message that lies whole in what was fed is handed out in place; only a part of one is kept, and only
// as much memory as its bytes that have come: an idle connection keeps none. Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "zonestore/base/big_endian.h"

namespace dnsd::net {

inline constexpr std::size_t kTcpPrefixBytes = 2;

// Writes the length of what follows the prefix.
inline void write_prefix(std::uint8_t* prefix, std::size_t length) {
  zonestore::store_u16(prefix, static_cast<std::uint16_t>(length));
}

class FrameReader {
 public:
  enum class Status : std::uint8_t {
    kMessage,     // a whole message
    kNeedMore,    // all that was fed is used up: feed again
    kZeroLength,  // a length of 0: no message is that short, the connection has no use any more
  };

  // Takes `bytes` as what comes next in the stream. They must stay as they are until next() has given
  // kNeedMore, or until a copy of unread() is fed in their place.
  void feed(std::span<const std::uint8_t> bytes);

  // Of what was fed, what next() has not come to yet.
  [[nodiscard]] std::span<const std::uint8_t> unread() const { return input_; }

  // The message, if `bytes` come next in the stream and are a whole one and no more: they need not be fed then.
  // Empty: they do.
  [[nodiscard]] std::span<const std::uint8_t> only_message_in(std::span<const std::uint8_t> bytes) const;

  // On kMessage `message` is set; it is good until the next call of next() or feed().
  [[nodiscard]] Status next(std::span<const std::uint8_t>& message);

  // True if a message has begun (its length counts) and its end has not come.
  [[nodiscard]] bool is_inside() const { return !partial_.empty() && !handed_out_; }

 private:
  [[nodiscard]] Status next_in_place(std::span<const std::uint8_t>& message);
  [[nodiscard]] Status next_from_parts(std::span<const std::uint8_t>& message);
  void keep(std::size_t count);
  void forget_handed_out();

  std::span<const std::uint8_t> input_;  // fed and not used yet
  std::vector<std::uint8_t> partial_;    // length prefix and message, as far as they have come
  bool handed_out_ = false;              // partial_ was given out as a message
};

}  // namespace dnsd::net
