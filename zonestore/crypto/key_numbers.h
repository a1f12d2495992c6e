// Whether a stored private key is whole and the private half of a public key, by arithmetic alone.
//
// OpenSSL's check of a key from outside (PrivateKey::from_pem) also asks whether p and q are prime, which takes as
// long as a fifth of making the key; a restore has to look at hundreds of thousands that were proven when they were
// made or imported. This one finds any single number that is damaged (n, e, d, p, q, dP, dQ, qInv), which a signature
// does not show: OpenSSL's signing goes round a damaged one in silence, and the next program that reads the key may
// not. RFC 8017 section 3.2. Threads: any. Errors: kDamaged.
#pragma once

#include "zonestore/base/bytes.h"
#include "zonestore/base/error.h"

namespace zonestore::crypto {

// `pkcs8`: PrivateKeyInfo, DER, unencrypted; `public_spki`: SubjectPublicKeyInfo, DER.
[[nodiscard]] Result<void> check_numbers(ByteView pkcs8, ByteView public_spki);

}  // namespace zonestore::crypto
