#include "zonestore/signer/key_form.h"

#include <gtest/gtest.h>

namespace zonestore::signer {
namespace {

std::string text_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

TEST(SignerKeyForm, IsPemButForEd25519AtRspamd) {
  const dkim::PrivateKey key = dkim::PrivateKey::generate(dkim::Algorithm::kEd25519).value();
  for (const Format format : {Format::kExim, Format::kFiles, Format::kOpendkim}) {
    EXPECT_EQ(text_of(key_form(format, key)->view()).substr(0, 27), "-----BEGIN PRIVATE KEY-----");
  }
  const std::string seed = text_of(key_form(Format::kRspamd, key)->view());
  EXPECT_EQ(seed.back(), '\n');
  EXPECT_EQ(dkim::parse_base64(seed.substr(0, seed.size() - 1))->size(), 32U);
}

// RFC 8032 section 7.1, test 1.
TEST(SignerKeyForm, IsTheSeedOfTheKey) {
  const std::string pem =
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
      "-----END PRIVATE KEY-----\n";
  const auto key = dkim::PrivateKey::from_pem({reinterpret_cast<const std::uint8_t*>(pem.data()), pem.size()});
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(text_of(key_form(Format::kRspamd, *key)->view()), "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n");
}

TEST(SignerKeyForm, SaysWhoCannotSignWithWhat) {
  EXPECT_FALSE(can_sign_with(Format::kOpendkim, dkim::Algorithm::kEd25519));
  for (const Format format : {Format::kRspamd, Format::kExim, Format::kFiles}) {
    EXPECT_TRUE(can_sign_with(format, dkim::Algorithm::kEd25519));
  }
  for (const Format format : kFormats) {
    EXPECT_TRUE(can_sign_with(format, dkim::Algorithm::kRsa2048));
  }
}

}  // namespace
}  // namespace zonestore::signer
