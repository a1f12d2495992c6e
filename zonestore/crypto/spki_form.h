// The SubjectPublicKeyInfo of our keys, byte by byte: always the same around what is the key's own. Inside dkim/
// only.
#pragma once

#include <array>
#include <cstdint>

#include "zonestore/base/bytes.h"

namespace zonestore::crypto {

// RFC 8410 section 4: this head and the 32 bytes.
inline constexpr std::array<std::uint8_t, 12> kEd25519SpkiHead{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                               0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
inline constexpr std::size_t kEd25519Bytes = 32;

// RFC 3279 section 2.3.1, in DER, with 65537 for the exponent: what every RSA key of ours looks like, around a
// modulus of so many bytes with its top bit set. All lengths take two bytes.
inline Bytes rsa_spki_head(std::size_t modulus_bytes) {
  constexpr std::array<std::uint8_t, 15> kIdentifier{0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                                     0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
  Bytes head;
  const auto put = [&head](std::uint8_t tag, std::size_t length) {
    head.insert(head.end(), {tag, 0x82, static_cast<std::uint8_t>(length >> 8U), static_cast<std::uint8_t>(length)});
  };
  put(0x30, modulus_bytes + 34);
  head.insert(head.end(), kIdentifier.begin(), kIdentifier.end());
  put(0x03, modulus_bytes + 15);
  head.push_back(0);  // no unused bits
  put(0x30, modulus_bytes + 10);
  put(0x02, modulus_bytes + 1);
  head.push_back(0);  // the sign
  return head;
}
inline constexpr std::array<std::uint8_t, 5> kRsaSpkiTail{0x02, 0x03, 0x01, 0x00, 0x01};

}  // namespace zonestore::crypto
