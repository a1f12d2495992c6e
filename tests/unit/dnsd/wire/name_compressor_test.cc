// RFC 1035 section 4.1.4.
#include "dnsd/wire/name_compressor.h"

#include <gtest/gtest.h>

#include "tests/unit/dnsd/answer/messages.h"

namespace dnsd::wire {
namespace {

using test::name;
using zonestore::Bytes;

constexpr std::size_t kRoom = 20'000;

class NameCompressorTest : public ::testing::Test {
 protected:
  NameCompressorTest() : message_(kRoom, 0xEE), compressor_(message_) {}

  // What is written for the name behind all that was written before.
  Bytes write(std::string_view text) {
    const std::size_t end = compressor_.write(name(text), at_, kRoom);
    Bytes written(message_.begin() + static_cast<std::ptrdiff_t>(at_),
                  message_.begin() + static_cast<std::ptrdiff_t>(end));
    at_ = end;
    return written;
  }

  Bytes message_;
  NameCompressor compressor_;
  std::size_t at_ = 12;
};

TEST_F(NameCompressorTest, FirstNameIsWrittenInFull) {
  EXPECT_EQ(write("www.example"), name("www.example"));
}

TEST_F(NameCompressorTest, SameNameAgainIsAPointer) {
  write("www.example");
  EXPECT_EQ(write("www.example"), (Bytes{0xC0, 12}));
}

TEST_F(NameCompressorTest, NameWithTheSameEndPointsToIt) {
  write("www.example");
  EXPECT_EQ(write("ftp.example"), (Bytes{3, 'f', 't', 'p', 0xC0, 16}));
}

TEST_F(NameCompressorTest, ParentOfANameIsAPointerIntoIt) {
  write("www.example");
  EXPECT_EQ(write("example"), (Bytes{0xC0, 16}));
}

TEST_F(NameCompressorTest, RootIsNeverAPointer) {
  write("www.example");
  EXPECT_EQ(write(""), Bytes{0});
}

TEST_F(NameCompressorTest, NamesThatDifferInCaseAreTheSameRfc4343) {
  write("WWW.Example");
  EXPECT_EQ(write("www.eXAMPLE"), (Bytes{0xC0, 12}));
}

TEST_F(NameCompressorTest, LabelThatOnlyBeginsAlikeIsAnother) {
  write("example");
  EXPECT_EQ(write("exampl"), name("exampl"));
  EXPECT_EQ(write("xexample"), name("xexample"));
}

TEST_F(NameCompressorTest, KnownNameMayBePointedTo) {
  const Bytes question = name("a.b.example");
  std::copy(question.begin(), question.end(), message_.begin() + 12);
  compressor_.know(12);
  at_ = 12 + question.size();
  EXPECT_EQ(write("b.example"), (Bytes{0xC0, 14}));
  EXPECT_EQ(write("example"), (Bytes{0xC0, 16}));
}

TEST_F(NameCompressorTest, NameWithoutRoomIsNotWrittenAndNotKnown) {
  EXPECT_EQ(compressor_.write(name("www.example"), 12, 12 + name("www.example").size() - 1), 0U);
  EXPECT_EQ(message_, Bytes(kRoom, 0xEE));
  EXPECT_EQ(compressor_.write(name("www.example"), 13, 12), 0U);
  EXPECT_EQ(write("www.example"), name("www.example"));
}

TEST_F(NameCompressorTest, PointerNeedsItsOwnRoom) {
  write("example");
  EXPECT_EQ(compressor_.write(name("example"), at_, at_ + 1), 0U);
  EXPECT_EQ(compressor_.write(name("example"), at_, at_ + 2), at_ + 2);
}

TEST_F(NameCompressorTest, WhatWasTakenOutIsForgotten) {
  write("example");
  const std::size_t mark = at_;
  write("www.other");
  compressor_.forget_from(mark);
  EXPECT_EQ(write("www.other"), name("www.other"));
  EXPECT_EQ(write("example"), (Bytes{0xC0, 12}));
}

TEST_F(NameCompressorTest, NothingPointsFartherThanAPointerReaches) {
  at_ = 0x3FFF;
  write("far");
  EXPECT_EQ(write("far"), (Bytes{0xFF, 0xFF}));
  at_ = 0x4000;
  write("farther");
  EXPECT_EQ(write("farther"), name("farther"));
}

// How many pointers a reader follows from `at` to the root.
int pointers_from(const Bytes& message, std::size_t at) {
  int pointers = 0;
  while (message[at] != 0) {
    if ((message[at] & 0xC0) == 0xC0) {
      at = test::u16_at(message, at) & 0x3FFF;
      ++pointers;
    } else {
      at += message[at] + 1U;
    }
  }
  return pointers;
}

TEST_F(NameCompressorTest, NoNameIsMadeOfMoreThanAFewPieces) {
  std::string text = "x";
  for (int count = 0; count < 30; ++count) {
    text = "y." + text;
    const std::size_t begin = at_;
    write(text);
    EXPECT_LE(pointers_from(message_, begin), 4);
  }
}

TEST_F(NameCompressorTest, FullTableLeavesLaterNamesInFull) {
  for (int count = 0; count < 64; ++count) {
    write("n" + std::to_string(count));
  }
  EXPECT_EQ(write("late"), name("late"));
  EXPECT_EQ(write("late"), name("late"));
  EXPECT_EQ(write("n63").size(), 2U);
}

TEST_F(NameCompressorTest, OfALongQuestionTheEndIsKnown) {
  std::string text = "end";
  for (int count = 0; count < 100; ++count) {
    text = "q." + text;
  }
  const Bytes question = name(text);
  std::copy(question.begin(), question.end(), message_.begin() + 12);
  compressor_.know(12);
  at_ = 12 + question.size();
  EXPECT_EQ(write("www.end").size(), 6U);
  EXPECT_EQ(write(text), (Bytes{0xC0, 12}));  // and the whole, which owns most records of the answer
}

}  // namespace
}  // namespace dnsd::wire
