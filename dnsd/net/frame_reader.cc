#include "dnsd/net/frame_reader.h"

#include <algorithm>

namespace dnsd::net {
namespace {

constexpr std::size_t kKeptCapacityBytes = 1024;  // more than an ordinary query needs

std::size_t length_in(std::span<const std::uint8_t> prefix) {
  return zonestore::load_u16(prefix.data());
}

}  // namespace

void FrameReader::feed(std::span<const std::uint8_t> bytes) {
  forget_handed_out();
  input_ = bytes;
}

std::span<const std::uint8_t> FrameReader::only_message_in(std::span<const std::uint8_t> bytes) const {
  // Most reads are one query and no more, which is answered where it lies.
  if (is_inside() || bytes.size() <= kTcpPrefixBytes || length_in(bytes) != bytes.size() - kTcpPrefixBytes) {
    return {};
  }
  return bytes.subspan(kTcpPrefixBytes);
}

FrameReader::Status FrameReader::next(std::span<const std::uint8_t>& message) {
  forget_handed_out();
  return partial_.empty() ? next_in_place(message) : next_from_parts(message);
}

FrameReader::Status FrameReader::next_in_place(std::span<const std::uint8_t>& message) {
  if (input_.size() < kTcpPrefixBytes) {
    keep(input_.size());
    return Status::kNeedMore;
  }
  const std::size_t length = length_in(input_);
  if (length == 0) {
    return Status::kZeroLength;
  }
  if (input_.size() < kTcpPrefixBytes + length) {
    keep(input_.size());
    return Status::kNeedMore;
  }
  message = input_.subspan(kTcpPrefixBytes, length);
  input_ = input_.subspan(kTcpPrefixBytes + length);
  return Status::kMessage;
}

FrameReader::Status FrameReader::next_from_parts(std::span<const std::uint8_t>& message) {
  if (partial_.size() < kTcpPrefixBytes) {
    // The length itself may come in two segments.
    keep(std::min(kTcpPrefixBytes - partial_.size(), input_.size()));
    if (partial_.size() < kTcpPrefixBytes) {
      return Status::kNeedMore;
    }
  }
  const std::size_t length = length_in(partial_);
  if (length == 0) {
    return Status::kZeroLength;
  }
  keep(std::min(kTcpPrefixBytes + length - partial_.size(), input_.size()));
  if (partial_.size() < kTcpPrefixBytes + length) {
    return Status::kNeedMore;
  }
  handed_out_ = true;
  message = std::span<const std::uint8_t>(partial_).subspan(kTcpPrefixBytes);
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
