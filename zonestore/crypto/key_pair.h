// DKIM key pairs by OpenSSL: RSA (RFC 6376, RFC 8301) and Ed25519 (RFC 8463).
//
// OpenSSL's handles live in openssl_handles.h and key_pair.cc alone. Private bytes are cleansed when the object goes.
// Threads: a PrivateKey may be used by one thread at a time; generate() may run on many at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "zonestore/base/bytes.h"
#include "zonestore/base/error.h"

namespace zonestore::crypto {

enum class Algorithm : std::uint8_t { kRsa2048, kRsa3072, kRsa4096, kEd25519 };

[[nodiscard]] std::string_view to_text(Algorithm algorithm);  // "rsa2048"
// Errors: kRefused with kWeakKey for RSA below 2048 ("rsa1024"), kInvalid with the list for the rest.
[[nodiscard]] Result<Algorithm> parse_algorithm(std::string_view text);

// Bytes that are overwritten before their memory is given back.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(Bytes bytes) : bytes_(std::move(bytes)) {}
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  ~SecretBytes();
  [[nodiscard]] ByteView view() const { return bytes_; }

 private:
  Bytes bytes_;
};

class PrivateKey {
 public:
  [[nodiscard]] static Result<PrivateKey> generate(Algorithm algorithm);
  [[nodiscard]] static Result<PrivateKey> from_pkcs8(ByteView der);  // Errors: as of algorithm_of
  // One key as PEM: PKCS #8 or PKCS #1, without a pass phrase; what is not a key beside it does not matter. Errors:
  // kInvalid if there is none, more than one, a pass phrase, or if its numbers do not fit together (one that is
  // damaged does not show in a signature; the check takes a fifth of the time of making such a key);
  // kRefused/kWeakKey, and as of algorithm_of.
  [[nodiscard]] static Result<PrivateKey> from_pem(ByteView text);
  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  ~PrivateKey();

  [[nodiscard]] Algorithm algorithm() const;
  [[nodiscard]] Result<Bytes> public_spki() const;  // SubjectPublicKeyInfo, DER
  [[nodiscard]] Result<SecretBytes> pkcs8() const;  // PrivateKeyInfo, DER
  [[nodiscard]] Result<SecretBytes> pem() const;    // "-----BEGIN PRIVATE KEY-----", as signers read it
  // RSA: PKCS #1 v1.5 over SHA-256 of the message. Ed25519: over the SHA-256 digest (RFC 8463 section 3).
  [[nodiscard]] Result<Bytes> sign(ByteView message) const;

 private:
  struct Impl;
  explicit PrivateKey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// True if `signature` over `message` (as by sign) is by the private half of this SubjectPublicKeyInfo.
[[nodiscard]] bool verifies(ByteView public_spki, ByteView message, ByteView signature);
// Errors: kDamaged, kRefused/kWeakKey; kInvalid for a key of another kind or size.
[[nodiscard]] Result<Algorithm> algorithm_of(ByteView public_spki);

}  // namespace zonestore::crypto
