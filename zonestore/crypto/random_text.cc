#include <limits>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "zonestore/crypto/key_pair.h"

namespace zonestore::crypto {

std::string random_hex(std::size_t digits) {
  Bytes random((digits + 1) / 2);
  if (random.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    // Going on without randomness would make identifiers and keys that can be guessed.
    throw std::runtime_error("the system gave no random bytes");
  }
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::string text;
  text.reserve(random.size() * 2);
  for (const std::uint8_t byte : random) {
    text += kHexDigits[byte >> 4U];
    text += kHexDigits[byte & 0x0fU];
  }
  text.resize(digits);
  return text;
}

std::string base64(ByteView bytes) {
  Bytes encoded((bytes.size() + 2) / 3 * 4 + 1);  // EVP_EncodeBlock ends it with a NUL
  const int length = EVP_EncodeBlock(encoded.data(), bytes.data(), static_cast<int>(bytes.size()));
  return {encoded.begin(), encoded.begin() + length};
}

Result<Bytes> parse_base64(std::string_view text) {
  if (text.empty()) {
    return Bytes{};
  }
  if (text.size() % 4 != 0) {
    return fail(ErrorCode::kInvalid, "base64 text of " + std::to_string(text.size()) +
                                         " characters is cut short: the length must be a multiple of 4");
  }
  Bytes decoded(text.size() / 4 * 3);
  const std::string copy(text);
  const int length = EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(copy.data()),
                                     static_cast<int>(copy.size()));
  if (length >= 0) {
    const std::size_t padding = text.ends_with("==") ? 2U : (text.ends_with('=') ? 1U : 0U);
    decoded.resize(static_cast<std::size_t>(length) - padding);
  }
  // OpenSSL skips white space at the ends and bends to other slips; what does not come back is not base64.
  if (length < 0 || base64(decoded) != text) {
    return fail(ErrorCode::kInvalid, "text is not base64 (RFC 4648 section 4)");
  }
  return decoded;
}

}  // namespace zonestore::crypto
