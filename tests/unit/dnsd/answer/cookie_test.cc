// Server cookies: RFC 7873, RFC 9018 and its test vectors.
#include "dnsd/answer/cookie.h"

#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include "zonestore/base/bytes.h"

namespace dnsd::answer {
namespace {

using zonestore::Bytes;

Bytes hex(std::string_view digits) {
  Bytes bytes;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(digits.substr(at, 2)), nullptr, 16)));
  }
  return bytes;
}

CookieSecret secret(std::string_view digits) {
  const Bytes bytes = hex(digits);
  CookieSecret result{};
  std::copy(bytes.begin(), bytes.end(), result.begin());
  return result;
}

Bytes ip(const char* text) {
  Bytes address(16);
  if (::inet_pton(AF_INET, text, address.data()) == 1) {
    address.resize(4);
  } else {
    EXPECT_EQ(::inet_pton(AF_INET6, text, address.data()), 1) << text;
  }
  return address;
}

Bytes bytes_of(const wire::FullCookie& cookie) {
  return {cookie.begin(), cookie.end()};
}

constexpr std::string_view kOldSecret = "dd3bdf9344b678b185a6f5cb60fca715";
constexpr std::string_view kSecret = "e5e973e5a6b2a43f48e7dc849e37bfcf";
constexpr std::string_view kNewSecret = "445536bcd2513298075a5d379663c962";
constexpr std::string_view kClientCookie = "2464c4abcf10c957";
constexpr std::uint32_t kMade = 1559731985;  // 2019-06-05 10:53:05

JudgedCookie judge(const CookieSecrets& secrets, std::string_view option, const char* address, std::uint32_t now) {
  const Bytes address_bytes = ip(address);
  const Bytes option_bytes = hex(option);
  return judge_cookie(secrets, option_bytes, {address_bytes, now});
}

class Cookie : public ::testing::Test {
 protected:
  [[nodiscard]] Bytes made() const { return bytes_of(ask(hex(kClientCookie), kMade).answer); }
  [[nodiscard]] JudgedCookie ask(const Bytes& option, std::uint32_t now) const {
    return judge_cookie(secrets_, option, {address_, now});
  }

  CookieSecrets secrets_{{secret(kSecret)}};
  Bytes address_ = ip("198.51.100.100");
};

TEST(CookieVectors, NewServerCookieRfc9018A1) {
  const auto judged = judge(CookieSecrets({secret(kSecret)}), kClientCookie, "198.51.100.100", kMade);
  EXPECT_EQ(judged.state, CookieState::kClientOnly);
  EXPECT_EQ(bytes_of(judged.answer), hex("2464c4abcf10c957010000005cf79f111f8130c3eee29480"));
}

TEST(CookieVectors, SameClientGetsARenewedCookieRfc9018A2) {
  const auto judged = judge(CookieSecrets({secret(kSecret)}), "2464c4abcf10c957010000005cf79f111f8130c3eee29480",
                            "198.51.100.100", 1559734385);
  EXPECT_EQ(judged.state, CookieState::kValid);
  EXPECT_EQ(bytes_of(judged.answer), hex("2464c4abcf10c957010000005cf7a871d4a564a1442aca77"));
}

// The example renews it two hours after it was made, which is later than the same RFC's section 4.3 accepts it.
TEST(CookieVectors, ReservedBytesAreHashedAsTheyCameRfc9018A3) {
  const CookieSecrets secrets({secret(kSecret)});
  constexpr std::string_view kOption = "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5";
  constexpr std::uint32_t kMadeThen = 1559727985;
  EXPECT_EQ(judge(secrets, kOption, "203.0.113.203", kMadeThen).state, CookieState::kValid);
  EXPECT_EQ(bytes_of(judge(secrets, kOption, "203.0.113.203", 1559734700).answer),
            hex("fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e"));
}

