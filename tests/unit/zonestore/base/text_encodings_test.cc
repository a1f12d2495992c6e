#include "zonestore/base/text_encodings.h"

#include <gmock/gmock.h>

namespace zonestore {
namespace {

using namespace std::string_view_literals;
using ::testing::ElementsAre;

ByteView view_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Hex, IsWrittenInLowerCaseAndReadInBoth) {
  EXPECT_EQ(hex_of({}), "");
  EXPECT_EQ(hex_of(Bytes{0x00, 0x9f, 0xa0, 0xff}), "009fa0ff");
  EXPECT_THAT(bytes_of_hex("009fA0Ff").value(), ElementsAre(0x00, 0x9f, 0xa0, 0xff));
  EXPECT_EQ(bytes_of_hex(""), Bytes{});
}

TEST(Hex, IsRefusedWithHalfAByteOrAnyOtherCharacter) {
  for (const auto text : {"0"sv, "000"sv, "0g"sv, "0x00"sv, " 00"sv, "0\0"sv, "--"sv}) {
    EXPECT_EQ(bytes_of_hex(text), std::nullopt) << text;
  }
}

TEST(Hex, IsKnownByItsLengthAndItsLowerCase) {
  EXPECT_TRUE(is_hex("0123456789abcdef", 16));
  EXPECT_TRUE(is_hex("", 0));
  EXPECT_FALSE(is_hex("0123456789abcdef", 15));
  EXPECT_FALSE(is_hex("0123456789abcdeF", 16));
  EXPECT_FALSE(is_hex("0123456789abcde ", 16));
}

// RFC 4648 section 10.
TEST(Base64, WritesTheExamplesOfRfc4648) {
  EXPECT_EQ(base64_of({}), "");
  EXPECT_EQ(base64_of(view_of("f")), "Zg==");
  EXPECT_EQ(base64_of(view_of("fo")), "Zm8=");
  EXPECT_EQ(base64_of(view_of("foo")), "Zm9v");
  EXPECT_EQ(base64_of(view_of("foobar")), "Zm9vYmFy");
}

TEST(Base64, ComesBackForEveryLength) {
  Bytes bytes;
  for (unsigned length = 0; length < 100; ++length) {
    EXPECT_EQ(bytes_of_base64(base64_of(bytes)), bytes);
    bytes.push_back(static_cast<std::uint8_t>(length * 37U));
  }
}

TEST(Base64, RefusesEverythingElse) {
  for (const auto text : {"Z"sv, "Zg"sv, "Zg="sv, "Zg==="sv, "===="sv, "Zg==Zg=="sv, " Zg=="sv, "Zm9v\n\n\n\n"sv,
                          "    "sv, "Zm9-"sv, "Zm9_"sv, "Zh=="sv, "Zm\0v"sv, "Z=g="sv}) {
    EXPECT_EQ(bytes_of_base64(text), std::nullopt) << text;
  }
}

// RFC 4648 section 10, without padding and in the lower case that zone files have.
TEST(Base32Hex, WritesTheExamplesOfRfc4648) {
  EXPECT_EQ(base32hex_of(view_of("f")), "co");
  EXPECT_EQ(base32hex_of(view_of("foob")), "cpnmuog");
  EXPECT_EQ(base32hex_of(view_of("foobar")), "cpnmuoj1e8");
  EXPECT_EQ(bytes_of_base32hex("CPNMUOJ1E8"), Bytes({'f', 'o', 'o', 'b', 'a', 'r'}));
  EXPECT_EQ(bytes_of_base32hex("cpnmuoj1e9"), std::nullopt) << "a bit beside the last byte";
  EXPECT_EQ(bytes_of_base32hex("cw"), std::nullopt);
}

}  // namespace
}  // namespace zonestore
