// The short way gives what the long way gives, byte for byte, and is taken where it should be.
#include "dnsd/answer/usual_answer.h"

#include <gtest/gtest.h>

#include "tests/unit/dnsd/answer/responder_fixture.h"

namespace dnsd::test {
namespace {

constexpr std::string_view kSelector = "sel1-mosa._domainkey.dkim.secutix.com";
constexpr unsigned kRd = 0x0100;
constexpr unsigned kNotify = 0x2000;
constexpr unsigned kEveryFlagButQr = 0x07FF;

class UsualAnswer : public OptionsResponderTest {
 protected:
  [[nodiscard]] bool is_taken(const Bytes& query, std::size_t room = 65535) {
    std::vector<std::uint8_t> out(room);
    return usual_answer(prepared(query), out, settings_, client_).size > 0;
  }

  // Both ways, over both transports, and with little room.
  void expect_same(const Bytes& query, std::string_view what) {
    for (const auto transport : {answer::Transport::kUdp, answer::Transport::kTcp}) {
      for (const std::size_t room : {std::size_t{512}, std::size_t{1232}, std::size_t{65535}}) {
        client_.transport = transport;
        std::vector<std::uint8_t> short_way(room, 0xAA);
        std::vector<std::uint8_t> long_way(room, 0xAA);
        const answer::Answered left = respond(prepared(query), short_way, *image_, settings_, client_);
        const answer::Answered right = answer::respond(query, long_way, *image_, settings_, client_);
        ASSERT_EQ(left.size, right.size) << what;
        short_way.resize(left.size);
        long_way.resize(right.size);
        EXPECT_EQ(short_way, long_way) << what;
        EXPECT_EQ(left.kind, right.kind) << what;
        EXPECT_EQ(left.identity, right.identity) << what;
        EXPECT_EQ(left.has_valid_cookie, right.has_valid_cookie) << what;
      }
    }
    client_.transport = answer::Transport::kUdp;
  }

  // As a worker has it, one of a batch. Good until the next call.
  [[nodiscard]] const answer::Received& prepared(const Bytes& query) {
    answer::receive(query, *image_, settings_, received_);
    answer::prefetch({&received_, 1});
    return received_;
  }

