// A private key in the form that a signer takes, and which it takes at all. Pure. Errors: base/error.h.
//
//   opendkim 2.11   RSA as PEM. Ed25519 it cannot: it reads the key and then defers the mail (451)
//   rspamd 3.4      RSA as PEM; Ed25519 as base64 of the 32 bytes of the seed (RFC 8032), not PEM
//   exim, files     PEM, RFC 7468
#pragma once

#include "zonestore/crypto/key_pair.h"
#include "zonestore/signer/layout.h"

namespace zonestore::signer {

[[nodiscard]] bool can_sign_with(Format format, crypto::Algorithm algorithm);
// The bytes of its file, from the key's PrivateKeyInfo in DER (RFC 5208) as the vault holds it. No key is made of it:
// what a signer holds is compared with these bytes again and again, and reading and writing a key takes a
// millisecond.
[[nodiscard]] Result<crypto::SecretBytes> key_form(Format format, ByteView pkcs8);

}  // namespace zonestore::signer
