#include "zonestore/crypto/key_kind.h"

#include <algorithm>
#include <array>
#include <utility>

#include <openssl/err.h>

#include "zonestore/crypto/openssl_handles.h"
#include "zonestore/crypto/spki_form.h"

namespace zonestore::crypto {
namespace {

constexpr std::array kNames{
    std::pair{Algorithm::kRsa2048, std::string_view{"rsa2048"}},
    std::pair{Algorithm::kRsa3072, std::string_view{"rsa3072"}},
    std::pair{Algorithm::kRsa4096, std::string_view{"rsa4096"}},
    std::pair{Algorithm::kEd25519, std::string_view{"ed25519"}},
};

constexpr std::string_view kRsaName = "RSA";
constexpr std::string_view kEd25519Name = "ED25519";

std::optional<Algorithm> rsa_of_bits(int bits) {
  switch (bits) {
    case 2048:
      return Algorithm::kRsa2048;
    case 3072:
      return Algorithm::kRsa3072;
    case 4096:
      return Algorithm::kRsa4096;
    default:
      return std::nullopt;
  }
}

bool is_common_rsa(ByteView spki, std::size_t modulus_bytes) {
  const Bytes head = rsa_spki_head(modulus_bytes);
  return spki.size() == head.size() + modulus_bytes + kRsaSpkiTail.size() &&
         std::equal(head.begin(), head.end(), spki.begin()) &&
         std::equal(kRsaSpkiTail.begin(), kRsaSpkiTail.end(), spki.end() - kRsaSpkiTail.size()) &&
         spki[head.size()] >= 0x80;
}

// OpenSSL takes a tenth of a millisecond to say the same.
std::optional<KeyKind> common_kind(ByteView spki) {
  for (const int bits : {2048, 3072, 4096}) {
    if (is_common_rsa(spki, static_cast<std::size_t>(bits) / 8)) {
      return KeyKind{std::string(kRsaName), bits, rsa_of_bits(bits)};
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_text(Algorithm algorithm) {
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == algorithm; });
  return found == kNames.end() ? std::string_view{} : found->second;
}

std::optional<Algorithm> algorithm_from_text(std::string_view text) {
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.second == text; });
  return found == kNames.end() ? std::nullopt : std::optional(found->first);
}

KeyKind kind_of(const EVP_PKEY& key) {
  const int bits = EVP_PKEY_get_bits(&key);
  if (EVP_PKEY_is_a(&key, "ED25519") == 1) {
    return {std::string(kEd25519Name), bits, Algorithm::kEd25519};
  }
  if (EVP_PKEY_is_a(&key, "RSA") == 1) {
    return {std::string(kRsaName), bits, rsa_of_bits(bits)};
  }
  const char* const name = EVP_PKEY_get0_type_name(&key);
  return {name == nullptr ? "unknown" : name, bits, std::nullopt};
}

KeyHandle read_public_key(ByteView spki) {
  if (spki.empty()) {
    return nullptr;
  }
  const std::uint8_t* next = spki.data();
  KeyHandle key(d2i_PUBKEY(nullptr, &next, static_cast<long>(spki.size())));
  if (key == nullptr || next != spki.data() + spki.size()) {
    ERR_clear_error();
    return nullptr;
  }
  return key;
}

Result<KeyKind> kind_of(ByteView public_spki) {
  if (std::optional<KeyKind> common = common_kind(public_spki)) {
    return *std::move(common);
  }
  const KeyHandle key = read_public_key(public_spki);
  if (key == nullptr) {
    return fail(ErrorCode::kDamaged, "the public key is not one SubjectPublicKeyInfo structure");
  }
  return kind_of(*key);
}

}  // namespace zonestore::crypto
