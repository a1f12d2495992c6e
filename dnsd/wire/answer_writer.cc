#include "dnsd/wire/answer_writer.h"

#include <algorithm>
#include <cstring>

namespace dnsd::wire {
namespace {

constexpr std::uint16_t kPointer = 0xC000;

}  // namespace

AnswerWriter::AnswerWriter(MutableBytes out, std::size_t limit_bytes, const std::optional<AnswerOpt>& opt)
    : out_(out), opt_(opt), end_(std::min(out.size(), limit_bytes) - (opt ? least_bytes(*opt) : 0)) {}

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
  answer_count_ = static_cast<std::uint16_t>(answer_count_ + count);
  return true;
}

bool AnswerWriter::add_authority(std::size_t owner_offset, ByteView rest) {
  std::uint8_t* here = reserve(2 + rest.size());
  if (here == nullptr) {
    return false;
  }
  store_u16(here, static_cast<std::uint16_t>(kPointer | (kHeaderBytes + owner_offset)));
  std::memcpy(here + 2, rest.data(), rest.size());
  ++authority_count_;
  return true;
}

void AnswerWriter::truncate() {
  size_ = question_end_;
  answer_count_ = 0;
  authority_count_ = 0;
  truncated_ = true;
}

void AnswerWriter::explain(ExtendedError error) {
  if (opt_) {
    opt_->extended_error = error;
  }
}

void AnswerWriter::set_zone_version(const ZoneVersion& version) {
  if (opt_) {
    opt_->zone_version = version;
  }
}

std::size_t AnswerWriter::finish(std::uint16_t id, std::uint16_t flags, Rcode rcode) {
  const auto code = static_cast<std::uint16_t>(rcode);
  std::uint8_t* head = out_.data();
  store_u16(head, id);
  store_u16(head + 2, static_cast<std::uint16_t>(flags | kFlagResponse | (truncated_ ? kFlagTruncated : 0U) |
                                                 (code & 0x000FU)));
  store_u16(head + 4, question_count_);
  store_u16(head + 6, answer_count_);
  store_u16(head + 8, authority_count_);
  store_u16(head + 10, opt_ ? 1 : 0);
  if (opt_) {
    finish_opt(static_cast<std::uint8_t>(code >> 4));
  }
  return size_;
}

// Beyond the room that was kept free, the options may take what the sections have left.
void AnswerWriter::finish_opt(std::uint8_t rcode_high) {
  size_ += write_opt(out_.subspan(size_, end_ - size_ + least_bytes(*opt_)), *opt_, rcode_high);
}

}  // namespace dnsd::wire
