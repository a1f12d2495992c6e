#include "zonestore/dkim/record_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/zonestore/crypto/keys.h"
#include "zonestore/base/text_encodings.h"
#include "zonestore/crypto/stand_in_key.h"
#include "zonestore/dkim/selector.h"
#include "zonestore/zone/record_set.h"

namespace zonestore::dkim {
namespace {

using namespace std::string_view_literals;
using ::testing::HasSubstr;

std::string rfc_key() {
  return std::string(crypto::test::kRfcPublicBase64);
}

Bytes rsa_spki() {
  return crypto::test::rsa_key().public_spki().value();
}
std::string rsa_base64() {
  return base64_of(rsa_spki());
}

std::size_t answer_for(std::string_view code, ByteView spki) {
  const Name zone = Name::parse("dkim.secutix.com").value();
  const Name owner = selector_name(Code::parse(code).value(), SlotId::kSel1, zone).value();
  return answer_size_bytes(owner.size_bytes(), txt_rdata(record_text(spki).value()));
}

TEST(RecordText, OfRsaIsExact) {
  EXPECT_EQ(record_text(rsa_spki()).value(), "v=DKIM1; k=rsa; p=" + rsa_base64());
  EXPECT_EQ(record_text(rsa_spki())->size(), 410U);
}

TEST(RecordText, OfEd25519CarriesTheBare32Bytes) {
  EXPECT_EQ(record_text(crypto::test::rfc_ed25519_key().public_spki().value()).value(),
            "v=DKIM1; k=ed25519; p=" + rfc_key());
}

TEST(RecordText, RefusesAnEd25519KeyThatIsNotInDer) {
  Bytes spki = crypto::test::rfc_ed25519_key().public_spki().value();
  spki[11] = 2;  // bits of the BIT STRING's last byte that are not used: there are none
  const auto text = record_text(spki);
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, ErrorCode::kDamaged);
}

TEST(RecordText, HoldsAKeyThatOpensslReads) {
  const std::string text = record_text(rsa_spki()).value();
  const std::string encoded = text.substr(text.find("p=") + 2);
  Bytes decoded(encoded.size());
  const int size = EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(encoded.data()),
                                   static_cast<int>(encoded.size()));
  ASSERT_EQ(size, 294);
  decoded.resize(294);
  const auto key = crypto::test::parse_spki(decoded);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(EVP_PKEY_get_bits(key.get()), 2048);
}

TEST(RecordText, RefusesBytesThatAreNoKeyOrAWeakOne) {
  EXPECT_EQ(record_text({}).error().code, ErrorCode::kDamaged);
  EXPECT_EQ(record_text(crypto::test::spki_of(*crypto::test::rsa_of_bits(1024))).error().refusal->guard,
            Guard::kWeakKey);
}

TEST(RecordText, AnswerForMosaIs479Bytes) {
  EXPECT_EQ(answer_for("mosa", rsa_spki()), 479U);
}

TEST(RecordText, AnswerForTheLongestCodeFits512Bytes) {
  EXPECT_EQ(answer_for(std::string(kMaxCodeBytes, 'a'), rsa_spki()), 512U);
}

TEST(RecordText, AnswerForRsa4096PassesPlainUdp) {
  const auto key = crypto::PrivateKey::generate(crypto::Algorithm::kRsa4096).value();
  EXPECT_EQ(key.algorithm(), crypto::Algorithm::kRsa4096);
  const std::size_t bytes = answer_for("mosa", key.public_spki().value());
  EXPECT_GT(bytes, 512U);
  EXPECT_LT(bytes, 1232U);
}

TEST(ParseRecordText, ReadsWhatWeWrite) {
  const auto rsa = parse_record_text(record_text(rsa_spki()).value()).value();
  EXPECT_FALSE(rsa.revoked);
  EXPECT_EQ(rsa.public_spki, rsa_spki());
  const Bytes ed25519 = crypto::test::rfc_ed25519_key().public_spki().value();
  EXPECT_EQ(parse_record_text(record_text(ed25519).value())->public_spki, ed25519);
}

TEST(ParseRecordText, ReadsARevokedRecord) {
  for (const auto text : {kRevokedText, "p="sv, "v=DKIM1; k=rsa; p= ;"sv, "v=DKIM1;p=;t=s"sv}) {
    const auto record = parse_record_text(text);
    ASSERT_TRUE(record) << text;
    EXPECT_TRUE(record->revoked);
    EXPECT_TRUE(record->public_spki.empty());
  }
}

TEST(ParseRecordText, TakesEveryFormThatVerifiersTake) {
  const std::string key = rsa_base64();
  std::string folded = key;
  folded.insert(200, "\r\n ");
  folded.insert(100, " \t");
  for (const auto& text : {
           "p=" + key,
           "v=DKIM1;p=" + key + ";",
           "v=DKIM1; p=" + key + " ; ",
           " v = DKIM1 ;\tk = rsa\r\n ; p = " + key,
           "v=DKIM1; p=" + key + "; k=rsa",
           "v=DKIM1; p=" + folded,
           "k=rsa; p=" + key,
           "v=DKIM1; n=a note, with = and /; t=y:s; x_9=unknown; p=" + key,
           "v=DKIM1; h=sha1 : sha256; s=email; p=" + key,
           "v=DKIM1; s=other:*; p=" + key,
           "v=DKIM1; N=; p=" + key,
       }) {
    const auto record = parse_record_text(text);
    ASSERT_TRUE(record) << text << ": " << record.error().message;
    EXPECT_EQ(record->public_spki, rsa_spki()) << text;
  }
}

