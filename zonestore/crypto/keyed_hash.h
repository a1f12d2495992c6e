// What only who has a key can give over some bytes: HMAC-SHA256 (RFC 2104), by a key that is derived for one purpose.
//
// Threads: any. Errors: base/error.h; without memory std::bad_alloc.
#pragma once

#include <string_view>

#include "zonestore/base/bytes.h"
#include "zonestore/base/error.h"

namespace zonestore::crypto {

// The key of the HMAC is derived from `key` (random, 32 bytes) for that purpose alone (HKDF-SHA256, RFC 5869): the
// code says nothing of `key`, nor of what it gives for another purpose. Errors: kCrypto.
[[nodiscard]] Result<Bytes> keyed_hash(ByteView key, std::string_view purpose, ByteView message);

}  // namespace zonestore::crypto
