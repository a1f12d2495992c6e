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

TEST(ParseTsig, ReadsWhatAnAnswerNeeds) {
  const Bytes data = tsig_data(32, 6);
  const auto tsig = parse_tsig(40, kClassAny, data);
  ASSERT_TRUE(tsig.has_value());
  EXPECT_EQ(tsig->owner_at, 40U);
  EXPECT_TRUE(std::ranges::equal(tsig->algorithm, name("hmac-sha256")));
  EXPECT_TRUE(std::ranges::equal(tsig->time_and_fudge, kTimeAndFudge));
  EXPECT_EQ(tsig->original_id, 4711U);
}

TEST(ParseTsig, IsMalformedWhereverItIsCutShort) {
  const Bytes data = tsig_data();
  for (std::size_t size = 0; size < data.size(); ++size) {
    EXPECT_FALSE(parse_tsig(12, kClassAny, ByteView(data).first(size)).has_value()) << size;
  }
}

TEST(ParseTsig, IsMalformedWithBytesLeftOver) {
  Bytes data = tsig_data();
  data.push_back(0);
  EXPECT_FALSE(parse_tsig(12, kClassAny, data).has_value());
}

TEST(ParseTsig, HasTheClassAny) {
  EXPECT_FALSE(parse_tsig(12, kClassIn, tsig_data()).has_value());
}

TEST(ParseTsig, HasAnUncompressedAlgorithm) {
  Bytes data{0xC0, 12};
  append(data, Bytes(18, 0));
  EXPECT_FALSE(parse_tsig(12, kClassAny, data).has_value());
}

class AppendUnknownKey : public ::testing::Test {
 protected:
  AppendUnknownKey() : question_(test::question(name("Example"))), answer_(test::message(0x8009, {}, {question_})) {
    query_ = test::message(0, {1, 0, 0, 1}, {question_});
  }

  // The answer to a query whose key has that name in wire form.
  Bytes answer_to(const Bytes& key, std::size_t limit = 512) {
    const std::size_t owner_at = query_.size();
    append(query_, key);
    const Bytes data = tsig_data();
    const auto tsig = parse_tsig(owner_at, kClassAny, data);
    Bytes out = answer_;
    out.resize(1024);
    out.resize(append_unknown_key(out, answer_.size(), limit, query_, tsig.value()));
    return out;
  }

  [[nodiscard]] Bytes expected(const Bytes& key) const {
    Bytes data = name("hmac-sha256");
    append(data, kTimeAndFudge);
    for (const unsigned value : {0U, 4711U, 17U, 0U}) {
      append_u16(data, value);
    }
    Bytes message = test::message(0x8009, {1, 0, 0, 1}, {question_});
    append(message, test::record(key, 250, 255, 0, data));
    return message;
  }

  Bytes question_;
  Bytes answer_;
  Bytes query_;
};

TEST_F(AppendUnknownKey, NamesTheKeyAndTheErrorWithoutAMac) {
  EXPECT_EQ(answer_to(name("Key.Test")), expected(name("key.test")));
}

TEST_F(AppendUnknownKey, NameOfTheKeyMayBeCompressedInTheQuery) {
  EXPECT_EQ(answer_to(Bytes{3, 'k', 'e', 'y', 0xC0, 12}), expected(name("key.example")));
}

TEST_F(AppendUnknownKey, NameThatLeadsNowhereIsLeftOut) {
  for (const Bytes& key :
       {Bytes{0xC0, 0}, Bytes{0xC0}, Bytes{0xC0, 200}, Bytes{3, 'k'}, Bytes{64, 'k'}, Bytes{0x80}}) {
    query_ = test::message(0, {1, 0, 0, 1}, {question_});
    EXPECT_EQ(answer_to(key), answer_);
  }
}

TEST_F(AppendUnknownKey, NameThatIsTooLongIsLeftOut) {
  Bytes key;
  for (int count = 0; count < 4; ++count) {
    key.push_back(63);
    append(key, Bytes(63, 'k'));
  }
  key.push_back(0);
  EXPECT_EQ(answer_to(key), answer_);
}

TEST_F(AppendUnknownKey, AnswerWithoutRoomSaysSo) {
  const std::size_t needed = expected(name("key")).size();
  EXPECT_EQ(answer_to(name("key"), needed), expected(name("key")));
  query_ = test::message(0, {1, 0, 0, 1}, {question_});
  const Bytes cut = answer_to(name("key"), needed - 1);
  EXPECT_EQ(cut, test::message(0x8209, {}, {question_}));
}

}  // namespace
}  // namespace dnsd::wire
