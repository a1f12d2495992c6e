#include "tests/fuzz/message_walk.h"

namespace dnsd::fuzz {
namespace {

constexpr std::uint16_t kTypeNs = 2;
constexpr std::uint16_t kTypeCname = 5;
constexpr std::uint16_t kTypeDname = 39;

class Walker {
 public:
  explicit Walker(ByteView message) : message_(message) {}

  std::optional<WalkedMessage> walk() {
    WalkedMessage walked;
    walked.id = number(2);
    walked.flags = number(2);
    const unsigned questions = number(2);
    const unsigned counts[]{number(2), number(2), number(2)};
    for (unsigned index = 0; index < questions && good_; ++index) {
      walked.questions.push_back(question());
    }
    for (const Section section : {Section::kAnswer, Section::kAuthority, Section::kAdditional}) {
      for (unsigned index = 0; index < counts[static_cast<std::size_t>(section)] && good_; ++index) {
        walked.records.push_back(record(section));
      }
    }
    return good_ && at_ == message_.size() ? std::optional(walked) : std::nullopt;
  }

 private:
  std::uint16_t number(std::size_t bytes) {
    unsigned value = 0;
    for (; bytes > 0; --bytes) {
      good_ = good_ && at_ < message_.size();
      value = value << 8 | (good_ ? message_[at_++] : 0U);
    }
    return static_cast<std::uint16_t>(value);
  }

  Bytes copy(std::size_t begin, std::size_t count) {
    good_ = good_ && begin <= message_.size() && count <= message_.size() - begin;
    if (!good_) {
      return {};
    }
    const ByteView part = message_.subspan(begin, count);
    return {part.begin(), part.end()};
  }

  // Follows pointers; each must lead before the place where the name, or the last pointer's target, began.
  Bytes name() {
    Bytes expanded;
    std::size_t at = at_;
    std::size_t barrier = at_;
    bool jumped = false;
    while (good_ && at < message_.size()) {
      const unsigned length = message_[at];
      if (length >= 0xC0 && at + 1 < message_.size()) {
        const std::size_t target = (length & 0x3F) << 8 | message_[at + 1];
        at_ = jumped ? at_ : at + 2;
        jumped = true;
        good_ = target < barrier && target >= 12;
        at = barrier = target;
        continue;
      }
      const Bytes label = copy(at, length + 1);
      expanded.insert(expanded.end(), label.begin(), label.end());
      at += label.size();
      good_ = good_ && length < 64 && expanded.size() <= 255;
      if (length == 0) {
        at_ = jumped ? at_ : at;
        return expanded;
      }
    }
    good_ = false;
    return {};
  }

  WalkedQuestion question() {
    WalkedQuestion walked;
    const std::size_t begin = at_;
    walked.name = name();
    walked.type = number(2);
    walked.question_class = number(2);
    walked.bytes = copy(begin, at_ - begin);
    return walked;
  }

  WalkedRecord record(Section section) {
    WalkedRecord walked;
    walked.section = section;
    walked.owner = name();
    walked.type = number(2);
    walked.record_class = number(2);
    const std::uint32_t high = number(2);
    walked.ttl = high << 16 | number(2);
    const std::size_t length = number(2);
    walked.rdata = copy(at_, length);
    if (walked.type == kTypeNs || walked.type == kTypeCname || walked.type == kTypeDname) {
      walked.target = name_within(walked.rdata.size());
    }
    at_ += walked.rdata.size();
    return walked;
  }

  // The name that the next `size` bytes are, without going on. Data that is no name is no fault of the message.
  Bytes name_within(std::size_t size) {
    const std::size_t begin = at_;
    const bool was_good = good_;
    Bytes expanded = name();
    const bool fills = good_ && at_ == begin + size;
    at_ = begin;
    good_ = was_good;
    return fills ? expanded : Bytes{};
  }

  ByteView message_;
  std::size_t at_ = 0;
  bool good_ = true;
};

}  // namespace

std::optional<WalkedMessage> walk_message(ByteView message) {
  return Walker(message).walk();
}

}  // namespace dnsd::fuzz
