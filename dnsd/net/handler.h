// The seam between sockets and DNS: a span of bytes in, a span of bytes filled.
//
// net knows no DNS beyond TCP's length prefix; the handler knows no sockets. One handler belongs to one
// worker and is called from that worker's thread alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dnsd/net/handed_over.h"
#include "dnsd/util/client.h"

namespace dnsd::net {

using util::Client;
using util::Transport;

// The largest message there is (RFC 1035 section 4.2.2); what a TCP answer's span must hold.
inline constexpr std::size_t kMaxMessageBytes = 65535;

// A query that came in, and the room for its answer; they do not overlap. Both are the caller's.
struct Exchange {
  std::span<const std::uint8_t> query;
  std::span<std::uint8_t> room;
  Client client;
  std::size_t answer_size = 0;  // set by the handler; 0: send nothing
  // Set by the handler, over TCP alone: it wants the connection itself, and gets it with this query (take_over).
  // There is no answer then.
  bool hand_over = false;
};

class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  Handler(Handler&&) = delete;
  Handler& operator=(Handler&&) = delete;
  virtual ~Handler() = default;

  // Called once before each batch of queries (over TCP: before those of up to 64 connections): the place to look
  // for a newer zone image, so that one batch is answered from one image. Never throws.
  virtual void begin_batch() noexcept = 0;

  // Writes the answer to the query into its room and says how long it is. Never throws, whatever the bytes.
  virtual void handle(Exchange& exchange) noexcept = 0;

  // A connection that handle() has asked for; it is closed with the object. Throws std::bad_alloc.
  virtual void take_over(HandedOver /*connection*/) {}

  // Makes a short answer of the one that handle() has made, in its place, for a way that does not carry it; returns
  // its length. 0: that cannot be done.
  [[nodiscard]] virtual std::size_t shorten(const Exchange& /*exchange*/) noexcept { return 0; }

  // handle() for many at once. A handler that can work on one while it waits for memory on behalf of another gains
  // by it; this one takes them in turn.
  virtual void handle_all(std::span<Exchange> exchanges) noexcept {
    for (Exchange& exchange : exchanges) {
      handle(exchange);
    }
  }
};

}  // namespace dnsd::net
