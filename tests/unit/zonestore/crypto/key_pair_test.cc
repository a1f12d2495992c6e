#include "zonestore/crypto/key_pair.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "tests/unit/zonestore/crypto/keys.h"

namespace zonestore::crypto {
namespace {

using namespace std::string_view_literals;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

Bytes copy_of(ByteView view) {
  return {view.begin(), view.end()};
}

std::string text_of(ByteView view) {
  return {view.begin(), view.end()};
}

TEST(KeyKind, HasATextThatIsFound) {
  for (const auto algorithm : {Algorithm::kRsa2048, Algorithm::kRsa3072, Algorithm::kRsa4096, Algorithm::kEd25519}) {
    EXPECT_EQ(algorithm_from_text(to_text(algorithm)), algorithm);
  }
  EXPECT_EQ(to_text(Algorithm::kRsa2048), "rsa2048");
  for (const auto text : {""sv, "rsa"sv, "rsa1024"sv, "RSA2048"sv, "ecdsa"sv}) {
    EXPECT_EQ(algorithm_from_text(text), std::nullopt) << text;
  }
}

TEST(PrivateKey, MakesRsaOf2048BitsWithExponent65537) {
  const auto key = test::parse_spki(test::rsa_key().public_spki().value());
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(EVP_PKEY_is_a(key.get(), "RSA"), 1);
  EXPECT_EQ(EVP_PKEY_get_bits(key.get()), 2048);
  BIGNUM* exponent = nullptr;
  ASSERT_EQ(EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_E, &exponent), 1);
  EXPECT_EQ(BN_get_word(exponent), 65537U);
  BN_free(exponent);
}

TEST(PrivateKey, MakesADifferentKeyEachTime) {
  EXPECT_NE(test::rsa_key().public_spki().value(), test::other_rsa_key().public_spki().value());
  EXPECT_NE(PrivateKey::generate(Algorithm::kEd25519)->public_spki().value(),
            PrivateKey::generate(Algorithm::kEd25519)->public_spki().value());
}

TEST(PrivateKey, MakesRsaOf3072Bits) {
  const auto key = PrivateKey::generate(Algorithm::kRsa3072).value();
  EXPECT_EQ(key.algorithm(), Algorithm::kRsa3072);
  EXPECT_EQ(kind_of(key.public_spki().value())->algorithm, Algorithm::kRsa3072);
}

TEST(PrivateKey, ComesBackFromItsPkcs8) {
  for (const auto algorithm : {Algorithm::kRsa2048, Algorithm::kEd25519}) {
    const auto key = PrivateKey::generate(algorithm).value();
    const auto again = PrivateKey::from_pkcs8(key.pkcs8()->view()).value();
    EXPECT_EQ(again.algorithm(), algorithm);
    EXPECT_EQ(again.public_spki().value(), key.public_spki().value());
    EXPECT_TRUE(verifies(key.public_spki().value(), test::bytes_of("hello"), *again.sign(test::bytes_of("hello"))));
  }
}

TEST(PrivateKey, ReadsTheKeyOfRfc8463) {
  const auto key = test::rfc_ed25519_key();
  EXPECT_EQ(key.algorithm(), Algorithm::kEd25519);
  EXPECT_EQ(key.public_spki().value(), test::from_hex("302a300506032b6570032100" + std::string(test::kRfcPublicHex)));
}

TEST(PrivateKey, RefusesOtherSizesOfRsa) {
  const auto refused = PrivateKey::from_pkcs8(test::pkcs8_of(*test::rsa_of_bits(1024)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("1024 bits"));
}

TEST(PrivateKey, RefusesOtherKeyTypes) {
  const auto refused = PrivateKey::from_pkcs8(test::pkcs8_of(*test::ec_key()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("EC"));
}

TEST(PrivateKey, RefusesDamagedBytes) {
  const auto secret = test::rsa_key().pkcs8().value();
  const Bytes good = copy_of(secret.view());
  EXPECT_EQ(PrivateKey::from_pkcs8({}).error().code, ErrorCode::kDamaged);
  EXPECT_EQ(PrivateKey::from_pkcs8(ByteView(good).first(good.size() - 1)).error().code, ErrorCode::kDamaged);
  EXPECT_EQ(PrivateKey::from_pkcs8(ByteView(good).first(1)).error().code, ErrorCode::kDamaged);
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_EQ(PrivateKey::from_pkcs8(longer).error().code, ErrorCode::kDamaged);
  Bytes flipped = good;
  flipped[0] ^= 0xffU;
  EXPECT_EQ(PrivateKey::from_pkcs8(flipped).error().code, ErrorCode::kDamaged);
  // A public key is no private one.
  EXPECT_EQ(PrivateKey::from_pkcs8(*test::rsa_key().public_spki()).error().code, ErrorCode::kDamaged);
}

TEST(PrivateKey, WritesPemAsSignersReadIt) {
  for (const PrivateKey* const key : {&test::rsa_key(), &test::other_rsa_key()}) {
    const auto pem = text_of(key->pem()->view());
    EXPECT_THAT(pem, StartsWith("-----BEGIN PRIVATE KEY-----\n"));
    EXPECT_TRUE(pem.ends_with("-----END PRIVATE KEY-----\n"));
    const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                  &BIO_free);
    const test::KeyOwner read(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(test::spki_of(*read), key->public_spki().value());
  }
}

TEST(Signature, VerifiesOnlyWithItsKeyAndMessage) {
  const auto message = test::bytes_of("a message");
  const auto ed25519 = test::rfc_ed25519_key();
  for (const PrivateKey* const key : {&test::rsa_key(), &ed25519}) {
    const Bytes spki = key->public_spki().value();
    const Bytes signature = key->sign(message).value();
    EXPECT_TRUE(verifies(spki, message, signature));
    EXPECT_FALSE(verifies(spki, test::bytes_of("a massage"), signature));
    EXPECT_FALSE(verifies(test::other_rsa_key().public_spki().value(), message, signature));
    Bytes flipped = signature;
    flipped.back() ^= 1U;
    EXPECT_FALSE(verifies(spki, message, flipped));
    EXPECT_FALSE(verifies(spki, message, ByteView(signature).first(signature.size() - 1)));
    EXPECT_FALSE(verifies(spki, message, {}));
    EXPECT_FALSE(verifies({}, message, signature));
    EXPECT_FALSE(verifies(ByteView(spki).first(spki.size() - 1), message, signature));
  }
}

TEST(Signature, OfRsaIsPkcs1OverSha256) {
  const auto message = test::bytes_of("a message");
  const Bytes signature = test::rsa_key().sign(message).value();
  const auto key = test::parse_spki(test::rsa_key().public_spki().value());
  Bytes recovered(256);
  std::size_t size = recovered.size();
  const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr), &EVP_PKEY_CTX_free);
  ASSERT_EQ(EVP_PKEY_verify_recover_init(context.get()), 1);
  ASSERT_EQ(EVP_PKEY_verify_recover(context.get(), recovered.data(), &size, signature.data(), signature.size()), 1);
  recovered.resize(size);
  // RFC 8017 section 9.2, note 1: the DigestInfo of SHA-256 is this head and the hash.
  Bytes wanted = test::from_hex("3031300d060960864801650304020105000420");
  Bytes hash(32);
  ASSERT_EQ(EVP_Digest(message.data(), message.size(), hash.data(), nullptr, EVP_sha256(), nullptr), 1);
  wanted.insert(wanted.end(), hash.begin(), hash.end());
  EXPECT_EQ(recovered, wanted);
}

TEST(Signature, OfEd25519IsOverTheSha256Hash) {
  const auto message = test::bytes_of("a message");
  const auto ed25519 = test::rfc_ed25519_key();
  const Bytes signature = ed25519.sign(message).value();
  ASSERT_EQ(signature.size(), 64U);
  const auto key = test::parse_spki(ed25519.public_spki().value());
  const auto verifies_over = [&](ByteView data) {
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EXPECT_EQ(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()), 1);
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(), data.size()) == 1;
  };
  Bytes hash(32);
  ASSERT_EQ(EVP_Digest(message.data(), message.size(), hash.data(), nullptr, EVP_sha256(), nullptr), 1);
  EXPECT_TRUE(verifies_over(hash));
  EXPECT_FALSE(verifies_over(message));
}

