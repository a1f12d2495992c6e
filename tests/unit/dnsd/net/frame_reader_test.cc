#include "dnsd/net/frame_reader.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dnsd::net {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Bytes = std::vector<std::uint8_t>;
using Status = FrameReader::Status;

void append_frame(Bytes& stream, const std::string& message) {
  stream.push_back(static_cast<std::uint8_t>(message.size() >> 8U));
  stream.push_back(static_cast<std::uint8_t>(message.size() & 0xFFU));
  stream.insert(stream.end(), message.begin(), message.end());
}

Bytes frames(const std::vector<std::string>& messages) {
  Bytes stream;
  for (const std::string& message : messages) {
    append_frame(stream, message);
  }
  return stream;
}

// All messages that these bytes complete.
std::vector<std::string> read_all(FrameReader& reader, std::span<const std::uint8_t> bytes) {
  std::vector<std::string> messages;
  reader.feed(bytes);
  std::span<const std::uint8_t> message;
  while (reader.next(message) == Status::kMessage) {
    messages.emplace_back(message.begin(), message.end());
  }
  return messages;
}

TEST(FrameReader, GivesAMessageThatCameWhole) {
  FrameReader reader;
  EXPECT_THAT(read_all(reader, frames({"hello"})), ElementsAre("hello"));
  EXPECT_FALSE(reader.is_inside());
}

TEST(FrameReader, GivesPipelinedMessagesInOrder) {
  FrameReader reader;
  EXPECT_THAT(read_all(reader, frames({"a", "bc", "def"})), ElementsAre("a", "bc", "def"));
}

TEST(FrameReader, TellsAnOnlyMessageFromMoreAndLess) {
  FrameReader reader;
  const Bytes one = frames({"hello"});
  const auto only = reader.only_message_in(one);
  EXPECT_EQ(std::string(only.begin(), only.end()), "hello");
  EXPECT_THAT(reader.only_message_in({}), IsEmpty());
  EXPECT_THAT(reader.only_message_in(frames({"hello", "again"})), IsEmpty());
  EXPECT_THAT(reader.only_message_in(std::span(one).first(one.size() - 1)), IsEmpty());
  EXPECT_THAT(reader.only_message_in(std::span(one).first(1)), IsEmpty());
  EXPECT_THAT(reader.only_message_in(Bytes{0, 0}), IsEmpty()) << "of length 0";
}

TEST(FrameReader, TakesNothingForAnOnlyMessageInsideOfOne) {
  FrameReader reader;
  EXPECT_THAT(read_all(reader, Bytes{0, 9, 'b'}), IsEmpty());
  EXPECT_THAT(reader.only_message_in(frames({"hello"})), IsEmpty());
}

TEST(FrameReader, NeedsMoreWhenItHasNothing) {
  FrameReader reader;
  std::span<const std::uint8_t> message;
  EXPECT_EQ(reader.next(message), Status::kNeedMore);
  reader.feed({});
  EXPECT_EQ(reader.next(message), Status::kNeedMore);
  EXPECT_FALSE(reader.is_inside());
}

TEST(FrameReader, GivesTheSameMessagesWhateverTheSegments) {
  const std::vector<std::string> messages{"x", std::string(300, 'y'), "zz", std::string(255, 'w'), "last"};
  const Bytes stream = frames(messages);
  for (std::size_t segment = 1; segment <= stream.size(); ++segment) {
    FrameReader reader;
    std::vector<std::string> got;
    for (std::size_t start = 0; start < stream.size(); start += segment) {
      const std::size_t size = std::min(segment, stream.size() - start);
      const Bytes piece(stream.begin() + static_cast<std::ptrdiff_t>(start),
                        stream.begin() + static_cast<std::ptrdiff_t>(start + size));
      for (std::string& message : read_all(reader, piece)) {
        got.push_back(std::move(message));
      }
    }
    ASSERT_EQ(got, messages) << "segments of " << segment;
    ASSERT_FALSE(reader.is_inside());
  }
}

TEST(FrameReader, IsInsideFromTheFirstByteOfTheLengthOn) {
  const Bytes stream = frames({"ab"});
  FrameReader reader;
  for (std::size_t index = 0; index < stream.size(); ++index) {
    const bool is_last = index + 1 == stream.size();
    EXPECT_EQ(read_all(reader, std::span(stream).subspan(index, 1)).size(), is_last ? 1U : 0U);
    EXPECT_EQ(reader.is_inside(), !is_last) << index;
  }
}

TEST(FrameReader, TakesTheLongestMessageThereIs) {
  const std::string longest(65535, 'm');
  const Bytes stream = frames({longest, "next"});
  FrameReader reader;
  EXPECT_THAT(read_all(reader, std::span(stream).first(40'000)), IsEmpty());
  EXPECT_THAT(read_all(reader, std::span(stream).subspan(40'000)), ElementsAre(longest, "next"));
}

TEST(FrameReader, StopsAtALengthOfZero) {
  FrameReader reader;
  Bytes stream = frames({"a", ""});
  std::span<const std::uint8_t> message;
  reader.feed(stream);
  EXPECT_EQ(reader.next(message), Status::kMessage);
  EXPECT_EQ(reader.next(message), Status::kZeroLength);
}

TEST(FrameReader, StopsAtALengthOfZeroThatCameInTwoPieces) {
  FrameReader reader;
  const Bytes zero{0, 0};
  std::span<const std::uint8_t> message;
  reader.feed(std::span(zero).first(1));
  EXPECT_EQ(reader.next(message), Status::kNeedMore);
  reader.feed(std::span(zero).subspan(1));
  EXPECT_EQ(reader.next(message), Status::kZeroLength);
}

TEST(FrameReader, GoesOnFromACopyOfWhatIsUnread) {
  Bytes stream = frames({"first", "second", "third"});
  FrameReader reader;
  std::span<const std::uint8_t> message;
  reader.feed(stream);
  ASSERT_EQ(reader.next(message), Status::kMessage);
  const Bytes copy(reader.unread().begin(), reader.unread().end());
  std::fill(stream.begin(), stream.end(), std::uint8_t{0xFF});
  EXPECT_THAT(read_all(reader, copy), ElementsAre("second", "third"));
}

TEST(FrameReader, GoesOnFromACopyAfterAMessageThatCameInPieces) {
  const Bytes stream = frames({"first", "second", "thi"});
  FrameReader reader;
  EXPECT_THAT(read_all(reader, std::span(stream).first(4)), IsEmpty());
  std::span<const std::uint8_t> message;
  reader.feed(std::span(stream).subspan(4));
  ASSERT_EQ(reader.next(message), Status::kMessage);
  const Bytes copy(reader.unread().begin(), reader.unread().end());
  EXPECT_THAT(read_all(reader, copy), ElementsAre("second", "thi"));
}

}  // namespace
}  // namespace dnsd::net
