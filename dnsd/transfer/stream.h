// The answer to one request for a transfer: which records, in which messages, signed as the request was (RFC 5936,
// RFC 1995, RFC 8945 section 5.3.1). Does no I/O but for what its source needs. Threads: one for each object.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "dnsd/transfer/gate.h"
#include "dnsd/transfer/journal_source.h"
#include "dnsd/transfer/message_filler.h"
#include "dnsd/zone/image.h"

namespace dnsd::transfer {

// What was asked for, and by whom; kept for as long as it is answered.
struct Request {
  std::shared_ptr<const zone::Image> image;
  const zone::Zone* zone = nullptr;  // of the image
  std::shared_ptr<const wire::TsigKeys> keys = nullptr;
  const wire::TsigKey* key = nullptr;  // of these; nullptr: unsigned
  zonestore::Bytes mac = {};           // the request's, as it came
  std::uint16_t original_id = 0;
  zonestore::Peer peer = {};
  std::optional<std::uint32_t> from = std::nullopt;  // of IXFR
  MessageFiller::Form form = {};
};

class Stream {
 public:
  // `journal` outlives the stream.
  Stream(Request request, JournalSource& journal);

  [[nodiscard]] const Request& request() const { return request_; }

  // Begins anew with another image and its zone of the same name. Precondition: next() has not been called.
  void renew(std::shared_ptr<const zone::Image> image, const zone::Zone& zone) noexcept;

  // Finds what is to be sent, step by step: for IXFR that may take a while.
  enum class Prepared : std::uint8_t {
    kReady,
    kMore,   // others may come in between; then again
    kPause,  // again in pause()
  };
  [[nodiscard]] Prepared prepare(JournalSource::Clock::time_point now);
  [[nodiscard]] std::chrono::milliseconds pause() const {
    return work_ ? work_->pause() : std::chrono::milliseconds{0};
  }

  // About how long it will be. Differences are short, until one turns out to be long, or to be none.
  [[nodiscard]] std::size_t expected_bytes() const {
    return is_whole() ? request_.zone->names.memory_bytes() : difference_bytes_;
  }
  [[nodiscard]] bool is_whole() const { return !request_.from || why_; }
  // Why IXFR gets the whole zone; nullopt: it does not.
  [[nodiscard]] std::optional<WholeZoneWhy> why() const { return why_; }

  // Writes the next message into `out`, which has kMaxMessageBytes; its length. 0: that was all, or it cannot go on
  // (is_broken). `unix_seconds`: now. Precondition: prepare() has said kReady.
  [[nodiscard]] std::size_t next(wire::MutableBytes out, std::uint64_t unix_seconds);

  [[nodiscard]] bool is_broken() const { return filler_ && filler_->is_stuck(); }
  [[nodiscard]] std::uint64_t records() const { return filler_ ? filler_->records() : 0; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  void begin(std::unique_ptr<RecordSource> source);
  void begin_whole();

  Request request_;
  JournalSource& journal_;
  std::optional<JournalSource::Work> work_;
  std::optional<WholeZoneWhy> why_;
  std::unique_ptr<RecordSource> source_;
  std::optional<MessageFiller> filler_;
  std::optional<wire::TsigChain> chain_;
  std::size_t difference_bytes_ = 0;  // of the one that was made last
  std::uint64_t bytes_ = 0;
};

}  // namespace dnsd::transfer
