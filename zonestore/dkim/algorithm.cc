#include "zonestore/dkim/algorithm.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include "zonestore/base/joined.h"

namespace zonestore::dkim {
namespace {

using crypto::Algorithm;
using crypto::KeyKind;

constexpr int kSmallestRsaBits = 2048;  // RFC 8301 section 3.2

constexpr std::array kOffered{Algorithm::kRsa2048, Algorithm::kRsa3072, Algorithm::kRsa4096, Algorithm::kEd25519};

bool is_offered(Algorithm algorithm) {
  return std::find(kOffered.begin(), kOffered.end(), algorithm) != kOffered.end();
}

std::string list_of_offered() {
  return joined(kOffered, ", ", [](Algorithm each) { return to_text(each); });
}

// 1024 of "rsa1024"; nullopt for anything else.
std::optional<unsigned> rsa_bits(std::string_view text) {
  constexpr std::string_view kHead = "rsa";
  if (!text.starts_with(kHead)) {
    return std::nullopt;
  }
  text.remove_prefix(kHead.size());
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return bits;
}

Result<Algorithm> offered(const KeyKind& kind) {
  if (kind.algorithm && is_offered(*kind.algorithm)) {
    return *kind.algorithm;
  }
  if (kind.type != "RSA") {
    return fail(ErrorCode::kInvalid, "a key of type " + kind.type + " cannot sign DKIM: only RSA and Ed25519 can",
                "RSA of 2048, 3072 or 4096 bits, or Ed25519");
  }
  const std::string what = "an RSA key of " + std::to_string(kind.bits) + " bits is ";
  if (kind.bits < kSmallestRsaBits) {
    return refuse(Guard::kWeakKey, what + "too weak: receivers reject its signatures", "use a key of 2048 bits");
  }
  return fail(ErrorCode::kInvalid, what + "not supported", "use a key of 2048, 3072 or 4096 bits");
}

}  // namespace

Result<Algorithm> parse_algorithm(std::string_view text) {
  if (const auto known = crypto::algorithm_from_text(text); known && is_offered(*known)) {
    return *known;
  }
  if (const auto bits = rsa_bits(text); bits && *bits < static_cast<unsigned>(kSmallestRsaBits)) {
    return refuse(Guard::kWeakKey, std::string(text) + " is too weak: receivers reject signatures by short RSA keys",
                  "use rsa2048");
  }
  return fail(ErrorCode::kInvalid, "'" + std::string(text) + "' is not a key algorithm",
              "use one of " + list_of_offered());
}

Result<Algorithm> algorithm_of(ByteView public_spki) {
  return crypto::kind_of(public_spki).and_then(&offered);
}

Result<crypto::PrivateKey> key_from_pem(ByteView text) {
  return crypto::kind_of_pem(text).and_then(&offered).and_then(
      [text](Algorithm) { return crypto::PrivateKey::from_pem(text); });
}

}  // namespace zonestore::dkim
