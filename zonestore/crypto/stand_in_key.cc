#include "zonestore/crypto/stand_in_key.h"

#include "zonestore/crypto/spki_form.h"

namespace zonestore::crypto {
namespace {

constexpr std::uint8_t kFilling = 0xAA;  // the top bit is set, as in every modulus

void put_number(Bytes& key, std::uint64_t number, std::size_t end) {
  for (; number != 0; number >>= 8U) {
    key.at(--end) = static_cast<std::uint8_t>(number);
  }
}

Bytes rsa(std::size_t modulus_bytes, std::uint64_t number) {
  Bytes key = rsa_spki_head(modulus_bytes);
  key.resize(key.size() + modulus_bytes, kFilling);
  put_number(key, number, key.size());
  key.insert(key.end(), kRsaSpkiTail.begin(), kRsaSpkiTail.end());
  return key;
}

Bytes ed25519(std::uint64_t number) {
  Bytes key(kEd25519SpkiHead.begin(), kEd25519SpkiHead.end());
  key.resize(key.size() + kEd25519Bytes, kFilling);
  put_number(key, number, key.size());
  return key;
}

}  // namespace

Bytes stand_in_key(Algorithm algorithm, std::uint64_t number) {
  switch (algorithm) {
    case Algorithm::kRsa2048:
      return rsa(256, number);
    case Algorithm::kRsa3072:
      return rsa(384, number);
    case Algorithm::kRsa4096:
      return rsa(512, number);
    case Algorithm::kEd25519:
      break;
  }
  return ed25519(number);
}

}  // namespace zonestore::crypto
