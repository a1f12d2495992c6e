// The kinds of keys that we make and sign with, and of what kind a given key is. Which of them DKIM offers, and from
// what size on, is said in dkim/algorithm.h.
//
// Pure. Threads: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "zonestore/base/bytes.h"
#include "zonestore/base/error.h"

namespace zonestore::crypto {

enum class Algorithm : std::uint8_t { kRsa2048, kRsa3072, kRsa4096, kEd25519 };

[[nodiscard]] std::string_view to_text(Algorithm algorithm);  // "rsa2048"
[[nodiscard]] std::optional<Algorithm> algorithm_from_text(std::string_view text);

// Of any key, also of one that we make no use of.
struct KeyKind {
  std::string type;  // OpenSSL's name: "RSA", "ED25519", "EC"
  int bits = 0;
  std::optional<Algorithm> algorithm = std::nullopt;  // if it is one of ours
};
// Errors: kDamaged for what is not exactly one SubjectPublicKeyInfo.
[[nodiscard]] Result<KeyKind> kind_of(ByteView public_spki);

}  // namespace zonestore::crypto
