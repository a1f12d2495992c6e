#include "zonestore/vault/wrapping_key.h"

#include <gtest/gtest.h>

namespace zonestore {
namespace {

const std::string kDigits = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";
const Bytes kSecret{'s', 'e', 'c', 'r', 'e', 't'};

WrappingKey key() {
  return WrappingKey::parse(kDigits + "\n").value();
}

TEST(WrappingKeyTest, ReadsWhatItWrites) {
  const WrappingKey made = WrappingKey::generate().value();
  const crypto::SecretBytes text = made.hexadecimal();
  const std::string digits(text.view().begin(), text.view().end());
  EXPECT_EQ(digits.size(), 65U);
  EXPECT_EQ(WrappingKey::parse(digits).value().id(), made.id());
  EXPECT_NE(WrappingKey::generate().value().id(), made.id());
}

TEST(WrappingKeyTest, HasAnIdThatStaysTheSameInAllVersions) {
  EXPECT_EQ(key().id(), "22db9700f221a8d5ccf22de1564d63f9");
}

// By Python's hmac, after RFC 5869 and RFC 2104.
TEST(WrappingKeyTest, GivesACodeThatStaysTheSameInAllVersions) {
  constexpr std::string_view kDigitsOfCode = "0123456789abcdef";
  const Bytes code = key().code("zonestore backup: seal 1", kSecret).value();
  std::string text;
  for (const std::uint8_t byte : code) {
    text += {kDigitsOfCode[byte >> 4U], kDigitsOfCode[byte & 15U]};
  }
  EXPECT_EQ(text, "3fa5d78be8976265a509e300dd258d8b8777551b49434a2205d531d2a1c205f1");
  EXPECT_NE(key().code("another purpose", kSecret).value(), code);
  EXPECT_NE(WrappingKey::generate().value().code("zonestore backup: seal 1", kSecret).value(), code);
}

TEST(WrappingKeyTest, RefusesWhatIsNoKeyAndDoesNotRepeatIt) {
  for (const std::string& text : {std::string(), std::string("00"), kDigits + "00", kDigits.substr(0, 63),
                                  kDigits.substr(0, 63) + "g", " " + kDigits.substr(1)}) {
    const Result<WrappingKey> parsed = WrappingKey::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(parsed.error().message, "a wrapping key is 64 hexadecimal digits");
  }
}

TEST(WrappingKeyTest, OpensWhatItSealedInTheSameContextOnly) {
  const Bytes sealed = key().seal("context", kSecret).value();
  EXPECT_EQ(sealed.size(), 12 + kSecret.size() + 16);
  const crypto::SecretBytes opened = key().open("context", sealed).value();
  EXPECT_EQ(Bytes(opened.view().begin(), opened.view().end()), kSecret);
  EXPECT_EQ(key().open("other context", sealed).error().code, ErrorCode::kDamaged);
  EXPECT_EQ(WrappingKey::generate().value().open("context", sealed).error().code, ErrorCode::kDamaged);
}

TEST(WrappingKeyTest, SealsTheSameBytesDifferentlyEachTime) {
  EXPECT_NE(key().seal("context", kSecret).value(), key().seal("context", kSecret).value());
}

TEST(WrappingKeyTest, NoticesEveryBitThatIsAltered) {
  const Bytes sealed = key().seal("context", kSecret).value();
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes altered = sealed;
    altered[bit / 8] = static_cast<std::uint8_t>(altered[bit / 8] ^ 1U << bit % 8);
    EXPECT_FALSE(key().open("context", altered)) << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(key().open("context", ByteView(sealed).first(size))) << size;
  }
}

TEST(WrappingKeyTest, SealsNothingToo) {
  EXPECT_TRUE(key().open("", key().seal("", {}).value()).value().view().empty());
}

// NIST's GCM example: AES-256, 96-bit nonce, with additional data (McGrew and Viega, test case 16).
TEST(WrappingKeyTest, IsAes256Gcm) {
  const WrappingKey standard =
      WrappingKey::parse("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").value();
  const auto bytes = [](const std::string& digits) {
    Bytes result;
    for (std::size_t at = 0; at < digits.size(); at += 2) {
      result.push_back(static_cast<std::uint8_t>(std::stoi(digits.substr(at, 2), nullptr, 16)));
    }
    return result;
  };
  const Bytes context = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const Bytes sealed = bytes(
      "cafebabefacedbaddecaf888"
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
      "76fc6ece0f4e1768cddf8853bb2d551b");
  const auto opened = standard.open(std::string(context.begin(), context.end()), sealed);
  ASSERT_TRUE(opened);
  EXPECT_EQ(
      Bytes(opened->view().begin(), opened->view().end()),
      bytes("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16ae"
            "df5aa0de657ba637b39"));
}

}  // namespace
}  // namespace zonestore
