#include "zonestore/crypto/digest.h"

#include <gmock/gmock.h>

namespace {

using zonestore::ByteView;
using zonestore::crypto::Sha256;

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// FIPS 180-2, appendix B.1.
TEST(Sha256Test, GivesThePublishedDigestOfAbc) {
  Sha256 digest;
  digest.add(bytes_of("a"));
  digest.add(bytes_of("bc"));
  EXPECT_THAT(digest.finish(), testing::ElementsAre(0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                                                    0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                                                    0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad));
}

TEST(Sha256Test, BeginsAnewAfterADigest) {
  Sha256 digest;
  const auto of_nothing = digest.finish();
  digest.add(bytes_of("abc"));
  EXPECT_NE(digest.finish(), of_nothing);
  EXPECT_EQ(digest.finish(), of_nothing);
}

}  // namespace
