#include "zonestore/crypto/hmac.h"

#include <string>

#include <gtest/gtest.h>

#include "zonestore/base/text_encodings.h"

namespace zonestore::crypto {
namespace {

ByteView bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string code_of(Hmac& hmac, std::string_view message) {
  hmac.add(bytes(message));
  return hex_of(hmac.finish().view());
}

// RFC 4231 section 4.3: test case 2.
constexpr std::string_view kSecret = "Jefe";
constexpr std::string_view kMessage = "what do ya want for nothing?";
constexpr std::string_view kSha256 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

TEST(Hmac, IsThatOfTheRfcForEachKind) {
  const auto code = [](HmacKind kind) {
    Hmac hmac(HmacKey(kind, bytes(kSecret)));
    return code_of(hmac, kMessage);
  };
  EXPECT_EQ(code(HmacKind::kSha256), kSha256);
  EXPECT_EQ(code(HmacKind::kSha384),
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649");
  EXPECT_EQ(
      code(HmacKind::kSha512),
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6"
      "b4b636e070a38bce737");
}

TEST(Hmac, TakesAMessageInPieces) {
  Hmac hmac(HmacKey(HmacKind::kSha256, bytes(kSecret)));
  hmac.add(bytes(kMessage.substr(0, 5)));
  hmac.add({});
  EXPECT_EQ(code_of(hmac, kMessage.substr(5)), kSha256);
}

TEST(Hmac, MakesOneCodeAfterAnotherWithTheSameKey) {
  const HmacKey key(HmacKind::kSha256, bytes(kSecret));
  Hmac hmac(key);
  EXPECT_EQ(code_of(hmac, kMessage), kSha256);
  EXPECT_NE(code_of(hmac, "another"), kSha256);
  EXPECT_EQ(code_of(hmac, kMessage), kSha256);
  Hmac other(key);
  EXPECT_EQ(code_of(other, kMessage), kSha256);
}

TEST(Hmac, CodesAreTheSameInLengthAndBytes) {
  const Bytes code{1, 2, 3};
  EXPECT_TRUE(is_same_code(code, Bytes{1, 2, 3}));
  EXPECT_TRUE(is_same_code({}, {}));
  EXPECT_FALSE(is_same_code(code, Bytes{1, 2, 4}));
  EXPECT_FALSE(is_same_code(code, Bytes{1, 2}));
}

}  // namespace
}  // namespace zonestore::crypto
