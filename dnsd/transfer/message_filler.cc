#include "dnsd/transfer/message_filler.h"

#include <utility>

namespace dnsd::transfer {

MessageFiller::MessageFiller(RecordSource& source, Form form)
    : source_(source), form_(std::move(form)), has_record_(source_.next(record_)) {}

std::size_t MessageFiller::next(wire::MutableBytes out) {
  if (!has_record_) {
    return 0;
  }
  const std::uint64_t before = records_;
  std::size_t size = fill(out, form_.message_bytes - form_.kept_free_bytes);
  if (records_ == before) {
    size = fill(out, wire::kMaxMessageBytes - form_.kept_free_bytes);  // of its own
  }
  if (records_ == before) {
    is_stuck_ = true;
    return 0;
  }
  is_first_ = false;
  return size;
}

std::size_t MessageFiller::fill(wire::MutableBytes out, std::size_t limit) {
  std::optional<wire::AnswerOpt> opt = is_first_ ? form_.opt : std::nullopt;
  wire::AnswerWriter writer(out, limit, opt ? &*opt : nullptr);
  if (is_first_) {
    writer.add_question(form_.question);
  }
  while (has_record_ && writer.add_record(wire::Section::kAnswer, record_.owner, record_.record)) {
    ++records_;
    has_record_ = source_.next(record_);
  }
  const unsigned flags = wire::kFlagAuthoritative | (form_.recursion_desired ? wire::kFlagRecursionDesired : 0U);
  return writer.finish(form_.id, static_cast<std::uint16_t>(flags), wire::Rcode::kNoError);
}

}  // namespace dnsd::transfer
