#include "zonestore/crypto/secret_bytes.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>

namespace zonestore::crypto {

SecretBytes::SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {
  other.bytes_.clear();
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    OPENSSL_cleanse(bytes_.data(), bytes_.size());
    bytes_ = std::move(other.bytes_);
    other.bytes_.clear();
  }
  return *this;
}

SecretBytes::~SecretBytes() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

Result<SecretBytes> random_secret(std::size_t bytes) {
  Bytes random(bytes);
  if (RAND_priv_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::kCrypto, "the system gave no random bytes");
  }
  return SecretBytes(std::move(random));
}

}  // namespace zonestore::crypto
