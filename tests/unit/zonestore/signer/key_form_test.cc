#include "zonestore/signer/key_form.h"

#include <gtest/gtest.h>

#include "zonestore/base/text_encodings.h"

namespace zonestore::signer {
namespace {

std::string text_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

Result<crypto::SecretBytes> form_of(Format format, const crypto::PrivateKey& key) {
  return key_form(format, key.pkcs8()->view());
}

// Byte for byte: files that were written from the key itself are still as they should be.
TEST(SignerKeyForm, IsThePemThatOpenSslWrites) {
  for (const crypto::Algorithm algorithm : {crypto::Algorithm::kRsa2048, crypto::Algorithm::kEd25519}) {
    const crypto::PrivateKey key = crypto::PrivateKey::generate(algorithm).value();
    EXPECT_EQ(text_of(form_of(Format::kFiles, key)->view()), text_of(key.pem()->view()));
  }
}

TEST(SignerKeyForm, IsNothingWithoutAKey) {
  EXPECT_FALSE(key_form(Format::kFiles, {}));
}

TEST(SignerKeyForm, IsPemButForEd25519AtRspamd) {
  const crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::Algorithm::kEd25519).value();
  for (const Format format : {Format::kExim, Format::kFiles, Format::kOpendkim}) {
    EXPECT_EQ(text_of(form_of(format, key)->view()).substr(0, 27), "-----BEGIN PRIVATE KEY-----");
  }
  const crypto::PrivateKey rsa = crypto::PrivateKey::generate(crypto::Algorithm::kRsa2048).value();
  EXPECT_EQ(text_of(form_of(Format::kRspamd, rsa)->view()).substr(0, 27), "-----BEGIN PRIVATE KEY-----");
  const std::string seed = text_of(form_of(Format::kRspamd, key)->view());
  EXPECT_EQ(seed.back(), '\n');
  EXPECT_EQ(bytes_of_base64(seed.substr(0, seed.size() - 1))->size(), 32U);
}

// RFC 8032 section 7.1, test 1.
TEST(SignerKeyForm, IsTheSeedOfTheKey) {
  const std::string pem =
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
      "-----END PRIVATE KEY-----\n";
  const auto key = crypto::PrivateKey::from_pem({reinterpret_cast<const std::uint8_t*>(pem.data()), pem.size()});
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(text_of(form_of(Format::kRspamd, *key)->view()), "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n");
}

TEST(SignerKeyForm, SaysWhoCannotSignWithWhat) {
  EXPECT_FALSE(can_sign_with(Format::kOpendkim, crypto::Algorithm::kEd25519));
  for (const Format format : {Format::kRspamd, Format::kExim, Format::kFiles}) {
    EXPECT_TRUE(can_sign_with(format, crypto::Algorithm::kEd25519));
  }
  for (const Format format : kFormats) {
    EXPECT_TRUE(can_sign_with(format, crypto::Algorithm::kRsa2048));
  }
}

}  // namespace
}  // namespace zonestore::signer
