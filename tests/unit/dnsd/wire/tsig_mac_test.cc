#include "dnsd/wire/tsig_mac.h"

#include <cctype>
#include <string>

#include <gtest/gtest.h>

#include "dnsd/wire/query.h"
#include "tests/unit/dnsd/answer/messages.h"

namespace dnsd::wire {
namespace {

using test::append;
using test::append_u16;
using test::append_u32;
using test::name;
using zonestore::Bytes;
using zonestore::crypto::Hmac;
using zonestore::crypto::hmac_bytes;
using zonestore::crypto::HmacKey;
using zonestore::crypto::HmacKind;
using State = Signature::State;

constexpr std::uint64_t kNow = 0x1'0000'0203;  // beyond 32 bits
const Bytes kTimeAndFudge{0, 1, 0, 0, 2, 3, 1, 0x2C};
const Bytes kSecret(32, 7);

// The record data, with a MAC of this length.
Bytes tsig_data() {
  Bytes data = name("hmac-sha256");
  append(data, kTimeAndFudge);
  append_u16(data, 32);
  append(data, Bytes(32, 0xAA));
  for (const unsigned value : {4711U, 0U, 0U}) {
    append_u16(data, value);
  }
  return data;
}

class CloseUnsigned : public ::testing::Test {
 protected:
  CloseUnsigned() : question_(test::question(name("Example"))), answer_(test::message(0x8009, {}, {question_})) {
    query_ = test::message(0, {1, 0, 0, 1}, {question_});
  }