TEST(PublicKey, TellsItsKind) {
  const auto rsa = kind_of(test::rsa_key().public_spki().value());
  EXPECT_EQ(rsa->type, "RSA");
  EXPECT_EQ(rsa->bits, 2048);
  EXPECT_EQ(rsa->algorithm, Algorithm::kRsa2048);
  EXPECT_EQ(kind_of(test::rfc_ed25519_key().public_spki().value())->algorithm, Algorithm::kEd25519);
}

TEST(PublicKey, TellsTheKindOfOneThatIsNoneOfOurs) {
  const auto weak = kind_of(test::spki_of(*test::rsa_of_bits(1024)));
  EXPECT_EQ(weak->type, "RSA");
  EXPECT_EQ(weak->bits, 1024);
  EXPECT_EQ(weak->algorithm, std::nullopt);
  EXPECT_EQ(kind_of(test::spki_of(*test::ec_key()))->type, "EC");
  EXPECT_EQ(kind_of(test::spki_of(*test::ec_key()))->algorithm, std::nullopt);
}

TEST(PublicKey, IsDamagedIfItIsNotOneStructure) {
  EXPECT_EQ(kind_of(ByteView{}).error().code, ErrorCode::kDamaged);
  EXPECT_EQ(kind_of(test::bytes_of("no key")).error().code, ErrorCode::kDamaged);
  Bytes longer = test::rsa_key().public_spki().value();
  longer.push_back(0);
  EXPECT_EQ(kind_of(longer).error().code, ErrorCode::kDamaged);
}

