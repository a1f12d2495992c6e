#include "zonestore/crypto/keyed_hash.h"

#include <array>
#include <memory>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "zonestore/crypto/hmac.h"
#include "zonestore/crypto/openssl_handles.h"
#include "zonestore/crypto/secret_bytes.h"

namespace zonestore::crypto {
namespace {

constexpr std::size_t kDerivedBytes = 32;

using KdfHandle = std::unique_ptr<EVP_KDF, HandleDeleter<&EVP_KDF_free>>;
using KdfContextHandle = std::unique_ptr<EVP_KDF_CTX, HandleDeleter<&EVP_KDF_CTX_free>>;

// OpenSSL's parameters are not const, and it does not write to these.
OSSL_PARAM octets(const char* name, ByteView bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()), bytes.size());
}

// HKDF-SHA256, extract and expand, without a salt: the input is a random key already (RFC 5869 section 3.1).
bool derive(ByteView key, std::string_view purpose, Bytes& derived) {
  const ByteView info(reinterpret_cast<const std::uint8_t*>(purpose.data()), purpose.size());
  const KdfHandle kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr));
  const KdfContextHandle context(kdf == nullptr ? nullptr : EVP_KDF_CTX_new(kdf.get()));
  std::array<char, 7> digest{"SHA256"};
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
                              octets(OSSL_KDF_PARAM_KEY, key), octets(OSSL_KDF_PARAM_INFO, info),
                              OSSL_PARAM_construct_end()};
  return context != nullptr && EVP_KDF_derive(context.get(), derived.data(), derived.size(), parameters.data()) == 1;
}

}  // namespace

Result<Bytes> keyed_hash(ByteView key, std::string_view purpose, ByteView message) {
  Bytes derived(kDerivedBytes);
  const bool made = derive(key, purpose, derived);
  const SecretBytes own(std::move(derived));
  if (!made) {
    ERR_clear_error();
    return fail(ErrorCode::kCrypto, "no keyed hash could be made");
  }
  Hmac hmac(HmacKey(HmacKind::kSha256, own.view()));
  hmac.add(message);
  const HmacCode code = hmac.finish();
  return Bytes(code.view().begin(), code.view().end());
}

}  // namespace zonestore::crypto
