// RFC 8945 sections 4.2, 5.2 and 5.3.2.
#include "dnsd/wire/tsig.h"

#include <gtest/gtest.h>

#include "tests/unit/dnsd/answer/messages.h"

namespace dnsd::wire {
namespace {

using test::append;
using test::append_u16;
using test::name;
using zonestore::Bytes;

const Bytes kTimeAndFudge{0, 0, 0x65, 1, 2, 3, 1, 0x2C};

// The record data, with a MAC and other data of these lengths.
Bytes tsig_data(std::size_t mac_bytes = 32, std::size_t other_bytes = 0) {
  Bytes data = name("hmac-sha256");
  append(data, kTimeAndFudge);
  append_u16(data, static_cast<unsigned>(mac_bytes));
  append(data, Bytes(mac_bytes, 0xAA));
  append_u16(data, 4711);
  append_u16(data, 0);
  append_u16(data, static_cast<unsigned>(other_bytes));
  append(data, Bytes(other_bytes, 0xBB));
  return data;
}

Record tsig_record(std::size_t owner_at, ByteView rdata, std::uint16_t record_class) {
  return {.owner_at = owner_at, .type = kTypeTsig, .record_class = record_class, .ttl = 5, .rdata = rdata};
}

TEST(ParseTsig, ReadsWhatAnAnswerNeeds) {
  const Bytes data = tsig_data(32, 6);
  const auto tsig = parse_tsig(tsig_record(40, data, kClassAny));
  ASSERT_TRUE(tsig.has_value());
  EXPECT_EQ(tsig->owner_at, 40U);
  EXPECT_TRUE(std::ranges::equal(tsig->algorithm, name("hmac-sha256")));
  EXPECT_TRUE(std::ranges::equal(tsig->time_and_fudge, kTimeAndFudge));
  EXPECT_EQ(tsig->mac.size(), 32U);
  EXPECT_EQ(tsig->mac[0], 0xAA);
  EXPECT_EQ(tsig->original_id, 4711U);
  EXPECT_EQ(tsig->error, 0U);
  EXPECT_EQ(tsig->other.size(), 6U);
  EXPECT_EQ(tsig->time(), 0x65010203U);
  EXPECT_EQ(tsig->fudge(), 300U);
  EXPECT_EQ(tsig->ttl, 5U);
}

TEST(ParseTsig, IsMalformedWhereverItIsCutShort) {
  const Bytes data = tsig_data();
  for (std::size_t size = 0; size < data.size(); ++size) {
    EXPECT_FALSE(parse_tsig(tsig_record(12, ByteView(data).first(size), kClassAny)).has_value()) << size;
  }
}

TEST(ParseTsig, IsMalformedWithBytesLeftOver) {
  Bytes data = tsig_data();
  data.push_back(0);
  EXPECT_FALSE(parse_tsig(tsig_record(12, data, kClassAny)).has_value());
}

TEST(ParseTsig, HasTheClassAny) {
  EXPECT_FALSE(parse_tsig(tsig_record(12, tsig_data(), kClassIn)).has_value());
}

TEST(ParseTsig, HasAnUncompressedAlgorithm) {
  Bytes data{0xC0, 12};
  append(data, Bytes(18, 0));
  EXPECT_FALSE(parse_tsig(tsig_record(12, data, kClassAny)).has_value());
}

}  // namespace
}  // namespace dnsd::wire