  answer::Received received_;
};

TEST_F(UsualAnswer, IsTakenForAKey) {
  for (const char* const asked :
       {"sel1-mosa._domainkey.dkim.secutix.com", "SEL2-MosA._DOMAINKEY.dkim.SECUTIX.com", "spf.secutix.com"}) {
    EXPECT_TRUE(is_taken(query_with_opt(asked, kTxt, opt(1232)))) << asked;
    EXPECT_TRUE(is_taken(query_with_opt(asked, kTxt, opt(4096, kDo)))) << asked;
    EXPECT_TRUE(is_taken(message(kRd, {1, 0, 0, 0}, {question(name(asked))}))) << asked;
  }
}

TEST_F(UsualAnswer, LeavesAllElseToTheGeneralWay) {
  EXPECT_FALSE(is_taken(query_with_opt("nobody.dkim.secutix.com", kTxt, opt()))) << "no such name";
  EXPECT_FALSE(is_taken(query_with_opt("deep.empty.dkim.secutix.com", kTxt, opt()))) << "no such type there";
  EXPECT_FALSE(is_taken(query_with_opt("dkim.secutix.com", 2, opt()))) << "another type";
  EXPECT_FALSE(is_taken(query_with_opt("example.com", kTxt, opt()))) << "not our zone";
  EXPECT_FALSE(is_taken(message(kNotify, {1, 0, 0, 0}, {question(name(kSelector))}))) << "another opcode";
  EXPECT_FALSE(is_taken(message(0, {1, 0, 0, 0}, {question(name(kSelector), kTxt, 3)}))) << "another class";
  EXPECT_FALSE(is_taken(query_with_opt(kSelector, kTxt, opt(1232, 0x10000)))) << "EDNS version 1";
  EXPECT_FALSE(is_taken(query_with_opt("many.dkim.secutix.com", kTxt, opt()))) << "longer than the limit";
  EXPECT_FALSE(is_taken(query_with_opt(kSelector, kTxt, opt()), 400)) << "longer than the room";
}

TEST_F(UsualAnswer, GivesTheSameBytesAsTheGeneralWay) {
  const Bytes cookie = option(10, Bytes{1, 2, 3, 4, 5, 6, 7, 8});
  const std::vector<Bytes> opts{opt(),
                                opt(0),
                                opt(512),
                                opt(65535),
                                opt(1232, kDo),
                                opt(1232, 0x10000),
                                opt(1232, 0xFF7F),  // each bit that means nothing, and an extended RCODE of 0
                                opt(1232, 0, option(3)),
                                opt(1232, 0, cookie),
                                opt(1232, 0, option(11)),
                                opt(1232, 0, option(19)),
                                opt(1232, 0, option(12, Bytes(40, 0))),
                                opt(1232, 0, option(10, Bytes{1}))};
  for (const char* const asked : {"sel1-mosa._domainkey.dkim.secutix.com", "seL2-mosa._domainkey.dkim.secutix.com",
                                  "many.dkim.secutix.com", "deep.empty.dkim.secutix.com", "empty.dkim.secutix.com",
                                  "spf.secutix.com", "no.dkim.secutix.com", "dkim.secutix.com", "example.com", ""}) {
    for (const unsigned type : {0U, 2U, 6U, 16U, 41U, 43U, 250U, 252U, 255U}) {
      for (const unsigned asked_class : {1U, 3U, 255U}) {
        for (const unsigned flags : {0U, kRd, kNotify, kEveryFlagButQr}) {
          const Bytes asks = question(name(asked), type, asked_class);
          expect_same(message(flags, {1, 0, 0, 0}, {asks}), asked);
          expect_same(message(flags, {2, 0, 0, 0}, {asks, asks}), "two questions");
          for (const Bytes& each : opts) {
            expect_same(message(flags, {1, 0, 0, 1}, {asks, each}), asked);
          }
          expect_same(message(flags, {1, 0, 0, 2}, {asks, opts[0], opts[0]}), "two OPT records");
          expect_same(message(flags, {1, 0, 0, 1}, {asks, opts[0], Bytes{0}}), "a byte too many");
        }
      }
    }
  }
}

TEST_F(UsualAnswer, IsNotForASignedQuery) {
  const Bytes after_algorithm(6 + 2 + 2 + 2 + 2 + 2,
                              0);  // time, fudge, no MAC, ID, error, no other data (RFC 8945 4.2)
  const Bytes tsig = record(name("key"), 250, 255, 0, joined({name("hmac-sha256"), after_algorithm}));
  const Bytes query = message(0, {1, 0, 0, 1}, {question(name(kSelector)), tsig});
  EXPECT_FALSE(is_taken(query));
  expect_same(query, "TSIG");
}

TEST_F(UsualAnswer, IsNotForAZoneWithACut) {
  builder_ = zone::ImageBuilder();
  const auto zone = add_zone("cut.example");
  put(zone, "below.cut.example", 2, {name("ns.elsewhere.example")});
  put(zone, "key.below.cut.example", 16, {zonestore::txt_rdata("hidden")});
  image_ = builder_.finish().value();
  EXPECT_FALSE(is_taken(query_with_opt("key.below.cut.example", kTxt, opt())));
  expect_same(query_with_opt("key.below.cut.example", kTxt, opt()), "below a cut");
}

// What an earlier query has left in a Received that is used again means nothing.
TEST_F(UsualAnswer, ForgetsTheGuessOfTheQueryBefore) {
  (void)prepared(query_with_opt(kSelector, kTxt, opt()));
  answer::receive(query_with_opt(kSelector, kTxt, opt()), *image_, settings_, received_);
  EXPECT_FALSE(received_.guess);
}

}  // namespace
}  // namespace dnsd::test
