// DKIM: record texts, public keys and private keys by hand of others; what is taken comes back as it was.
// Input: one byte that says what it is (modulo 3: text, SubjectPublicKeyInfo, PKCS #8), then the bytes.
#include <algorithm>
#include <string>

#include "tests/fuzz/text_rules.h"
#include "zonestore/dkim/record_text.h"
#include "zonestore/zone/record_set.h"

namespace {

using zonestore::Bytes;
using zonestore::ByteView;
using zonestore::ErrorCode;
using zonestore::crypto::PrivateKey;

// A key is published and read back, or refused: no key, of another kind, or weak.
void check_key(ByteView spki) {
  const auto text = zonestore::dkim::record_text(spki);
  if (!text) {
    dnsd::fuzz::check_message(text.error().message);
    const ErrorCode code = text.error().code;
    FUZZ_REQUIRE(code == ErrorCode::kDamaged || code == ErrorCode::kInvalid || code == ErrorCode::kRefused);
    return;
  }
  const auto parsed = zonestore::dkim::parse_record_text(*text);
  FUZZ_REQUIRE(parsed.has_value() && !parsed->revoked);
  FUZZ_REQUIRE(std::ranges::equal(parsed->public_spki, spki));
  const auto joined = zonestore::txt_joined(zonestore::txt_rdata(*text));
  FUZZ_REQUIRE(joined.has_value() && *joined == *text);
}

void check_text(const std::string& text) {
  const auto joined = zonestore::txt_joined(zonestore::txt_rdata(text));
  FUZZ_REQUIRE(joined.has_value() && *joined == text);
  const auto parsed = zonestore::dkim::parse_record_text(text);
  if (!parsed) {
    dnsd::fuzz::check_message(parsed.error().message);
    FUZZ_REQUIRE(parsed.error().code == ErrorCode::kInvalid);
    return;
  }
  FUZZ_REQUIRE(parsed->revoked == parsed->public_spki.empty());
  if (!parsed->revoked) {
    check_key(parsed->public_spki);
  }
}

void check_private_key(ByteView der) {
  const auto key = PrivateKey::from_pkcs8(der);
  if (!key) {
    dnsd::fuzz::check_message(key.error().message);
    return;
  }
  const auto spki = key->public_spki();
  const auto written = key->pkcs8();
  FUZZ_REQUIRE(spki.has_value() && written.has_value() && key->pem().has_value());
  check_key(*spki);
  const auto again = PrivateKey::from_pkcs8(written->view());
  FUZZ_REQUIRE(again.has_value() && again->algorithm() == key->algorithm());
  const auto spki_again = again->public_spki();
  FUZZ_REQUIRE(spki_again.has_value() && *spki_again == *spki);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const ByteView bytes(data + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      check_text(std::string(bytes.begin(), bytes.end()));
      break;
    case 1:
      check_key(bytes);
      break;
    default:
      check_private_key(bytes);
  }
  return 0;
}
