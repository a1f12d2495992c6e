// TCP's framing: whatever the segments, the messages are those of the stream read at once by a reader that is plain.
// Input: how many cuts, the cuts (each the size of a segment), then the stream.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "dnsd/net/frame_reader.h"
#include "tests/fuzz/require.h"

namespace {

using dnsd::net::FrameReader;
using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using Status = FrameReader::Status;

struct Outcome {
  std::vector<Bytes> messages;
  bool zero_length = false;
  bool inside = false;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome read_plainly(ByteView stream) {
  Outcome outcome;
  while (stream.size() >= 2) {
    const std::size_t length = static_cast<std::size_t>(stream[0]) * 256 + stream[1];
    if (length == 0) {
      outcome.zero_length = true;
      return outcome;
    }
    if (stream.size() - 2 < length) {
      break;
    }
    const ByteView message = stream.subspan(2, length);
    outcome.messages.emplace_back(message.begin(), message.end());
    stream = stream.subspan(2 + length);
  }
  outcome.inside = !stream.empty();
  return outcome;
}

// Takes all messages that the reader has. With `moves`, what is unread goes to other memory after each message, as it
// does when a connection stops reading and keeps its input for later.
bool drain(FrameReader& reader, bool moves, Outcome& outcome) {
  Bytes kept;
  for (;;) {
    ByteView message;
    const Status status = reader.next(message);
    if (status == Status::kMessage) {
      outcome.messages.emplace_back(message.begin(), message.end());
      if (moves) {
        Bytes copy(reader.unread().begin(), reader.unread().end());
        kept.swap(copy);  // the old memory goes at the end of the block, so that the sanitizer sees a stale use
        reader.feed(kept);
      }
      continue;
    }
    outcome.zero_length = status == Status::kZeroLength;
    outcome.inside = status == Status::kNeedMore && reader.is_inside();
    FUZZ_REQUIRE(outcome.zero_length || reader.unread().empty());
    return !outcome.zero_length;
  }
}

Outcome read_in_segments(ByteView cuts, ByteView stream) {
  FrameReader reader;
  Outcome outcome;
  for (std::size_t turn = 0; !stream.empty(); ++turn) {
    const std::uint8_t cut = cuts.empty() ? 0xFF : cuts[turn % cuts.size()];
    const std::size_t size = std::min<std::size_t>(cut == 0xFF ? stream.size() : (cut & 0x7FU) + 1U, stream.size());
    const Bytes segment(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(size));
    reader.feed(segment);
    if (!drain(reader, (cut & 0x80U) != 0, outcome)) {
      break;
    }
    stream = stream.subspan(size);
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::size_t cuts = std::min<std::size_t>(data[0] & 0x0FU, size - 1);
  const ByteView stream(data + 1 + cuts, size - 1 - cuts);
  FUZZ_REQUIRE(read_in_segments({data + 1, cuts}, stream) == read_plainly(stream));
  return 0;
}
