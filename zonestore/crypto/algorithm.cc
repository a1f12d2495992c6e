#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "zonestore/crypto/key_pair.h"

namespace zonestore::crypto {

namespace {

constexpr std::array kNames{
    std::pair{Algorithm::kRsa2048, std::string_view{"rsa2048"}},
    std::pair{Algorithm::kRsa3072, std::string_view{"rsa3072"}},
    std::pair{Algorithm::kRsa4096, std::string_view{"rsa4096"}},
    std::pair{Algorithm::kEd25519, std::string_view{"ed25519"}},
};

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

}  // namespace

std::string_view to_text(Algorithm algorithm) {
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == algorithm; });
  return found == kNames.end() ? std::string_view{} : found->second;
}

Result<Algorithm> parse_algorithm(std::string_view text) {
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.second == text; });
  if (found != kNames.end()) {
    return found->first;
  }
  if (const auto bits = rsa_bits(text); bits && *bits < 2048) {
    return refuse(Guard::kWeakKey, std::string(text) + " is too weak: receivers reject signatures by short RSA keys",
                  "use rsa2048");
  }
  return fail(ErrorCode::kInvalid, "'" + std::string(text) + "' is not a key algorithm",
              "use one of rsa2048, rsa3072, rsa4096, ed25519");
}

}  // namespace zonestore::crypto
