// Key pairs by OpenSSL, of the kinds in key_kind.h: made, read, written, signed with.
//
// Nothing here knows what is signed: DKIM's rules (which kinds, which sizes) are in dkim/algorithm.h. OpenSSL's
// handles stay inside crypto/. Ownership: private bytes are overwritten when the object goes (secret_bytes.h).
// Threads: a PrivateKey may be used by one thread at a time; generate() may run on many at once. Errors:
// base/error.h.
#pragma once

#include <memory>

#include "zonestore/base/bytes.h"
#include "zonestore/base/error.h"
#include "zonestore/crypto/key_kind.h"
#include "zonestore/crypto/secret_bytes.h"

namespace zonestore::crypto {

class PrivateKey {
 public:
  [[nodiscard]] static Result<PrivateKey> generate(Algorithm algorithm);
  // PrivateKeyInfo, DER, unencrypted (RFC 5208). Errors: kDamaged; kInvalid for a key of another kind.
  [[nodiscard]] static Result<PrivateKey> from_pkcs8(ByteView der);
  // One key as PEM: PKCS #8 or PKCS #1, without a pass phrase; what is not a key beside it does not matter. Errors:
  // kInvalid if there is none, more than one, a pass phrase, a key of another kind, or if its numbers do not fit
  // together (one that is damaged does not show in a signature; the check takes a fifth of the time of making such a
  // key).
  [[nodiscard]] static Result<PrivateKey> from_pem(ByteView text);
  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  ~PrivateKey();

  [[nodiscard]] Algorithm algorithm() const;
  [[nodiscard]] Result<Bytes> public_spki() const;  // SubjectPublicKeyInfo, DER (RFC 5280 section 4.1)
  [[nodiscard]] Result<SecretBytes> pkcs8() const;  // PrivateKeyInfo, DER
  [[nodiscard]] Result<SecretBytes> pem() const;    // "-----BEGIN PRIVATE KEY-----" (RFC 7468 section 10)
  // RSA: PKCS #1 v1.5 over SHA-256 of the message. Ed25519: over the SHA-256 digest (RFC 8463 section 3).
  [[nodiscard]] Result<Bytes> sign(ByteView message) const;

 private:
  struct Impl;
  explicit PrivateKey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Of what kind the one key in such a text is, also if it is none of ours. Errors: kInvalid as from_pem.
[[nodiscard]] Result<KeyKind> kind_of_pem(ByteView private_key);

// True if `signature` over `message` (as by sign) is by the private half of this SubjectPublicKeyInfo.
[[nodiscard]] bool verifies(ByteView public_spki, ByteView message, ByteView signature);

}  // namespace zonestore::crypto
