// Rate limiting may shorten any answer to its question after it was made.

#include "dnsd/wire/truncate.h"
#include "tests/unit/dnsd/answer/responder_fixture.h"

namespace dnsd::answer {
namespace {

using test::message;
using test::name;
using test::opt;
using test::query;
using test::query_with_opt;
using test::question;
using test::ResponderTest;
using test::Seen;
using zonestore::Bytes;

constexpr unsigned kTc = 0x0200;
constexpr std::size_t kReasonBytes = 6;  // an Extended DNS Error without text (RFC 8914 section 2)

// The answer to each, by what it is.
const std::pair<const char*, Bytes> kQueries[] = {
    {"positive", query("sel1-mosa._domainkey.dkim.secutix.com")},
    {"positive with OPT", query_with_opt("sel1-mosa._domainkey.dkim.secutix.com", test::kTxt, opt(1232, test::kDo))},
    {"truncated already", query("many.dkim.secutix.com")},
    {"no data", query("dkim.secutix.com", 1)},
    {"no such name", query_with_opt("no.dkim.secutix.com", test::kTxt, opt())},
    {"refused, with its reason", query_with_opt("example.com", test::kTxt, opt())},
    {"any", query("dkim.secutix.com", 255)},
    {"no question", message(0, {0, 0, 0, 0}, {})},
    {"two questions", message(0, {2, 0, 0, 0}, {question(name("a")), question(name("b"))})},
    {"a bad version", query_with_opt("spf.secutix.com", test::kTxt, opt(1232, 0x00010000))},
    {"another opcode", message(0x2800, {1, 0, 0, 0}, {question(name("spf.secutix.com"))})},
    {"the root", query("", 2)},
    {"the longest name", query(std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." +
                               std::string(61, 'd'))},
};

class ShortenedAnswers : public ResponderTest {};

TEST_F(ShortenedAnswers, AreHeaderQuestionAndOptWhateverTheAnswerWas) {
  for (const auto& [what, asked] : kQueries) {
    const Seen made = ask(asked);
    Seen shortened = made;
    shortened.bytes.resize(wire::truncate_answer(shortened.bytes));
    ASSERT_FALSE(shortened.silent()) << what;
    EXPECT_EQ(shortened.id(), made.id()) << what;
    EXPECT_EQ(shortened.flags(), made.flags() | kTc) << what;
    EXPECT_EQ(shortened.questions(), made.questions()) << what;
    EXPECT_EQ(shortened.answers(), 0U) << what;
    EXPECT_EQ(shortened.authorities(), 0U) << what;
    EXPECT_EQ(shortened.additionals(), test::u16_at(asked, 10)) << what << ": an OPT record if one came";
    EXPECT_LE(shortened.bytes.size(), asked.size() + kReasonBytes) << what << ": it amplifies nothing";
  }
}

class SignedAnswers : public ResponderTest {
 protected:
  SignedAnswers() {
    std::vector<wire::TsigKey> keys;
    keys.push_back({name("ns2-key"), {zonestore::crypto::HmacKind::kSha256, Bytes(32, 7)}});
    keys_ = wire::TsigKeys(std::move(keys));
    settings_.tsig_keys = &keys_;
    settings_.unix_seconds = 1'796'000'000;
  }

  wire::TsigKeys keys_;
};

// A way that carries less than we thought: who signed its question takes no answer that is not signed.
TEST_F(SignedAnswers, StaySignedWhenTheyAreShortened) {
  const wire::TsigKey& key = *keys_.find(name("ns2-key"));
  wire::TsigChain chain(key, {}, 0xBEEF);
  Bytes asked = query_with_opt("sel1-mosa._domainkey.dkim.secutix.com", test::kTxt, opt());
  const std::size_t size = asked.size();
  asked.resize(size + chain.record_bytes());
  asked.resize(chain.sign(asked, size, settings_.unix_seconds));
  Received received;
  receive(asked, *image_, settings_, received);
  ASSERT_TRUE(received.signature.is_good());
  Seen whole = ask(asked);
  std::vector<std::uint8_t> room = whole.bytes;
  const std::size_t shortened = shorten(received, room, room.size(), settings_);
  ASSERT_LT(shortened, whole.bytes.size());
  const Seen seen{{room.begin(), room.begin() + static_cast<std::ptrdiff_t>(shortened)}};
  EXPECT_EQ(seen.flags(), whole.flags() | kTc);
  EXPECT_EQ(seen.answers(), 0U);
  EXPECT_EQ(seen.additionals(), 2U) << "OPT and TSIG";
  wire::Query parsed;
  Bytes as_query = seen.bytes;
  as_query[2] = static_cast<std::uint8_t>(as_query[2] & 0x7FU);  // of a response nothing is read
  (void)wire::parse_query(as_query, parsed);
  ASSERT_TRUE(parsed.tsig);
  EXPECT_TRUE(wire::verify(seen.bytes, *parsed.tsig, keys_, settings_.unix_seconds, chain.mac()).is_good());
  EXPECT_EQ(shorten(received, room, shortened, settings_), shortened) << "it gets no shorter than that";
}

}  // namespace
}  // namespace dnsd::answer
