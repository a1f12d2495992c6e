#include "zonestore/crypto/sealing.h"

#include <memory>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include "zonestore/crypto/openssl_handles.h"

namespace zonestore::crypto {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

using CipherHandle = std::unique_ptr<EVP_CIPHER_CTX, HandleDeleter<&EVP_CIPHER_CTX_free>>;

bool add_context(EVP_CIPHER_CTX* cipher, std::string_view context,
                 int (*update)(EVP_CIPHER_CTX*, unsigned char*, int*, const unsigned char*, int)) {
  int length = 0;
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(context.data());
  return update(cipher, nullptr, &length, bytes, static_cast<int>(context.size())) == 1;
}

}  // namespace

Result<Bytes> seal(ByteView key, std::string_view context, ByteView secret) {
  Bytes sealed(kNonceBytes + secret.size() + kTagBytes);
  std::uint8_t* const body = sealed.data() + kNonceBytes;
  const CipherHandle cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  // A random nonce for each: with fewer than 2^32 of them under one key, GCM stays safe (NIST SP 800-38D
  // section 8.3).
  if (cipher == nullptr || RAND_bytes(sealed.data(), static_cast<int>(kNonceBytes)) != 1 ||
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), sealed.data()) != 1 ||
      !add_context(cipher.get(), context, &EVP_EncryptUpdate) ||
      EVP_EncryptUpdate(cipher.get(), body, &length, secret.data(), static_cast<int>(secret.size())) != 1 ||
      EVP_EncryptFinal_ex(cipher.get(), body + length, &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes), body + secret.size()) !=
          1) {
    ERR_clear_error();
    return fail(ErrorCode::kCrypto, "the secret could not be sealed");
  }
  return sealed;
}

Result<SecretBytes> open_sealed(ByteView key, std::string_view context, ByteView sealed) {
  if (sealed.size() < kNonceBytes + kTagBytes) {
    return fail(ErrorCode::kDamaged, "it is too short to be sealed");
  }
  const ByteView body = sealed.subspan(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  Bytes tag(sealed.end() - kTagBytes, sealed.end());
  Bytes clear(body.size() + 1);  // never empty, so that OpenSSL gets a place to write to
  const CipherHandle cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  const bool opened =
      cipher != nullptr &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.data(), sealed.data()) == 1 &&
      add_context(cipher.get(), context, &EVP_DecryptUpdate) &&
      EVP_DecryptUpdate(cipher.get(), clear.data(), &length, body.data(), static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagBytes), tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), clear.data() + length, &length) == 1;
  if (!opened) {
    OPENSSL_cleanse(clear.data(), clear.size());
    ERR_clear_error();
    return fail(ErrorCode::kDamaged, "it was altered, or it belongs to another key id");
  }
  clear.resize(body.size());
  return SecretBytes(std::move(clear));
}

}  // namespace zonestore::crypto
