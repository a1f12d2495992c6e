// An answer, written from front to back into the caller's bytes and never beyond its limit.
//
// The room for the OPT record and the options that it must have is kept free from the start, so that whatever was
// added can always be finished. A part that does not fit is not written at all. Threads: one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dnsd/wire/header.h"
#include "dnsd/wire/name_compressor.h"
#include "dnsd/wire/opt_writer.h"
#include "zonestore/zone/record_set.h"

namespace dnsd::wire {

enum class Section : std::uint8_t { kAnswer, kAuthority, kAdditional };

// A record without its owner; class IN.
struct RecordView {
  zonestore::RecordType type{};
  std::uint32_t ttl = 0;  // seconds
  ByteView rdata;         // names in it uncompressed
};

class AnswerWriter {
 public:
  // At most `limit_bytes` of `out` are used. `opt`: nullptr for an answer without; else it is the caller's, outlives
  // the writer, and is added to by explain and the setters below. Precondition: `out` has kPlainUdpBytes, and the
  // limit leaves room for a header and for what `opt` must have.
  AnswerWriter(MutableBytes out, std::size_t limit_bytes, AnswerOpt* opt);

  // The question section, byte for byte. Precondition: nothing was added yet.
  void add_question(ByteView question);

  // Records in wire form whose owners point to the question. False: they do not fit.
  [[nodiscard]] bool add_answer(ByteView records, std::uint16_t count);
  // One record whose owner is the part of the question's name that begins `owner_offset` bytes in; `rest` is
  // the record from its type on.
  [[nodiscard]] bool add_authority(std::size_t owner_offset, ByteView rest);
  // The same for any owner, uncompressed.
  [[nodiscard]] bool add_authority(ByteView owner, ByteView rest);

  // One record, its owner and the names in its data compressed as far as they may be. `owner` is uncompressed.
  // Sections come in their order. False: it does not fit, and nothing of it is there.
  [[nodiscard]] bool add_record(Section section, ByteView owner, const RecordView& record);

  // How far it has come; back_to takes out what was added since.
  struct Mark {
    std::size_t size = 0;
    std::array<std::uint16_t, 3> counts{};
  };
  [[nodiscard]] Mark mark() const { return {size_, counts_}; }
  void back_to(const Mark& mark);

  // Back to the question, with TC set (RFC 2181 section 9: the sections are left empty, so that nobody takes
  // a part for the whole).
  void truncate();

  // Says why in the OPT record, if there is one and there is room. The last one counts.
  void explain(ExtendedError error);
  // Says from which state of the zone, likewise.
  void set_zone_version(const ZoneVersion& version);
  // Says when a copy of the zone expires, likewise.
  void set_expire(std::uint32_t seconds);

  // Writes the header and the OPT record; the length of the whole. `flags`: opcode, AA and RD, whatever the
  // answer has; QR and TC are put in here. An RCODE above 15 needs an OPT record.
  [[nodiscard]] std::size_t finish(std::uint16_t id, std::uint16_t flags, Rcode rcode);

 private:
  [[nodiscard]] std::uint8_t* reserve(std::size_t count);  // nullptr: no room
  [[nodiscard]] std::uint16_t& count_of(Section section) { return counts_[static_cast<std::size_t>(section)]; }
  void learn_question();
  [[nodiscard]] bool write_name(ByteView name);
  [[nodiscard]] bool write_bytes(ByteView bytes);
  [[nodiscard]] bool write_rdata(const RecordView& record);
  [[nodiscard]] bool write_record(ByteView owner, const RecordView& record);
  void finish_opt(std::uint8_t rcode_high);

  MutableBytes out_;
  AnswerOpt* opt_;
  std::size_t end_;  // no section goes beyond
  std::size_t size_ = kHeaderBytes;
  std::size_t question_end_ = kHeaderBytes;
  std::uint16_t question_count_ = 0;
  std::array<std::uint16_t, 3> counts_{};  // of the records in each section
  bool truncated_ = false;
  bool knows_question_ = false;  // the compressor has seen it; most answers never ask
  NameCompressor compressor_;
};

}  // namespace dnsd::wire
