// A private key with one damaged number signs on, because OpenSSL goes round it; nobody takes such a key in.
#include "zonestore/crypto/key_numbers.h"

#include <algorithm>
#include <array>

#include <gmock/gmock.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "zonestore/base/text_encodings.h"
#include "zonestore/crypto/key_pair.h"

namespace zonestore::crypto {
namespace {

using ::testing::HasSubstr;

constexpr std::array kNumbers{OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
                              OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
                              OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
                              OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};

class KeyNumbers : public testing::Test {
 protected:
  static void SetUpTestSuite() { key_ = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}); }
  static void TearDownTestSuite() { EVP_PKEY_free(key_); }

  static Bytes pkcs8() {
    PKCS8_PRIV_KEY_INFO* const info = EVP_PKEY2PKCS8(key_);
    std::uint8_t* der = nullptr;
    const int size = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    PKCS8_PRIV_KEY_INFO_free(info);
    return bytes;
  }
  static Bytes spki() {
    std::uint8_t* der = nullptr;
    const int size = i2d_PUBKEY(key_, &der);
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
  }
  // The same key, but for one bit of that number.
  static Bytes damaged(const char* number) {
    BIGNUM* value = nullptr;
    EXPECT_EQ(EVP_PKEY_get_bn_param(key_, number, &value), 1);
    Bytes digits(static_cast<std::size_t>(BN_num_bytes(value)));
    BN_bn2bin(value, digits.data());
    BN_free(value);
    Bytes der = pkcs8();
    const auto at = std::search(der.begin(), der.end(), digits.begin(), digits.end());
    EXPECT_NE(at, der.end());
    *(at + static_cast<std::ptrdiff_t>(digits.size() - 1)) ^= 2U;
    return der;
  }
  static Bytes pem(const Bytes& der) {
    const std::string text = "-----BEGIN PRIVATE KEY-----\n" + base64_of(der) + "\n-----END PRIVATE KEY-----\n";
    return {text.begin(), text.end()};
  }

  static inline EVP_PKEY* key_ = nullptr;
};

TEST_F(KeyNumbers, OfAWholeKeyFitTogether) {
  const auto good = check_numbers(pkcs8(), spki());
  EXPECT_TRUE(good) << good.error().message;
  EXPECT_TRUE(PrivateKey::from_pem(pem(pkcs8())));
}

TEST_F(KeyNumbers, OfWhichOneIsDamagedAreRefusedInAStoredKey) {
  for (const char* const number : kNumbers) {
    const auto bad = check_numbers(damaged(number), spki());
    ASSERT_FALSE(bad) << number;
    EXPECT_EQ(bad.error().code, ErrorCode::kDamaged);
  }
}

TEST_F(KeyNumbers, OfWhichOneIsDamagedAreRefusedInAKeyFromOutside) {
  for (const char* const number : kNumbers) {
    const auto bad = PrivateKey::from_pem(pem(damaged(number)));
    ASSERT_FALSE(bad) << number;
    EXPECT_EQ(bad.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(bad.error().message, HasSubstr("do not fit together"));
  }
}

TEST_F(KeyNumbers, OfAnotherKeyAreNotItsPrivateHalf) {
  const PrivateKey other = PrivateKey::generate(Algorithm::kEd25519).value();
  const PrivateKey third = PrivateKey::generate(Algorithm::kEd25519).value();
  EXPECT_TRUE(check_numbers(other.pkcs8()->view(), other.public_spki().value()));
  EXPECT_FALSE(check_numbers(other.pkcs8()->view(), third.public_spki().value()));
  EXPECT_FALSE(check_numbers(other.pkcs8()->view(), spki()));
  EXPECT_FALSE(check_numbers(pkcs8(), other.public_spki().value()));
}

TEST_F(KeyNumbers, OfWhatIsCutShortAreNone) {
  const Bytes whole = pkcs8();
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    EXPECT_FALSE(check_numbers(ByteView(whole).first(size), spki())) << size;
  }
}

}  // namespace
}  // namespace zonestore::crypto
