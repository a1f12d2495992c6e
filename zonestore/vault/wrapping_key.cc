#include "zonestore/vault/wrapping_key.h"

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "zonestore/base/file_text.h"

namespace zonestore {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kCodeBytes = 32;
constexpr std::string_view kIdLabel = "zonestore vault: id of a wrapping key";
constexpr std::string_view kDigits = "0123456789abcdef";

struct CipherDeleter {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using CipherHandle = std::unique_ptr<EVP_CIPHER_CTX, CipherDeleter>;

struct KdfDeleter {
  void operator()(EVP_KDF* kdf) const noexcept { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const noexcept { EVP_KDF_CTX_free(context); }
};

// OpenSSL's parameters are not const, and it does not write to these.
OSSL_PARAM octets(const char* name, ByteView bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()), bytes.size());
}

// HKDF-SHA256, extract and expand, without a salt: the input is a random key already (RFC 5869 section 3.1).
bool derive(ByteView key, ByteView purpose, Bytes& derived) {
  const std::unique_ptr<EVP_KDF, KdfDeleter> kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr));
  const std::unique_ptr<EVP_KDF_CTX, KdfDeleter> context(kdf == nullptr ? nullptr : EVP_KDF_CTX_new(kdf.get()));
  std::array<char, 7> digest{"SHA256"};
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
                              octets(OSSL_KDF_PARAM_KEY, key), octets(OSSL_KDF_PARAM_INFO, purpose),
                              OSSL_PARAM_construct_end()};
  return context != nullptr && EVP_KDF_derive(context.get(), derived.data(), derived.size(), parameters.data()) == 1;
}

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

tl::unexpected<Error> crypto_failure(const std::string& what) {
  ERR_clear_error();
  return fail(ErrorCode::kCrypto, what);
}

std::string hexadecimal_text(ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 0xfU]);
  }
  return text;
}

// Over the label first, so that the hash is of no use to anything else.
std::string id_of(ByteView key) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash{};
  Bytes input(kIdLabel.begin(), kIdLabel.end());
  input.insert(input.end(), key.begin(), key.end());
  EVP_Digest(input.data(), input.size(), hash.data(), nullptr, EVP_sha256(), nullptr);
  OPENSSL_cleanse(input.data(), input.size());
  return hexadecimal_text(ByteView(hash).first(kIdBytes));
}

std::optional<std::uint8_t> digit_value(char digit) {
  if (digit >= '0' && digit <= '9') {
    return static_cast<std::uint8_t>(digit - '0');
  }
  if (digit >= 'a' && digit <= 'f') {
    return static_cast<std::uint8_t>(digit - 'a' + 10);
  }
  if (digit >= 'A' && digit <= 'F') {
    return static_cast<std::uint8_t>(digit - 'A' + 10);
  }
  return std::nullopt;
}

bool add_context(EVP_CIPHER_CTX* cipher, std::string_view context,
                 int (*update)(EVP_CIPHER_CTX*, unsigned char*, int*, const unsigned char*, int)) {
  int length = 0;
  const ByteView bytes = bytes_of(context);
  return update(cipher, nullptr, &length, bytes.data(), static_cast<int>(bytes.size())) == 1;
}

}  // namespace

WrappingKey::WrappingKey(Bytes bytes) : bytes_(std::move(bytes)), id_(id_of(bytes_.view())) {}

Result<WrappingKey> WrappingKey::generate() {
  Bytes bytes(kKeyBytes);
  if (RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return crypto_failure("no random numbers for a wrapping key");
  }
  return WrappingKey(std::move(bytes));
}

Result<WrappingKey> WrappingKey::parse(std::string_view hexadecimal) {
  hexadecimal = without_byte_order_mark(hexadecimal);
  while (!hexadecimal.empty() && (hexadecimal.back() == '\n' || hexadecimal.back() == '\r')) {
    hexadecimal.remove_suffix(1);
  }
  crypto::SecretBytes cleansed_on_failure;
  Bytes bytes;
  bytes.reserve(kKeyBytes);  // at once: a vector that grows leaves copies behind
  if (hexadecimal.size() == kKeyBytes * 2) {
    for (std::size_t at = 0; at < hexadecimal.size(); at += 2) {
      const auto high = digit_value(hexadecimal[at]);
      const auto low = digit_value(hexadecimal[at + 1]);
      if (!high || !low) {
        break;
      }
      bytes.push_back(static_cast<std::uint8_t>(unsigned{*high} << 4U | *low));
    }
  }
  if (bytes.size() != kKeyBytes) {
    cleansed_on_failure = crypto::SecretBytes(std::move(bytes));
    return fail(ErrorCode::kInvalid, "a wrapping key is 64 hexadecimal digits", "openssl rand -hex 32 makes one");
  }
  return WrappingKey(std::move(bytes));
}

crypto::SecretBytes WrappingKey::hexadecimal() const {
  Bytes text;
  text.reserve(kKeyBytes * 2 + 1);
  for (const std::uint8_t byte : bytes_.view()) {
    text.push_back(static_cast<std::uint8_t>(kDigits[byte >> 4U]));
    text.push_back(static_cast<std::uint8_t>(kDigits[byte & 0xfU]));
  }
  text.push_back('\n');
  return crypto::SecretBytes(std::move(text));
}

Result<Bytes> WrappingKey::code(std::string_view purpose, ByteView message) const {
  Bytes derived(kKeyBytes);
  const bool made = derive(bytes_.view(), bytes_of(purpose), derived);
  const crypto::SecretBytes key(std::move(derived));
  Bytes code(kCodeBytes);
  std::size_t size = 0;
  if (!made ||
      EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.view().data(), key.view().size(), message.data(),
                message.size(), code.data(), code.size(), &size) == nullptr ||
      size != code.size()) {
    return crypto_failure("a code could not be derived from the wrapping key");
  }
  return code;
}

Result<Bytes> WrappingKey::seal(std::string_view context, ByteView secret) const {
  Bytes sealed(kNonceBytes + secret.size() + kTagBytes);
  std::uint8_t* const body = sealed.data() + kNonceBytes;
  const CipherHandle cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  // A random nonce for each: with fewer than 2^32 of them under one key, GCM stays safe (NIST SP 800-38D
  // section 8.3).
  if (cipher == nullptr || RAND_bytes(sealed.data(), static_cast<int>(kNonceBytes)) != 1 ||
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_.view().data(), sealed.data()) != 1 ||
      !add_context(cipher.get(), context, &EVP_EncryptUpdate) ||
      EVP_EncryptUpdate(cipher.get(), body, &length, secret.data(), static_cast<int>(secret.size())) != 1 ||
      EVP_EncryptFinal_ex(cipher.get(), body + length, &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes), body + secret.size()) !=
          1) {
    return crypto_failure("a private key could not be encrypted");
  }
  return sealed;
}

Result<crypto::SecretBytes> WrappingKey::open(std::string_view context, ByteView sealed) const {
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
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_.view().data(), sealed.data()) == 1 &&
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
  return crypto::SecretBytes(std::move(clear));
}

}  // namespace zonestore
