#include "zonestore/signer/key_form.h"

#include <string>
#include <utility>

#include <string.h>

namespace zonestore::signer {
namespace {

constexpr std::size_t kSeedBytes = 32;

// The seed ends the PrivateKeyInfo of RFC 8410: there is nothing after it in what our library writes.
Result<dkim::SecretBytes> seed_form(const dkim::PrivateKey& key) {
  const Result<dkim::SecretBytes> der = key.pkcs8();
  if (!der) {
    return tl::unexpected(der.error());
  }
  if (der->view().size() < kSeedBytes) {
    return fail(ErrorCode::kCrypto, "an Ed25519 key has no seed");
  }
  std::string text = dkim::base64(der->view().last(kSeedBytes));
  Bytes bytes(text.begin(), text.end());
  ::explicit_bzero(text.data(), text.size());
  bytes.push_back('\n');
  return dkim::SecretBytes(std::move(bytes));
}

}  // namespace

bool can_sign_with(Format format, dkim::Algorithm algorithm) {
  return algorithm != dkim::Algorithm::kEd25519 || format != Format::kOpendkim;
}

Result<dkim::SecretBytes> key_form(Format format, const dkim::PrivateKey& key) {
  const bool as_seed = format == Format::kRspamd && key.algorithm() == dkim::Algorithm::kEd25519;
  return as_seed ? seed_form(key) : key.pem();
}

}  // namespace zonestore::signer