TEST(CookieVectors, CookieByTheSecretBeforeIsValidAndRenewedOverIpv6Rfc9018A4) {
  const auto judged =
      judge(CookieSecrets({secret(kNewSecret), secret(kOldSecret)}),
            "22681ab97d52c298010000005cf7c57926556bd0934c72f8", "2001:db8:220:1:59de:d0f4:8769:82b8", 1559741961);
  EXPECT_EQ(judged.state, CookieState::kValid);
  EXPECT_EQ(bytes_of(judged.answer), hex("22681ab97d52c298010000005cf7c609a6bb79d16625507a"));
}

TEST_F(Cookie, IsValidForAnHourAndForFiveMinutesBeforeItWasMadeRfc9018) {
  const Bytes cookie = made();
  for (const std::int32_t age : {-300, -1, 0, 1800, 1801, 3600}) {
    EXPECT_EQ(ask(cookie, kMade + static_cast<std::uint32_t>(age)).state, CookieState::kValid) << age;
  }
  for (const std::int32_t age : {-86400, -301, 3601, 86400}) {
    const auto judged = ask(cookie, kMade + static_cast<std::uint32_t>(age));
    EXPECT_EQ(judged.state, CookieState::kInvalid) << age;
    EXPECT_NE(bytes_of(judged.answer), cookie) << age;
  }
}

TEST_F(Cookie, IsGivenBackAsItIsForHalfAnHourRfc9018) {
  const Bytes cookie = made();
  EXPECT_EQ(bytes_of(ask(cookie, kMade + 1800).answer), cookie);
  EXPECT_EQ(bytes_of(ask(cookie, kMade - 300).answer), cookie);
  const auto renewed = ask(cookie, kMade + 1801);
  EXPECT_NE(bytes_of(renewed.answer), cookie);
  EXPECT_EQ(ask(bytes_of(renewed.answer), kMade + 1801 + 3600).state, CookieState::kValid);
}

TEST_F(Cookie, TimesCompareAcrossTheEndOf32BitsRfc1982) {
  constexpr std::uint32_t kLast = 0xFFFFFFFF;
  const Bytes cookie = bytes_of(ask(hex(kClientCookie), kLast - 9).answer);
  EXPECT_EQ(ask(cookie, 10).state, CookieState::kValid);
  EXPECT_EQ(ask(cookie, 4000).state, CookieState::kInvalid);
}

TEST_F(Cookie, NoByteOfItMayDiffer) {
  const Bytes cookie = made();
  for (std::size_t at = 0; at < cookie.size(); ++at) {
    Bytes changed = cookie;
    changed[at] ^= 1;
    EXPECT_EQ(ask(changed, kMade).state, CookieState::kInvalid) << at;
  }
}

TEST_F(Cookie, OfAnotherAddressIsNotValid) {
  const Bytes cookie = made();
  for (const char* const other : {"198.51.100.101", "::ffff:198.51.100.100", "2001:db8::1"}) {
    address_ = ip(other);
    EXPECT_EQ(ask(cookie, kMade).state, CookieState::kInvalid) << other;
  }
}

TEST_F(Cookie, ServerCookieOfAnotherLengthIsNotOursAndGetsANewOneRfc7873) {
  for (const std::size_t size : {16U, 23U, 25U, 40U}) {
    Bytes cookie = made();
    cookie.resize(size);
    const auto judged = ask(cookie, kMade);
    EXPECT_EQ(judged.state, CookieState::kInvalid) << size;
    EXPECT_EQ(bytes_of(judged.answer), made()) << size;
  }
}

TEST_F(Cookie, EverySecretIsAcceptedAndTheFirstOneMakesNewOnes) {
  const Bytes cookie = made();
  secrets_ = CookieSecrets({secret(kNewSecret), secret(kOldSecret), secret(kSecret)});
  const auto judged = ask(cookie, kMade);
  EXPECT_EQ(judged.state, CookieState::kValid);
  EXPECT_NE(bytes_of(judged.answer), cookie);
  EXPECT_EQ(bytes_of(judged.answer), made());
  secrets_ = CookieSecrets({secret(kNewSecret)});
  EXPECT_EQ(ask(cookie, kMade).state, CookieState::kInvalid);
  EXPECT_EQ(ask(bytes_of(judged.answer), kMade).state, CookieState::kValid);
}

}  // namespace
}  // namespace dnsd::answer
