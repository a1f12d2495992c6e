// Keys for the tests of this folder: made once a program, as making them is slow.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "zonestore/crypto/key_pair.h"

namespace zonestore::crypto::test {

inline const PrivateKey& rsa_key() {
  static const PrivateKey key = PrivateKey::generate(Algorithm::kRsa2048).value();
  return key;
}

inline const PrivateKey& other_rsa_key() {
  static const PrivateKey key = PrivateKey::generate(Algorithm::kRsa2048).value();
  return key;
}

inline ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline Bytes from_hex(std::string_view hex) {
  Bytes bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(std::string(hex.substr(at, 2)), nullptr, 16)));
  }
  return bytes;
}

// RFC 8032 section 7.1, TEST 1; RFC 8463 appendix A uses the same key. The head is that of RFC 8410 section 7.
inline constexpr std::string_view kRfcSecretHex = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
inline constexpr std::string_view kRfcPublicHex = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
inline constexpr std::string_view kRfcPublicBase64 = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

inline PrivateKey rfc_ed25519_key() {
  return PrivateKey::from_pkcs8(from_hex("302e020100300506032b657004220420" + std::string(kRfcSecretHex))).value();
}

// OpenSSL itself, beside the code under test.
using KeyOwner = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

inline KeyOwner rsa_of_bits(std::size_t bits) {
  return {EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits), &EVP_PKEY_free};
}

inline KeyOwner ec_key() {
  return {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), &EVP_PKEY_free};
}

inline KeyOwner parse_spki(ByteView spki) {
  const std::uint8_t* next = spki.data();
  KeyOwner key(d2i_PUBKEY(nullptr, &next, static_cast<long>(spki.size())), &EVP_PKEY_free);
  return next == spki.data() + spki.size() ? std::move(key) : KeyOwner(nullptr, &EVP_PKEY_free);
}

inline Bytes spki_of(const EVP_PKEY& key) {
  Bytes der(static_cast<std::size_t>(i2d_PUBKEY(&key, nullptr)));
  std::uint8_t* next = der.data();
  i2d_PUBKEY(&key, &next);
  return der;
}

inline Bytes pkcs8_of(const EVP_PKEY& key) {
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, void (*)(PKCS8_PRIV_KEY_INFO*)> info(EVP_PKEY2PKCS8(&key),
                                                                                  &PKCS8_PRIV_KEY_INFO_free);
  Bytes der(static_cast<std::size_t>(i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr)));
  std::uint8_t* next = der.data();
  i2d_PKCS8_PRIV_KEY_INFO(info.get(), &next);
  return der;
}

}  // namespace zonestore::crypto::test
