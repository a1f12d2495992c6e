// What stands for a public key that a dry run does not make: of the right form and size, and nobody's.
//
// Pure. Never to be published.
#pragma once

#include <cstdint>

#include "zonestore/base/bytes.h"
#include "zonestore/crypto/key_pair.h"

namespace zonestore::crypto {

// A SubjectPublicKeyInfo that is as long as every key of that algorithm, another for each number.
[[nodiscard]] Bytes stand_in_key(Algorithm algorithm, std::uint64_t number);

}  // namespace zonestore::crypto