  // The answer to a query whose key has that name in wire form.
  Bytes answer_to(const Bytes& key, std::size_t limit = 512) {
    const std::size_t owner_at = query_.size();
    append(query_, key);
    const Bytes data = tsig_data();
    const auto tsig = parse_tsig({.owner_at = owner_at, .type = kTypeTsig, .record_class = kClassAny, .rdata = data});
    Bytes out = answer_;
    out.resize(1024);
    const Signature unknown{Signature::State::kBad, TsigError::kBadKey, nullptr};
    EXPECT_EQ(closing_bytes(unknown), 0U);
    out.resize(close_answer(out, answer_.size(), limit, query_, tsig.value(), unknown, kNow));
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

TEST_F(CloseUnsigned, NamesTheKeyAndTheErrorWithoutAMac) {
  EXPECT_EQ(answer_to(name("Key.Test")), expected(name("key.test")));
}

TEST_F(CloseUnsigned, NameOfTheKeyMayBeCompressedInTheQuery) {
  EXPECT_EQ(answer_to(Bytes{3, 'k', 'e', 'y', 0xC0, 12}), expected(name("key.example")));
}

TEST_F(CloseUnsigned, NameThatLeadsNowhereIsLeftOut) {
  for (const Bytes& key :
       {Bytes{0xC0, 0}, Bytes{0xC0}, Bytes{0xC0, 200}, Bytes{3, 'k'}, Bytes{64, 'k'}, Bytes{0x80}}) {
    query_ = test::message(0, {1, 0, 0, 1}, {question_});
    EXPECT_EQ(answer_to(key), answer_);
  }
}

TEST_F(CloseUnsigned, NameThatIsTooLongIsLeftOut) {
  Bytes key;
  for (int count = 0; count < 4; ++count) {
    key.push_back(63);
    append(key, Bytes(63, 'k'));
  }
  key.push_back(0);
  EXPECT_EQ(answer_to(key), answer_);
}

TEST_F(CloseUnsigned, AnswerWithoutRoomSaysSo) {
  const std::size_t needed = expected(name("key")).size();
  EXPECT_EQ(answer_to(name("key"), needed), expected(name("key")));
  query_ = test::message(0, {1, 0, 0, 1}, {question_});
  const Bytes cut = answer_to(name("key"), needed - 1);
  EXPECT_EQ(cut, test::message(0x8209, {}, {question_}));
}

// A second maker of signatures, straight from RFC 8945 sections 4.2 and 4.3: what the code is held against.
struct Signer {
  HmacKind kind = HmacKind::kSha256;
  std::string key_name = "ns2-key";
  std::string algorithm = "hmac-sha256";
  Bytes secret = kSecret;
  std::uint64_t time = kNow;
  unsigned fudge = 300;
  unsigned error = 0;
  Bytes other = {};
  unsigned original_id = 0xBEEF;

  [[nodiscard]] Bytes time_and_fudge() const {
    Bytes out;
    append_u16(out, static_cast<unsigned>(time >> 32U));
    append_u32(out, static_cast<std::uint32_t>(time));
    append_u16(out, fudge);
    return out;
  }
  [[nodiscard]] Bytes mac(ByteView prior, const Bytes& message, bool timers_only = false) const {
    Bytes digested;
    if (!prior.empty()) {
      append_u16(digested, static_cast<unsigned>(prior.size()));
      append(digested, prior);
    }
    append(digested, message);
    if (!timers_only) {
      append(digested, name(key_name));
      append_u16(digested, 255);
      append_u32(digested, 0);
      append(digested, name(algorithm));
    }
    append(digested, time_and_fudge());
    if (!timers_only) {
      append_u16(digested, error);
      append_u16(digested, static_cast<unsigned>(other.size()));
      append(digested, other);
    }
    Hmac hmac(HmacKey(kind, secret));
    hmac.add(digested);
    const auto code = hmac.finish();
    return {code.view().begin(), code.view().end()};
  }
  [[nodiscard]] Bytes closed(Bytes message, ByteView mac) const {
    Bytes data = name(algorithm);
    append(data, time_and_fudge());
    append_u16(data, static_cast<unsigned>(mac.size()));
    append(data, mac);
    append_u16(data, original_id);
    append_u16(data, error);
    append_u16(data, static_cast<unsigned>(other.size()));
    append(data, other);
    append(message, test::record(name(key_name), 250, 255, 0, data));
    ++message[11];
    return message;
  }
  [[nodiscard]] Bytes sign(const Bytes& message) const { return closed(message, mac({}, message)); }
};

TsigKeys keys() {
  std::vector<TsigKey> all;
  all.push_back({name("ns2-key"), HmacKey(HmacKind::kSha256, kSecret)});
  all.push_back({name("ns3-key"), HmacKey(HmacKind::kSha512, kSecret)});
  return TsigKeys(std::move(all));
}

class VerifyTsig : public ::testing::Test {
 protected:
  Signature verdict(const Bytes& message, ByteView prior = {}) {
    EXPECT_NE(parse_query(message, query_), Form::kSilence);
    return query_.tsig ? verify(message, *query_.tsig, keys_, kNow, prior) : Signature{};
  }
  void expect(const Bytes& message, State state, TsigError error, bool has_key) {
    const Signature found = verdict(message);
    EXPECT_EQ(found.state, state);
    EXPECT_EQ(found.error, error);
    EXPECT_EQ(found.key != nullptr, has_key);
  }

  const TsigKeys keys_ = keys();
  const Bytes asked_ = test::query("dkim.secutix.com", 6);
  Query query_;
};

TEST_F(VerifyTsig, HoldsForEachKeyInAnyCaseOfItsNames) {
  expect(Signer{}.sign(asked_), State::kGood, TsigError::kNone, true);
  const Signer wide{.kind = HmacKind::kSha512, .key_name = "ns3-key", .algorithm = "hmac-sha512"};
  expect(wide.sign(asked_), State::kGood, TsigError::kNone, true);
  Bytes shouted = Signer{}.sign(asked_);
  for (std::size_t at = asked_.size(); at < asked_.size() + 40; ++at) {
    if (shouted[at] == 'k' || shouted[at] == 'h') {
      shouted[at] = static_cast<std::uint8_t>(shouted[at] - 32);
    }
  }
  expect(shouted, State::kGood, TsigError::kNone, true);
}

TEST_F(VerifyTsig, EachOtherBitOfTheRequestCounts) {
  const Bytes signed_query = Signer{}.sign(asked_);
  for (std::size_t at = 2; at < signed_query.size(); ++at) {  // the ID is no part of the digest
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes flipped = signed_query;
      flipped[at] = static_cast<std::uint8_t>(flipped[at] ^ (1U << bit));
      const bool is_case =
          bit == 5 && at >= asked_.size() && at < asked_.size() + 33 && std::isalpha(flipped[at]) != 0;
      if (!is_case && (flipped[2] & 0x80) == 0) {
        EXPECT_FALSE(verdict(flipped).is_good()) << at << " bit " << bit;
      }
    }
  }
}

TEST_F(VerifyTsig, AnotherIdIsThatOfAForwarder) {
  Bytes forwarded = Signer{}.sign(asked_);
  forwarded[0] = 1;
  expect(forwarded, State::kGood, TsigError::kNone, true);
}

TEST_F(VerifyTsig, KeyAndAlgorithmComeFirst) {
  expect(Signer{.key_name = "ns4-key"}.sign(asked_), State::kBad, TsigError::kBadKey, false);
  expect(Signer{.algorithm = "hmac-sha512"}.sign(asked_), State::kBad, TsigError::kBadKey, false);
  expect(Signer{.key_name = "ns4-key"}.closed(asked_, {}), State::kBad, TsigError::kBadKey, false);
}

TEST_F(VerifyTsig, AnotherSecretIsABadSignature) {
  expect(Signer{.secret = Bytes(32, 8)}.sign(asked_), State::kBad, TsigError::kBadSig, false);
  expect(Signer{.secret = Bytes(32, 8), .time = 5}.sign(asked_), State::kBad, TsigError::kBadSig, false);
}

TEST_F(VerifyTsig, TimeMayDifferByTheFudge) {
  for (const std::uint64_t time : {kNow - 300, kNow + 300}) {
    expect(Signer{.time = time}.sign(asked_), State::kGood, TsigError::kNone, true);
  }
  for (const std::uint64_t time : {kNow - 301, kNow + 301, std::uint64_t{0}, std::uint64_t{0xFFFF'FFFF'FFFF}}) {
    expect(Signer{.time = time}.sign(asked_), State::kBad, TsigError::kBadTime, true);
  }
}

TEST_F(VerifyTsig, MacHasALengthThatItMayHave) {
  const Signer signer;
  const Bytes whole = signer.mac({}, asked_);
  const auto with = [&](std::size_t size) { return signer.closed(asked_, ByteView(whole).first(size)); };
  for (const std::size_t size : {0U, 1U, 9U, 10U, 15U}) {
    expect(with(size), State::kMalformed, TsigError::kNone, false);
  }
  for (const std::size_t size : {16U, 31U}) {
    expect(with(size), State::kBad, TsigError::kBadTrunc, true);
  }
  Bytes longer = whole;
  longer.push_back(0);
  expect(signer.closed(asked_, longer), State::kMalformed, TsigError::kNone, false);
  Bytes wrong(ByteView(whole).first(16).begin(), ByteView(whole).first(16).end());
  wrong[15] ^= 1U;
  expect(signer.closed(asked_, wrong), State::kBad, TsigError::kBadSig, false);
}

TEST_F(VerifyTsig, IsNothingWithBytesBehindIt) {
  Bytes more = Signer{}.sign(asked_);
  more.push_back(0);
  expect(more, State::kNone, TsigError::kNone, false);
}

class CloseAnswer : public VerifyTsig {
 protected:
  // The answer to a query that is signed so.
  Bytes close(const Bytes& signed_query) {
    const Signature found = verdict(signed_query);
    Bytes out = answer_;
    out.resize(1024);
    const std::size_t size = close_answer(out, answer_.size(), out.size(), signed_query, *query_.tsig, found, kNow);
    if (closing_bytes(found) > 0) {
      EXPECT_EQ(size, answer_.size() + closing_bytes(found)) << "what was kept free is what was used";
    }
    out.resize(size);
    return out;
  }