TEST(ParseRecordText, ReadsAWeakKeyAsVerifiersDo) {
  const Bytes weak = crypto::test::spki_of(*crypto::test::rsa_of_bits(1024));
  EXPECT_EQ(parse_record_text("v=DKIM1; p=" + base64_of(weak))->public_spki, weak);
}

TEST(ParseRecordText, RefusesABrokenTagList) {
  const std::string key = rsa_base64();
  const std::string with_two_keys = "v=DKIM1; p=" + key + "; p=" + key;
  for (const auto& text : {
           std::string(),
           std::string(" "),
           std::string(";"),
           std::string("v=DKIM1"),
           std::string("v=spf1 ~all"),
           "v=DKIM1;; p=" + key,
           "; v=DKIM1; p=" + key,
           "v=DKIM1; p=" + key + ";;",
           "k=rsa; v=DKIM1; p=" + key,
           "v=DKIM2; p=" + key,
           "v=dkim1; p=" + key,
           "v=DKIM1; V; p=" + key,
           "v=DKIM1; =x; p=" + key,
           "v=DKIM1; 9a=x; p=" + key,
           "v=DKIM1; a-b=x; p=" + key,
           "v=DKIM1; P=" + key,
           with_two_keys,
           "v=DKIM1; v=DKIM1; p=" + key,
           "v=DKIM1; k=rsa; k=rsa; p=" + key,
           "v=DKIM1; n=\x01; p=" + key,
           "v=DKIM1; n=\xc3\xa9; p=" + key,
           "\"v=DKIM1; p=" + key + "\"",
       }) {
    const auto record = parse_record_text(text);
    ASSERT_FALSE(record) << text;
    EXPECT_EQ(record.error().code, ErrorCode::kInvalid) << text;
  }
}

TEST(ParseRecordText, RefusesKeysThatAreNoneOfTheirType) {
  const std::string key = rsa_base64();
  const std::string ed25519_spki = base64_of(crypto::test::rfc_ed25519_key().public_spki().value());
  for (const auto& text : {
           "v=DKIM1; k=ed25519; p=" + key,
           "v=DKIM1; k=ed25519; p=" + ed25519_spki,
           "v=DKIM1; k=rsa; p=" + rfc_key(),
           "v=DKIM1; k=rsa; p=" + ed25519_spki,
           "v=DKIM1; k=RSA; p=" + key,
           "v=DKIM1; k=; p=" + key,
           "v=DKIM1; k=ecdsa; p=" + key,
           "v=DKIM1; p=" + base64_of(crypto::test::spki_of(*crypto::test::ec_key())),
           "v=DKIM1; p=" + key.substr(0, key.size() - 4),
           "v=DKIM1; p=" + key.substr(0, key.size() - 1),
           "v=DKIM1; p=" + key + "AAAA",
           "v=DKIM1; p=\\" + key,
       }) {
    const auto record = parse_record_text(text);
    ASSERT_FALSE(record) << text;
    EXPECT_EQ(record.error().code, ErrorCode::kInvalid) << text;
  }
}

TEST(ParseRecordText, RefusesARecordThatForbidsItsUse) {
  const std::string key = rsa_base64();
  EXPECT_THAT(parse_record_text("v=DKIM1; h=sha1; p=" + key).error().message, HasSubstr("h="));
  EXPECT_THAT(parse_record_text("v=DKIM1; s=tlsrpt; p=" + key).error().message, HasSubstr("s="));
}

TEST(Probe, PassesForTheRecordOfTheKey) {
  EXPECT_TRUE(prove_pair(crypto::test::rsa_key(), txt_rdata(record_text(rsa_spki()).value())));
  const auto ed25519 = crypto::test::rfc_ed25519_key();
  EXPECT_TRUE(prove_pair(ed25519, txt_rdata(record_text(ed25519.public_spki().value()).value())));
}

TEST(Probe, JoinsTheStringsWithoutASpace) {
  const std::string text = record_text(rsa_spki()).value();
  Bytes pieces;
  for (std::size_t at = 0; at < text.size(); at += 7) {
    const std::string piece = text.substr(at, 7);
    pieces.push_back(static_cast<std::uint8_t>(piece.size()));
    pieces.insert(pieces.end(), piece.begin(), piece.end());
  }
  EXPECT_TRUE(prove_pair(crypto::test::rsa_key(), pieces));
}

TEST(Probe, RefusesAnyOtherRecord) {
  const std::string text = record_text(rsa_spki()).value();
  std::string flipped = text;
  flipped[100] = flipped[100] == 'A' ? 'B' : 'A';
  for (const auto& served : {txt_rdata(record_text(crypto::test::other_rsa_key().public_spki().value()).value()),
                             txt_rdata(kRevokedText), txt_rdata("v=DKIM1; k=ed25519; p=" + rfc_key()),
                             txt_rdata(flipped), txt_rdata("v=spf1 ~all"), txt_rdata(""), Bytes{}, Bytes{200, 'v'}}) {
    const auto refused = prove_pair(crypto::test::rsa_key(), served);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
    ASSERT_TRUE(refused.error().refusal);
    EXPECT_EQ(refused.error().refusal->guard, Guard::kKeyMismatch);
    EXPECT_FALSE(refused.error().refusal->clears_at);
  }
}

TEST(RecordText, IsMadeOfAStandInTooForADryRun) {
  for (const auto algorithm : {crypto::Algorithm::kRsa2048, crypto::Algorithm::kRsa3072, crypto::Algorithm::kRsa4096,
                               crypto::Algorithm::kEd25519}) {
    EXPECT_TRUE(record_text(crypto::stand_in_key(algorithm, 7))) << to_text(algorithm);
  }
}

}  // namespace
}  // namespace zonestore::dkim
