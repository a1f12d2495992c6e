#include "zonestore/crypto/key_pair.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "zonestore/crypto/openssl_handles.h"

namespace zonestore::crypto {

namespace {

// What OpenSSL says about the last failure; its queue is left empty, so that nothing stale is reported later.
tl::unexpected<Error> crypto_failure(const std::string& what) {
  const unsigned long code = ERR_peek_last_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return fail(ErrorCode::kCrypto, reason == nullptr ? what : what + ": " + reason);
}

tl::unexpected<Error> damaged(const std::string& what) {
  ERR_clear_error();
  return fail(ErrorCode::kDamaged, what);
}

Result<Algorithm> ours(const KeyKind& kind) {
  if (kind.algorithm) {
    return *kind.algorithm;
  }
  return fail(ErrorCode::kInvalid,
              "a key of type " + kind.type + " with " + std::to_string(kind.bits) + " bits is none that we sign with",
              "RSA of 2048, 3072 or 4096 bits, or Ed25519");
}

// RFC 8463 section 3: Ed25519 signs the SHA-256 hash of the message, and takes no digest of its own.
struct SignatureInput {
  Bytes hash;                      // Ed25519 only
  const EVP_MD* digest = nullptr;  // RSA only

  [[nodiscard]] ByteView data(ByteView message) const { return digest == nullptr ? ByteView(hash) : message; }
};

std::optional<SignatureInput> signature_input(bool is_ed25519, ByteView message) {
  if (!is_ed25519) {
    return SignatureInput{{}, EVP_sha256()};
  }
  SignatureInput input;
  input.hash.resize(static_cast<std::size_t>(EVP_MD_get_size(EVP_sha256())));
  if (EVP_Digest(message.data(), message.size(), input.hash.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    return std::nullopt;
  }
  return input;
}

KeyHandle generate_rsa(unsigned bits) {
  // The public exponent is OpenSSL's default, 65537.
  return KeyHandle(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits)));
}

KeyHandle generate_handle(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRsa2048:
      return generate_rsa(2048);
    case Algorithm::kRsa3072:
      return generate_rsa(3072);
    case Algorithm::kRsa4096:
      return generate_rsa(4096);
    case Algorithm::kEd25519:
      return KeyHandle(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }
  return nullptr;
}

}  // namespace

struct PrivateKey::Impl {
  KeyHandle key;
  Algorithm algorithm;
};

PrivateKey::PrivateKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

Result<PrivateKey> PrivateKey::generate(Algorithm algorithm) {
  KeyHandle key = generate_handle(algorithm);
  if (key == nullptr) {
    return crypto_failure("cannot make a key of type " + std::string(to_text(algorithm)));
  }
  return PrivateKey(std::make_unique<Impl>(Impl{std::move(key), algorithm}));
}

Result<PrivateKey> PrivateKey::from_pkcs8(ByteView der) {
  if (der.empty()) {
    return damaged("the private key is empty");
  }
  const std::uint8_t* next = der.data();
  const Pkcs8Handle info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &next, static_cast<long>(der.size())));
  if (info == nullptr || next != der.data() + der.size()) {
    return damaged("the private key is not one PKCS #8 structure");
  }
  KeyHandle key(EVP_PKCS82PKEY(info.get()));
  if (key == nullptr) {
    return damaged("the private key inside its PKCS #8 structure cannot be read");
  }
  const auto algorithm = ours(kind_of(*key));
  if (!algorithm) {
    return tl::unexpected(algorithm.error());
  }
  return PrivateKey(std::make_unique<Impl>(Impl{std::move(key), *algorithm}));
}

namespace {

// Of a key from outside: RSA's numbers fit together and p and q are prime; Ed25519's public half is the private
// one's.
Result<void> check_whole(EVP_PKEY* key) {
  const KeyContextHandle context(EVP_PKEY_CTX_new(key, nullptr));
  const bool is_whole = context != nullptr && EVP_PKEY_pairwise_check(context.get()) == 1;
  ERR_clear_error();
  if (!is_whole) {
    return fail(ErrorCode::kInvalid, "the private key is damaged: its numbers do not fit together",
                "take it from its source again; openssl pkey -in FILE -noout -check says more");
  }
  return {};
}

// The only key in the text, whatever it is.
Result<KeyHandle> read_pem(ByteView text) {
  const BioHandle bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  bool has_pass_phrase = false;
  const auto refuse_pass_phrase = [](char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
  };
  const auto next_key = [&] {
    return KeyHandle(
        bio == nullptr ? nullptr : PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_pass_phrase, &has_pass_phrase));
  };
  KeyHandle key = next_key();
  const bool is_alone = key != nullptr && next_key() == nullptr;
  ERR_clear_error();
  if (has_pass_phrase) {
    return fail(ErrorCode::kInvalid, "the private key has a pass phrase",
                "openssl pkey -in FILE -out NEW_FILE takes it off");
  }
  if (!is_alone) {
    return fail(ErrorCode::kInvalid, key == nullptr ? "there is no private key in PEM form (PKCS #8 or PKCS #1)"
                                                    : "there is more than one private key");
  }
  return key;
}

}  // namespace

