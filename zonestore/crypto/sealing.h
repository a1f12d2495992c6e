// Secrets sealed with a key: AES-256-GCM (NIST SP 800-38D), a random nonce each time.
//
//   sealed = nonce (12 bytes), ciphertext, tag (16)
//
// `context` is bound in: it must be the same when it is opened. Threads: any. Errors: base/error.h; nothing is
// thrown.
#pragma once

#include <string_view>

#include "zonestore/base/error.h"
#include "zonestore/crypto/secret_bytes.h"

namespace zonestore::crypto {

inline constexpr std::size_t kSealingKeyBytes = 32;

// Precondition of both: the key has kSealingKeyBytes. Errors: kCrypto.
[[nodiscard]] Result<Bytes> seal(ByteView key, std::string_view context, ByteView secret);
// Errors: kDamaged for anything that this key has not sealed in this context.
[[nodiscard]] Result<SecretBytes> open_sealed(ByteView key, std::string_view context, ByteView sealed);

}  // namespace zonestore::crypto