  const Bytes answer_ = test::message(0x8400, {}, {test::question(name("dkim.secutix.com"), 6)});
};

TEST_F(CloseAnswer, IsSignedTogetherWithTheRequestsMac) {
  const Signer signer;
  EXPECT_EQ(close(signer.sign(asked_)), signer.closed(answer_, signer.mac(signer.mac({}, asked_), answer_)));
}

TEST_F(CloseAnswer, BadTimeIsSignedAndHasBothClocks) {
  const Signer late{.time = kNow - 1000, .fudge = 7};
  Signer told = late;
  told.error = 18;
  told.other = Bytes{0, 1, 0, 0, 2, 3};
  EXPECT_EQ(close(late.sign(asked_)), told.closed(answer_, told.mac(late.mac({}, asked_), answer_)));
}

TEST_F(CloseAnswer, BadTruncIsSignedWithTheMacAsItCame) {
  const Signer signer;
  const Bytes whole = signer.mac({}, asked_);
  const ByteView shortened = ByteView(whole).first(20);
  Signer told;
  told.error = 22;
  EXPECT_EQ(close(signer.closed(asked_, shortened)), told.closed(answer_, told.mac(shortened, answer_)));
}

TEST_F(CloseAnswer, BadSigIsUnsigned) {
  const Signer stranger{.secret = Bytes(32, 8)};
  Signer told = stranger;
  told.error = 16;
  EXPECT_EQ(close(stranger.sign(asked_)), told.closed(answer_, {}));
}

TEST_F(CloseAnswer, ChainDigestsTheMacBeforeAndTheTimersAlone) {
  const Signer signer;
  const Bytes request_mac = signer.mac({}, asked_);
  const TsigKeys keys = wire::keys();
  TsigChain chain(*keys.find(name("ns2-key")), request_mac, 0xBEEF);
  const auto next = [&](std::uint64_t time) {
    Bytes out = answer_;
    out.resize(1024);
    const std::size_t size = chain.sign(out, answer_.size(), time);
    EXPECT_EQ(size, answer_.size() + chain.record_bytes());
    out.resize(size);
    return out;
  };
  Bytes mac = signer.mac(request_mac, answer_);
  EXPECT_EQ(next(kNow), signer.closed(answer_, mac));
  for (const unsigned later : {1U, 2U}) {
    const Signer timed{.time = kNow + later};
    mac = timed.mac(mac, answer_, true);
    EXPECT_EQ(next(kNow + later), timed.closed(answer_, mac));
  }
}

TEST_F(CloseAnswer, ChainBeginsWithARequestWhoseAnswerIsVerifiedByItsMac) {
  const TsigKeys keys = wire::keys();
  TsigChain chain(*keys.find(name("ns2-key")), {}, 0xBEEF);
  Bytes request = asked_;
  request.resize(1024);
  request.resize(chain.sign(request, asked_.size(), kNow));
  EXPECT_EQ(request, Signer{}.sign(asked_));
  const Signer signer;
  EXPECT_TRUE(verdict(signer.closed(asked_, signer.mac(chain.mac(), asked_)), chain.mac()).is_good());
  EXPECT_EQ(verdict(signer.sign(asked_), chain.mac()).error, TsigError::kBadSig);
}

}  // namespace
}  // namespace dnsd::wire