Result<KeyKind> kind_of_pem(ByteView private_key) {
  return read_pem(private_key).map([](const KeyHandle& key) { return kind_of(*key); });
}

Result<PrivateKey> PrivateKey::from_pem(ByteView text) {
  Result<KeyHandle> key = read_pem(text);
  if (!key) {
    return tl::unexpected(key.error());
  }
  const auto algorithm = ours(kind_of(**key));
  if (!algorithm) {
    return tl::unexpected(algorithm.error());
  }
  if (const auto whole = check_whole(key->get()); !whole) {
    return tl::unexpected(whole.error());
  }
  return PrivateKey(std::make_unique<Impl>(Impl{*std::move(key), *algorithm}));
}

Algorithm PrivateKey::algorithm() const {
  return impl_->algorithm;
}

Result<Bytes> PrivateKey::public_spki() const {
  const int size = i2d_PUBKEY(impl_->key.get(), nullptr);
  if (size <= 0) {
    return crypto_failure("cannot encode the public key");
  }
  Bytes der(static_cast<std::size_t>(size));
  std::uint8_t* next = der.data();
  if (i2d_PUBKEY(impl_->key.get(), &next) != size) {
    return crypto_failure("cannot encode the public key");
  }
  return der;
}

Result<SecretBytes> PrivateKey::pkcs8() const {
  const Pkcs8Handle info(EVP_PKEY2PKCS8(impl_->key.get()));
  const int size = info == nullptr ? 0 : i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
  if (size <= 0) {
    return crypto_failure("cannot encode the private key");
  }
  Bytes der(static_cast<std::size_t>(size));
  std::uint8_t* next = der.data();
  const int written = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &next);
  SecretBytes secret(std::move(der));
  if (written != size) {
    return crypto_failure("cannot encode the private key");
  }
  return secret;
}

Result<SecretBytes> PrivateKey::pem() const {
  const Pkcs8Handle info(EVP_PKEY2PKCS8(impl_->key.get()));
  const BioHandle bio(BIO_new(BIO_s_secmem()));  // overwrites its memory when it grows and when it goes
  if (info == nullptr || bio == nullptr || PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio.get(), info.get()) != 1) {
    return crypto_failure("cannot write the private key as PEM");
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return SecretBytes(Bytes(text, text + size));
}

Result<Bytes> PrivateKey::sign(ByteView message) const {
  const auto input = signature_input(impl_->algorithm == Algorithm::kEd25519, message);
  const DigestContextHandle context(EVP_MD_CTX_new());
  if (!input || context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, input->digest, nullptr, impl_->key.get()) != 1) {
    return crypto_failure("cannot sign");
  }
  const ByteView data = input->data(message);
  std::size_t size = 0;
  if (EVP_DigestSign(context.get(), nullptr, &size, data.data(), data.size()) != 1) {
    return crypto_failure("cannot sign");
  }
  Bytes signature(size);
  if (EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) != 1) {
    return crypto_failure("cannot sign");
  }
  signature.resize(size);
  return signature;
}

bool verifies(ByteView public_spki, ByteView message, ByteView signature) {
  const KeyHandle key = read_public_key(public_spki);
  if (key == nullptr) {
    return false;
  }
  const bool is_ed25519 = EVP_PKEY_is_a(key.get(), "ED25519") == 1;
  if (!is_ed25519 && EVP_PKEY_is_a(key.get(), "RSA") != 1) {
    return false;
  }
  const auto input = signature_input(is_ed25519, message);
  const DigestContextHandle context(EVP_MD_CTX_new());
  if (!input || context == nullptr) {
    return false;
  }
  const ByteView data = input->data(message);
  const bool good =
      EVP_DigestVerifyInit(context.get(), nullptr, input->digest, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(), data.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace zonestore::crypto
