// The answer to one request for a transfer: which records, in which messages, signed as the request was (RFC 5936,
// RFC 1995, RFC 8945 section 5.3.1). Does no I/O but for what its source needs. Threads: one for each object.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "dnsd/transfer/gate.h"
#include "dnsd/transfer/message_filler.h"
#include "dnsd/zone/image.h"

namespace dnsd::transfer {

// What was asked for, and by whom; kept for as long as it is answered.
struct Request {
  std::shared_ptr<const zone::Image> image;
  const zone::Zone* zone = nullptr;  // of the image
  std::shared_ptr<const wire::TsigKeys> keys;
  const wire::TsigKey* key = nullptr;  // of these; nullptr: unsigned
  zonestore::Bytes mac;                // the request's, as it came
  std::uint16_t original_id = 0;
  zonestore::Peer peer;
  std::optional<std::uint32_t> from;  // of IXFR
  MessageFiller::Form form;
};

class Stream {
 public:
  explicit Stream(Request request);

  [[nodiscard]] const Request& request() const { return request_; }
  // About how long it will be, before any of it is made.
  [[nodiscard]] std::size_t expected_bytes() const { return request_.zone->names.memory_bytes(); }

  // Writes the next message into `out`, which has kMaxMessageBytes; its length. 0: that was all, or it cannot go on
  // (is_broken). `unix_seconds`: now.
  [[nodiscard]] std::size_t next(wire::MutableBytes out, std::uint64_t unix_seconds);

  [[nodiscard]] bool is_broken() const { return filler_ && filler_->is_stuck(); }
  [[nodiscard]] std::uint64_t records() const { return filler_ ? filler_->records() : 0; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  void begin();

  Request request_;
  std::unique_ptr<RecordSource> source_;
  std::optional<MessageFiller> filler_;
  std::optional<wire::TsigChain> chain_;
  std::uint64_t bytes_ = 0;
};

}  // namespace dnsd::transfer
