#include "dnsd/wire/name.h"

#include <gtest/gtest.h>

namespace dnsd::wire {
namespace {

using zonestore::Bytes;

// `labels` labels of `size` bytes each, and the root.
Bytes name_of(std::size_t labels, std::size_t size) {
  Bytes wire;
  for (; labels > 0; --labels) {
    wire.push_back(static_cast<std::uint8_t>(size));
    wire.insert(wire.end(), size, 'A');
  }
  wire.push_back(0);
  return wire;
}

bool reads(const Bytes& wire) {
  Reader reader(wire);
  LoweredName name;
  read_uncompressed_name(reader, name);
  return reader.ok();
}

// `wire` as the owner of a record that begins right behind the header.
bool skips(const Bytes& wire) {
  Bytes message(kHeaderBytes, 0);
  message.insert(message.end(), wire.begin(), wire.end());
  Reader reader(message);
  reader.take(kHeaderBytes);
  skip_name(reader);
  return reader.ok() && reader.at_end();
}

TEST(WireName, FoldsAsciiLettersOnlyRfc4343) {
  const Bytes wire{4, 'A', 'z', 0xC4, '[', 1, '@', 0};
  Reader reader(wire);
  LoweredName name;
  read_uncompressed_name(reader, name);
  ASSERT_TRUE(reader.ok());
  EXPECT_TRUE(reader.at_end());
  const Bytes expected{4, 'a', 'z', 0xC4, '[', 1, '@', 0};
  EXPECT_EQ(Bytes(name.view().begin(), name.view().end()), expected);
}

TEST(WireName, TakesTheRoot) {
  EXPECT_TRUE(reads({0}));
}

TEST(WireName, StopsBehindTheRootLabel) {
  const Bytes wire{1, 'a', 0, 9, 9};
  Reader reader(wire);
  LoweredName name;
  read_uncompressed_name(reader, name);
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.position(), 3U);
}

TEST(WireName, TakesLabelsOf63BytesAndRefuses64Rfc1035) {
  EXPECT_TRUE(reads(name_of(1, 63)));
  EXPECT_FALSE(reads(name_of(1, 64)));
}

TEST(WireName, TakesNamesOf255BytesAndRefuses256Rfc1035) {
  Bytes at_the_limit;
  for (int label = 0; label < 127; ++label) {
    at_the_limit.push_back(1);
    at_the_limit.push_back('a');
  }
  at_the_limit.push_back(0);
  ASSERT_EQ(at_the_limit.size(), 255U);
  EXPECT_TRUE(reads(at_the_limit));
  EXPECT_TRUE(skips(at_the_limit));
  Bytes over = at_the_limit;
  over[252] = 2;
  over.insert(over.begin() + 253, 'a');
  ASSERT_EQ(over.size(), 256U);
  EXPECT_FALSE(reads(over));
  EXPECT_FALSE(skips(over));
}

TEST(WireName, RefusesPointersAndReservedLabelTypesInAQuestion) {
  EXPECT_FALSE(reads({0xC0, 0x0C}));
  EXPECT_FALSE(reads({1, 'a', 0xC0, 0x00}));
  EXPECT_FALSE(reads({0x40, 0}));
  EXPECT_FALSE(reads({0x80, 0}));
}

TEST(WireName, RefusesWhatRunsPastTheEnd) {
  EXPECT_FALSE(reads({}));
  EXPECT_FALSE(reads({3, 'a', 'b'}));
  EXPECT_FALSE(reads({3, 'a', 'b', 'c'}));
}

TEST(WireName, SkipsAnOwnerThatPointsBackOnly) {
  Bytes message(kHeaderBytes, 0);
  message.insert(message.end(), {1, 'a', 0, 1, 'b', 0xC0, 0x0C});
  Reader reader(message);
  reader.take(kHeaderBytes + 3);
  skip_name(reader);
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.at_end());
}

TEST(WireName, RefusesAnOwnerThatPointsToItselfForwardOrIntoTheHeader) {
  EXPECT_FALSE(skips({0xC0, 0x0C}));
  EXPECT_FALSE(skips({1, 'a', 0xC0, 0x0C}));
  EXPECT_FALSE(skips({0xC0, 0xFF}));
  EXPECT_FALSE(skips({0xC0, 0x00}));
  EXPECT_FALSE(skips({0xC0}));
  EXPECT_FALSE(skips({0x80, 0}));
}

TEST(Reader, FailsForGoodAndGivesZeros) {
  const Bytes bytes{1, 2, 3};
  Reader reader(bytes);
  EXPECT_EQ(reader.u16(), 0x0102);
  EXPECT_EQ(reader.u16(), 0);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace dnsd::wire
