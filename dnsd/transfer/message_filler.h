// Records into the messages of a transfer (RFC 5936 section 2.2, RFC 1995 section 4).
//
// Each is filled to the limit; a record that is longer than that has a message of its own. The question and the OPT
// record stand in the first one only. Names are compressed against those that the same message has, data as far as
// RFC 3597 section 4 allows. Pure. Threads: one for each object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "dnsd/transfer/record_source.h"
#include "zonestore/base/bytes.h"

namespace dnsd::transfer {

class MessageFiller {
 public:
  struct Form {
    std::uint16_t id = 0;
    bool recursion_desired = false;
    zonestore::Bytes question = {};                     // the section, as it came
    std::optional<wire::AnswerOpt> opt = std::nullopt;  // for the first message
    std::size_t message_bytes = wire::kMaxMessageBytes;
    std::size_t kept_free_bytes = 0;  // of each message, for its TSIG record
  };

  // The source outlives the filler.
  MessageFiller(RecordSource& source, Form form);

  // Writes the next message into `out`, which has kMaxMessageBytes; its length. 0: there are no more, or a record is
  // left that no message holds (is_stuck).
  [[nodiscard]] std::size_t next(wire::MutableBytes out);

  [[nodiscard]] bool is_stuck() const { return is_stuck_; }
  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  [[nodiscard]] std::size_t fill(wire::MutableBytes out, std::size_t limit);

  RecordSource& source_;
  Form form_;
  SentRecord record_;  // that has its place in the message to come
  bool has_record_ = false;
  bool is_first_ = true;
  bool is_stuck_ = false;
  std::uint64_t records_ = 0;
};

}  // namespace dnsd::transfer
