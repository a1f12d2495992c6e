// Which answers are one account for the rate limit: no second share of an answer for who asks for it otherwise.

#include <set>

#include "tests/unit/dnsd/answer/responder_fixture.h"

namespace dnsd::answer {
namespace {

using test::message;
using test::name;
using test::query;
using test::query_with_opt;
using test::question;
using zonestore::Bytes;

constexpr unsigned kA = 1;
constexpr unsigned kCname = 5;
constexpr unsigned kSoa = 6;
constexpr unsigned kTxt = 16;
constexpr unsigned kDname = 39;
constexpr unsigned kAny = 255;
constexpr unsigned kClassAny = 255;

class RateAccounts : public test::ResponderTest {
 protected:
  using Account = std::pair<AnswerKind, std::uint64_t>;

  RateAccounts() {
    builder_ = {};
    const auto zone = add_zone("p.test");
    put(zone, "a.p.test", kA, {Bytes{192, 0, 2, 1}});
    put(zone, "a.p.test", kTxt, {zonestore::txt_rdata("text")});
    put(zone, "alias.p.test", kCname, {name("a.p.test")});
    put(zone, "away.p.test", kDname, {name("other.test")});
    put(zone, "*.wild.p.test", kTxt, {zonestore::txt_rdata("any")});
    put(zone, "*.led.p.test", kCname, {name("a.p.test")});
    const auto plain = add_zone("plain.test");
    put(plain, "k.plain.test", kTxt, {zonestore::txt_rdata("text")});
    image_ = builder_.finish().value();
  }

  [[nodiscard]] Account account(const Bytes& query_bytes) const {
    Bytes out(1232);
    Received received;
    receive(query_bytes, *image_, settings_, received);
    prefetch({&received, 1});
    const Answered answered = respond(received, out, *image_, settings_, client_);
    EXPECT_GT(answered.size, 0U);
    return {answered.kind, answered.identity};
  }
  [[nodiscard]] Account account(std::string_view asked, unsigned type) const { return account(query(asked, type)); }

  void expect_one(const std::vector<std::pair<const char*, unsigned>>& questions) const {
    std::set<Account> accounts;
    for (const auto& [asked, type] : questions) {
      accounts.insert(account(asked, type));
      EXPECT_EQ(accounts.size(), 1U) << asked << " " << type;
    }
  }
};

TEST_F(RateAccounts, AnyIsTheTypeThatItIsAnsweredWith) {
  const Account any = account("a.p.test", kAny);
  EXPECT_TRUE(any == account("a.p.test", kA) || any == account("a.p.test", kTxt));
  expect_one({{"k.plain.test", kAny}, {"k.plain.test", kTxt}, {"K.Plain.Test", kAny}});
  expect_one({{"b.wild.p.test", kAny}, {"c.wild.p.test", kTxt}, {"*.wild.p.test", kAny}});
}

TEST_F(RateAccounts, DifferentTypesOfANameAreDifferent) {
  EXPECT_NE(account("a.p.test", kA), account("a.p.test", kTxt));
}

TEST_F(RateAccounts, AWildcardIsOneForAllNamesBelowIt) {
  expect_one({{"b.wild.p.test", kTxt}, {"C.WILD.p.test", kTxt}, {"d.e.wild.p.test", kTxt}, {"*.wild.p.test", kTxt}});
  expect_one({{"b.wild.p.test", kA}, {"c.wild.p.test", kSoa}});
}

TEST_F(RateAccounts, AnAliasIsOneWhateverIsAskedThere) {
  expect_one({{"alias.p.test", kA}, {"alias.p.test", kTxt}, {"alias.p.test", kCname}, {"ALIAS.p.test", kAny}});
  expect_one({{"b.led.p.test", kA}, {"c.led.p.test", kCname}, {"d.led.p.test", kAny}, {"e.led.p.test", kTxt}});
}

TEST_F(RateAccounts, ADnameIsOneWithAllNamesBelowIt) {
  expect_one({{"a.away.p.test", kA}, {"b.away.p.test", kAny}, {"c.away.p.test", kCname}, {"away.p.test", kDname}});
}

TEST_F(RateAccounts, WhatIsNotThereIsOneWhateverTheTypeAndCase) {
  expect_one({{"alias.p.test", kCname}});
  expect_one({{"a.p.test", kSoa}, {"A.p.test", 999}, {"a.P.test", kDname}});
  expect_one({{"no.p.test", kA}, {"NO.p.test", kAny}, {"never.p.test", kTxt}});
}

TEST_F(RateAccounts, AnotherClassIsRefusedLikeAllElse) {
  const Bytes any_class = message(0, {}, {question(name("a.p.test"), kA, kClassAny)});
  EXPECT_EQ(account(any_class), account("elsewhere.test", kTxt));
}

TEST_F(RateAccounts, EdnsMakesNoOther) {
  const Account plain = account("k.plain.test", kTxt);
  EXPECT_EQ(account(query_with_opt("k.plain.test", kTxt, test::opt())), plain);
  EXPECT_EQ(account(query_with_opt("k.plain.test", kAny, test::opt(1232, test::kDo))), plain);
}

}  // namespace
}  // namespace dnsd::answer
