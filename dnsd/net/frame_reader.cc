#include "dnsd/net/frame_reader.h"

#include <algorithm>

namespace dnsd::net {
namespace {

constexpr std::size_t kPrefixBytes = 2;
constexpr std::size_t kKeptCapacityBytes = 1024;  // more than an ordinary query needs

std::size_t length_in(std::span<const std::uint8_t> prefix) {
  return (static_cast<std::size_t>(prefix[0]) << 8U) | prefix[1];
}

}  // namespace

void FrameReader::feed(std::span<const std::uint8_t> bytes) {
  forget_handed_out();
  input_ = bytes;
}

std::span<const std::uint8_t> FrameReader::only_message_in(std::span<const std::uint8_t> bytes) const {
  if (is_inside() || bytes.size() <= kPrefixBytes || length_in(bytes) != bytes.size() - kPrefixBytes) {
    return {};
  }
  return bytes.subspan(kPrefixBytes);
}

FrameReader::Status FrameReader::next(std::span<const std::uint8_t>& message) {
  forget_handed_out();
  return partial_.empty() ? next_in_place(message) : next_from_parts(message);
}

FrameReader::Status FrameReader::next_in_place(std::span<const std::uint8_t>& message) {
  if (input_.size() < kPrefixBytes) {
    keep(input_.size());
    return Status::kNeedMore;
  }
  const std::size_t length = length_in(input_);
  if (length == 0) {
    return Status::kZeroLength;
  }
  if (input_.size() < kPrefixBytes + length) {
    keep(input_.size());
    return Status::kNeedMore;
  }
  message = input_.subspan(kPrefixBytes, length);
  input_ = input_.subspan(kPrefixBytes + length);
  return Status::kMessage;
}

FrameReader::Status FrameReader::next_from_parts(std::span<const std::uint8_t>& message) {
  if (partial_.size() < kPrefixBytes) {
    keep(std::min(kPrefixBytes - partial_.size(), input_.size()));
    if (partial_.size() < kPrefixBytes) {
      return Status::kNeedMore;
    }
  }
  const std::size_t length = length_in(partial_);
  if (length == 0) {
    return Status::kZeroLength;
  }
  keep(std::min(kPrefixBytes + length - partial_.size(), input_.size()));
  if (partial_.size() < kPrefixBytes + length) {
    return Status::kNeedMore;
  }
  handed_out_ = true;
  message = std::span<const std::uint8_t>(partial_).subspan(kPrefixBytes);
  return Status::kMessage;
}

void FrameReader::keep(std::size_t count) {
  const auto bytes = input_.first(count);
  partial_.insert(partial_.end(), bytes.begin(), bytes.end());
  input_ = input_.subspan(count);
}

void FrameReader::forget_handed_out() {
  if (!handed_out_) {
    return;
  }
  handed_out_ = false;
  partial_.clear();
  if (partial_.capacity() > kKeptCapacityBytes) {
    std::vector<std::uint8_t>().swap(partial_);  // or one long message would cost memory for the whole connection
  }
}

}  // namespace dnsd::net