TEST(SecretBytes, MoveLeavesNothingBehind) {
  SecretBytes first(Bytes{1, 2, 3});
  SecretBytes second(std::move(first));
  EXPECT_TRUE(first.view().empty());  // NOLINT(bugprone-use-after-move): that is the question
  EXPECT_EQ(copy_of(second.view()), (Bytes{1, 2, 3}));
  SecretBytes third(Bytes{9});
  third = std::move(second);
  EXPECT_TRUE(second.view().empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(copy_of(third.view()), (Bytes{1, 2, 3}));
}

enum class Form { kPkcs1, kPkcs8, kWithPassPhrase };

std::string pem_of(std::size_t bits, Form form) {
  EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits);
  BIO* const bio = BIO_new(BIO_s_mem());
  const auto written =
      form == Form::kPkcs1
          ? PEM_write_bio_PrivateKey_traditional(bio, key, nullptr, nullptr, 0, nullptr, nullptr)
          : PEM_write_bio_PKCS8PrivateKey(bio, key, form == Form::kPkcs8 ? nullptr : EVP_aes_256_cbc(), "open", 4,
                                          nullptr, nullptr);
  EXPECT_EQ(written, 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(bio);
  EVP_PKEY_free(key);
  return pem;
}

Result<PrivateKey> read_pem(const std::string& text) {
  return PrivateKey::from_pem(test::bytes_of(text));
}

TEST(PrivateKeyPem, ReadsPkcs8AndPkcs1AndWhatStandsBesideDoesNotMatter) {
  for (const Form form : {Form::kPkcs8, Form::kPkcs1}) {
    const auto key = read_pem("a comment\n" + pem_of(2048, form) + "more\n");
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(key->algorithm(), Algorithm::kRsa2048);
    EXPECT_TRUE(verifies(key->public_spki().value(), test::bytes_of("x"), key->sign(test::bytes_of("x")).value()));
  }
}

TEST(PrivateKeyPem, ComesBackAsItWasWritten) {
  const PrivateKey key = PrivateKey::generate(Algorithm::kEd25519).value();
  const auto back = read_pem(text_of(key.pem()->view()));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->public_spki().value(), key.public_spki().value());
}

TEST(PrivateKeyPem, RefusesOtherSizesOfRsaAndTellsTheirKind) {
  const std::string weak = pem_of(1024, Form::kPkcs1);
  EXPECT_EQ(read_pem(weak).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(kind_of_pem(test::bytes_of(weak))->bits, 1024);
  EXPECT_EQ(kind_of_pem(test::bytes_of("")).error().code, ErrorCode::kInvalid);
}

TEST(PrivateKeyPem, RefusesAPassPhraseWithoutAskingForIt) {
  const auto refused = read_pem(pem_of(2048, Form::kWithPassPhrase));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("pass phrase"));
}

TEST(PrivateKeyPem, RefusesNoneAndMoreThanOne) {
  const std::string one = pem_of(2048, Form::kPkcs8);
  EXPECT_EQ(read_pem("").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(read_pem("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n").error().code,
            ErrorCode::kInvalid);
  EXPECT_THAT(read_pem(one + pem_of(2048, Form::kPkcs1)).error().message, HasSubstr("more than one"));
}

}  // namespace
}  // namespace zonestore::crypto
