// The wrapping key: the 32 bytes that the vault's private keys are encrypted with (AES-256-GCM), and what it does.
//
// A file of it holds 64 hexadecimal digits and a newline. Its id is told freely: it names the key and gives nothing
// away. Threads: plain values; one that nobody changes may be shared. Errors: as in base/error.h; nothing is thrown.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "zonestore/base/error.h"
#include "zonestore/crypto/secret_bytes.h"

namespace zonestore {

class WrappingKey {
 public:
  [[nodiscard]] static Result<WrappingKey> generate();
  // Errors: kInvalid; the message never holds what was read.
  [[nodiscard]] static Result<WrappingKey> parse(std::string_view hexadecimal);

  // 32 hexadecimal digits: the first half of a SHA-256 over the key and a label.
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] crypto::SecretBytes hexadecimal() const;  // with the newline

  // Nonce, ciphertext, tag. `context` is bound in: it must be the same when it is opened. Errors: kCrypto.
  [[nodiscard]] Result<Bytes> seal(std::string_view context, ByteView secret) const;
  // Errors: kDamaged for anything that this key has not sealed in this context.
  [[nodiscard]] Result<crypto::SecretBytes> open(std::string_view context, ByteView sealed) const;

  // HMAC-SHA256 over the message, by a key that is derived from this one for that purpose alone (HKDF-SHA256,
  // RFC 5869): it says nothing of this key, nor of what it gives for another purpose. Errors: kCrypto.
  [[nodiscard]] Result<Bytes> code(std::string_view purpose, ByteView message) const;

 private:
  explicit WrappingKey(crypto::SecretBytes bytes);
  crypto::SecretBytes bytes_;
  std::string id_;
};

}  // namespace zonestore
