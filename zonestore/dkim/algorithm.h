// Which kinds of keys DKIM offers: RSA from 2048 bits on (RFC 6376, RFC 8301 section 3.2) and Ed25519 (RFC 8463).
//
// crypto/ may come to make keys of other kinds, for other purposes; what a person may ask for, what is imported and
// what is published as a DKIM record goes through here. Pure. Threads: any.
#pragma once

#include <string_view>

#include "zonestore/crypto/key_pair.h"

namespace zonestore::dkim {

// Errors: kRefused with kWeakKey for RSA below 2048 ("rsa1024"), kInvalid with the list for the rest.
[[nodiscard]] Result<crypto::Algorithm> parse_algorithm(std::string_view text);

// Of a SubjectPublicKeyInfo. Errors: kDamaged, kRefused/kWeakKey; kInvalid for a key of another kind or size.
[[nodiscard]] Result<crypto::Algorithm> algorithm_of(ByteView public_spki);

// A private key from outside: crypto::PrivateKey::from_pem for what DKIM offers. Errors: as there; kRefused/kWeakKey.
[[nodiscard]] Result<crypto::PrivateKey> key_from_pem(ByteView text);

}  // namespace zonestore::dkim
