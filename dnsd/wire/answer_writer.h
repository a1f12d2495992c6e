// An answer, written from front to back into the caller's bytes and never beyond its limit.
//
// The room for the OPT record and the options that it must have is kept free from the start, so that whatever was
// added can always be finished. A part that does not fit is not written at all. Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "dnsd/wire/header.h"
#include "dnsd/wire/opt_writer.h"

namespace dnsd::wire {

class AnswerWriter {
 public:
  // At most `limit_bytes` of `out` are used. Precondition: both are at least kPlainUdpBytes.
  AnswerWriter(MutableBytes out, std::size_t limit_bytes, const std::optional<AnswerOpt>& opt);

  // The question section, byte for byte. Precondition: nothing was added yet.
  void add_question(ByteView question);

  // Records in wire form, compression pointers included. False: they do not fit.
  [[nodiscard]] bool add_answer(ByteView records, std::uint16_t count);
  // One record whose owner is the part of the question's name that begins `owner_offset` bytes in; `rest` is
  // the record from its type on.
  [[nodiscard]] bool add_authority(std::size_t owner_offset, ByteView rest);

  // Back to the question, with TC set (RFC 2181 section 9: the sections are left empty, so that nobody takes
  // a part for the whole).
  void truncate();

  // Says why in the OPT record, if there is one and there is room. The last one counts.
  void explain(ExtendedError error);
  // Says from which state of the zone, likewise.
  void set_zone_version(const ZoneVersion& version);

  // Writes the header and the OPT record; the length of the whole. `flags`: opcode, AA and RD, whatever the
  // answer has; QR and TC are put in here. An RCODE above 15 needs an OPT record.
  [[nodiscard]] std::size_t finish(std::uint16_t id, std::uint16_t flags, Rcode rcode);

 private:
  [[nodiscard]] std::uint8_t* reserve(std::size_t count);  // nullptr: no room
  void finish_opt(std::uint8_t rcode_high);

  MutableBytes out_;
  std::optional<AnswerOpt> opt_;
  std::size_t end_;  // no section goes beyond
  std::size_t size_ = kHeaderBytes;
  std::size_t question_end_ = kHeaderBytes;
  std::uint16_t question_count_ = 0;
  std::uint16_t answer_count_ = 0;
  std::uint16_t authority_count_ = 0;
  bool truncated_ = false;
};

}  // namespace dnsd::wire
