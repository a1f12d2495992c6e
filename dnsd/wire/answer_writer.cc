#include "dnsd/wire/answer_writer.h"

#include <algorithm>
#include <cstring>

#include "dnsd/wire/name.h"
#include "dnsd/wire/rdata_names.h"
#include "dnsd/wire/record.h"

namespace dnsd::wire {
namespace {

// True if the names that the type promises are there, whole and uncompressed.
bool holds_names(ByteView rdata, const RdataNames& names) {
  if (rdata.size() < names.bytes_before) {
    return false;
  }
  rdata = rdata.subspan(names.bytes_before);
  for (unsigned left = names.count; left > 0; --left) {
    const std::size_t size = uncompressed_name_size(rdata);
    if (size == 0) {
      return false;
    }
    rdata = rdata.subspan(size);
  }
  return true;
}

}  // namespace

AnswerWriter::AnswerWriter(MutableBytes out, std::size_t limit_bytes, AnswerOpt* opt)
    : out_(out),
      opt_(opt),
      end_(std::min(out.size(), limit_bytes) - (opt != nullptr ? least_bytes(*opt) : 0)),
      compressor_(out) {}

std::uint8_t* AnswerWriter::reserve(std::size_t count) {
  if (count > end_ - size_) {
    return nullptr;
  }
  std::uint8_t* here = out_.data() + size_;
  size_ += count;
  return here;
}

void AnswerWriter::add_question(ByteView question) {
  if (std::uint8_t* here = reserve(question.size())) {
    std::memcpy(here, question.data(), question.size());
    question_count_ = 1;
    question_end_ = size_;
  }
}

bool AnswerWriter::add_answer(ByteView records, std::uint16_t count) {
  std::uint8_t* here = reserve(records.size());
  if (here == nullptr) {
    return false;
  }
  std::memcpy(here, records.data(), records.size());
  std::uint16_t& counted = count_of(Section::kAnswer);
  counted = static_cast<std::uint16_t>(counted + count);
  return true;
}

bool AnswerWriter::add_authority(std::size_t owner_offset, ByteView rest) {
  std::uint8_t* here = reserve(2 + rest.size());
  if (here == nullptr) {
    return false;
  }
  store_u16(here, static_cast<std::uint16_t>(kPointer | (kHeaderBytes + owner_offset)));
  std::memcpy(here + 2, rest.data(), rest.size());
  ++count_of(Section::kAuthority);
  return true;
}

bool AnswerWriter::add_authority(ByteView owner, ByteView rest) {
  learn_question();
  const Mark before = mark();
  if (!write_name(owner) || !write_bytes(rest)) {
    back_to(before);
    return false;
  }
  ++count_of(Section::kAuthority);
  return true;
}

void AnswerWriter::learn_question() {
  if (!knows_question_ && question_count_ > 0) {
    compressor_.know(kHeaderBytes);
    knows_question_ = true;
  }
}

bool AnswerWriter::add_record(Section section, ByteView owner, const RecordView& record) {
  learn_question();
  const Mark before = mark();
  if (!write_record(owner, record)) {
    back_to(before);
    return false;
  }
  ++count_of(section);
  return true;
}

bool AnswerWriter::write_record(ByteView owner, const RecordView& record) {
  if (!write_name(owner)) {
    return false;
  }
  std::uint8_t* const head = reserve(kRecordHeadBytes);
  if (head == nullptr) {
    return false;
  }
  store_u16(head, static_cast<std::uint16_t>(record.type));
  store_u16(head + 2, kClassIn);
  store_u32(head + 4, record.ttl);
  const std::size_t begin = size_;
  if (!write_rdata(record)) {
    return false;
  }
  store_u16(head + 8, static_cast<std::uint16_t>(size_ - begin));
  return true;
}

// Data that does not have the form of its type goes out as it is.
bool AnswerWriter::write_rdata(const RecordView& record) {
  const RdataNames names = compressible_names(record.type);
  ByteView rest = record.rdata;
  if (names.count == 0 || !holds_names(rest, names)) {
    return write_bytes(rest);
  }
  bool written = write_bytes(rest.first(names.bytes_before));
  rest = rest.subspan(names.bytes_before);
  for (unsigned left = names.count; left > 0 && written; --left) {
    const std::size_t size = uncompressed_name_size(rest);
    written = write_name(rest.first(size));
    rest = rest.subspan(size);
  }
  return written && write_bytes(rest);
}

bool AnswerWriter::write_name(ByteView name) {
  const std::size_t end = compressor_.write(name, size_, end_);
  size_ = end == 0 ? size_ : end;
  return end != 0;
}

bool AnswerWriter::write_bytes(ByteView bytes) {
  std::uint8_t* const here = reserve(bytes.size());
  if (here == nullptr) {
    return false;
  }
  std::copy(bytes.begin(), bytes.end(), here);
  return true;
}

void AnswerWriter::back_to(const Mark& mark) {
  size_ = mark.size;
  counts_ = mark.counts;
  compressor_.forget_from(size_);
}

void AnswerWriter::truncate() {
  back_to(Mark{question_end_, {}});
  truncated_ = true;
}

void AnswerWriter::explain(ExtendedError error) {
  if (opt_ != nullptr) {
    opt_->extended_error = error;
  }
}

void AnswerWriter::set_zone_version(const ZoneVersion& version) {
  if (opt_ != nullptr) {
    opt_->zone_version = version;
  }
}

void AnswerWriter::set_expire(std::uint32_t seconds) {
  if (opt_ != nullptr) {
    opt_->expire = seconds;
  }
}

std::size_t AnswerWriter::finish(std::uint16_t id, std::uint16_t flags, Rcode rcode) {
  const auto code = static_cast<std::uint16_t>(rcode);
  std::uint8_t* head = out_.data();
  store_u16(head, id);
  store_u16(head + 2, static_cast<std::uint16_t>(flags | kFlagResponse | (truncated_ ? kFlagTruncated : 0U) |
                                                 (code & 0x000FU)));
  store_u16(head + 4, question_count_);
  store_u16(head + 6, count_of(Section::kAnswer));
  store_u16(head + 8, count_of(Section::kAuthority));
  store_u16(head + 10, static_cast<std::uint16_t>(count_of(Section::kAdditional) + (opt_ != nullptr ? 1U : 0U)));
  if (opt_ != nullptr) {
    finish_opt(static_cast<std::uint8_t>(code >> 4));
  }
  return size_;
}

// Beyond the room that was kept free, the options may take what the sections have left.
void AnswerWriter::finish_opt(std::uint8_t rcode_high) {
  size_ += write_opt(out_.subspan(size_, end_ - size_ + least_bytes(*opt_)), *opt_, rcode_high);
}

}  // namespace dnsd::wire
