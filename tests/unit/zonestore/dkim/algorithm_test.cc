// What DKIM offers, and the guard of what is too weak for it.
#include "zonestore/dkim/algorithm.h"

#include <gmock/gmock.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

#include "tests/unit/zonestore/crypto/keys.h"

namespace zonestore::dkim {
namespace {

using namespace std::string_view_literals;
using ::testing::HasSubstr;

TEST(DkimAlgorithm, HasATextThatParses) {
  for (const auto algorithm : {crypto::Algorithm::kRsa2048, crypto::Algorithm::kRsa3072, crypto::Algorithm::kRsa4096,
                               crypto::Algorithm::kEd25519}) {
    EXPECT_EQ(parse_algorithm(to_text(algorithm)).value(), algorithm);
  }
  EXPECT_EQ(to_text(crypto::Algorithm::kRsa2048), "rsa2048");
}

TEST(DkimAlgorithm, RefusesWeakRsaByItsGuard) {
  for (const auto text : {"rsa1024"sv, "rsa512"sv, "rsa2047"sv}) {
    const auto refused = parse_algorithm(text);
    ASSERT_FALSE(refused);
    ASSERT_TRUE(refused.error().refusal) << text;
    EXPECT_EQ(refused.error().refusal->guard, Guard::kWeakKey);
  }
}

TEST(DkimAlgorithm, RefusesTheRestWithTheList) {
  for (const auto text : {""sv, "rsa"sv, "rsa2049"sv, "RSA2048"sv, "rsa-1024"sv, "rsa99999999999"sv, "ecdsa"sv}) {
    const auto refused = parse_algorithm(text);
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid) << text;
    EXPECT_THAT(refused.error().hint, HasSubstr("rsa2048, rsa3072, rsa4096, ed25519"));
  }
}

TEST(DkimPublicKey, TellsItsAlgorithm) {
  EXPECT_EQ(algorithm_of(crypto::test::rsa_key().public_spki().value()).value(), crypto::Algorithm::kRsa2048);
  EXPECT_EQ(algorithm_of(crypto::test::rfc_ed25519_key().public_spki().value()).value(), crypto::Algorithm::kEd25519);
}

TEST(DkimPublicKey, RefusesWeakStrangeAndDamagedOnes) {
  EXPECT_EQ(algorithm_of(crypto::test::spki_of(*crypto::test::rsa_of_bits(1024))).error().refusal->guard,
            Guard::kWeakKey);
  EXPECT_EQ(algorithm_of(crypto::test::spki_of(*crypto::test::ec_key())).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(algorithm_of({}).error().code, ErrorCode::kDamaged);
  EXPECT_EQ(algorithm_of(crypto::test::bytes_of("no key")).error().code, ErrorCode::kDamaged);
  Bytes longer = crypto::test::rsa_key().public_spki().value();
  longer.push_back(0);
  EXPECT_EQ(algorithm_of(longer).error().code, ErrorCode::kDamaged);
}

// A common RSA key is told by its bytes: whatever is off around the modulus is not.
TEST(DkimPublicKey, RefusesAnRsaKeyWithAWrongByteInItsForm) {
  const Bytes good = crypto::test::rsa_key().public_spki().value();
  constexpr std::size_t kParameters = 17;  // OpenSSL looks past their tag
  constexpr std::size_t kModulus = 33;
  constexpr std::size_t kExponent = kModulus + 256;  // its value may be another one
  for (std::size_t at = 0; at < kExponent + 2; at = at == kModulus - 1 ? kExponent : at + 1) {
    Bytes wrong = good;
    wrong.at(at) ^= 0xff;
    EXPECT_EQ(algorithm_of(wrong).has_value(), at == kParameters) << at;
  }
  Bytes shorter = good;
  shorter.at(kModulus) &= 0x7f;
  EXPECT_FALSE(algorithm_of(shorter).has_value()) << "2047 bits behind a needless zero";
}

std::string pem_of(EVP_PKEY* key) {
  BIO* const bio = BIO_new(BIO_s_mem());
  EXPECT_EQ(PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr), 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

TEST(DkimPrivateKey, OfAnOfferedKindIsTakenFromItsPem) {
  const auto key = key_from_pem(crypto::test::bytes_of(pem_of(crypto::test::rsa_of_bits(2048).get())));
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(key->algorithm(), crypto::Algorithm::kRsa2048);
}

TEST(DkimPrivateKey, OfWeakRsaIsRefusedByItsGuardAndOtherTypesAreNot) {
  const auto weak = key_from_pem(crypto::test::bytes_of(pem_of(crypto::test::rsa_of_bits(1024).get())));
  ASSERT_FALSE(weak);
  EXPECT_EQ(weak.error().code, ErrorCode::kRefused);
  EXPECT_EQ(weak.error().refusal->guard, Guard::kWeakKey);
  EXPECT_THAT(weak.error().message, HasSubstr("1024 bits"));
  const auto other = key_from_pem(crypto::test::bytes_of(pem_of(crypto::test::ec_key().get())));
  EXPECT_EQ(other.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(other.error().message, HasSubstr("of type EC cannot sign DKIM: only RSA and Ed25519 can"));
}

}  // namespace
}  // namespace zonestore::dkim
