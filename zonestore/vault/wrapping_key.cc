#include "zonestore/vault/wrapping_key.h"

#include <optional>
#include <utility>

#include "zonestore/base/file_text.h"
#include "zonestore/base/text_encodings.h"
#include "zonestore/crypto/digest.h"
#include "zonestore/crypto/keyed_hash.h"
#include "zonestore/crypto/sealing.h"

namespace zonestore {
namespace {

constexpr std::size_t kKeyBytes = crypto::kSealingKeyBytes;
constexpr std::size_t kIdBytes = 16;
constexpr std::string_view kIdLabel = "zonestore vault: id of a wrapping key";

// Over the label first, so that the hash is of no use to anything else.
std::string id_of(ByteView key) {
  crypto::Sha256 hash;
  hash.add({reinterpret_cast<const std::uint8_t*>(kIdLabel.data()), kIdLabel.size()});
  hash.add(key);
  return hex_of(ByteView(hash.finish()).first(kIdBytes));
}

// A failure of OpenSSL, in the words of what it was for.
template <class T>
Result<T> told_as(const char* what, Result<T> outcome) {
  if (!outcome && outcome.error().code == ErrorCode::kCrypto) {
    return fail(ErrorCode::kCrypto, what);
  }
  return outcome;
}

}  // namespace

WrappingKey::WrappingKey(crypto::SecretBytes bytes) : bytes_(std::move(bytes)), id_(id_of(bytes_.view())) {}

Result<WrappingKey> WrappingKey::generate() {
  return told_as("no random numbers for a wrapping key", crypto::random_secret(kKeyBytes))
      .map([](crypto::SecretBytes&& bytes) { return WrappingKey(std::move(bytes)); });
}

Result<WrappingKey> WrappingKey::parse(std::string_view hexadecimal) {
  hexadecimal = without_byte_order_mark(hexadecimal);
  while (!hexadecimal.empty() && (hexadecimal.back() == '\n' || hexadecimal.back() == '\r')) {
    hexadecimal.remove_suffix(1);
  }
  Bytes bytes;
  bytes.reserve(kKeyBytes);  // at once: a vector that grows leaves copies behind
  if (hexadecimal.size() == kKeyBytes * 2) {
    for (std::size_t at = 0; at < hexadecimal.size(); at += 2) {
      const auto high = hex_digit(hexadecimal[at]);
      const auto low = hex_digit(hexadecimal[at + 1]);
      if (!high || !low) {
        break;
      }
      bytes.push_back(static_cast<std::uint8_t>(unsigned{*high} << 4U | *low));
    }
  }
  crypto::SecretBytes key(std::move(bytes));
  if (key.view().size() != kKeyBytes) {
    return fail(ErrorCode::kInvalid, "a wrapping key is 64 hexadecimal digits", "openssl rand -hex 32 makes one");
  }
  return WrappingKey(std::move(key));
}

crypto::SecretBytes WrappingKey::hexadecimal() const {
  Bytes text;
  text.reserve(kKeyBytes * 2 + 1);
  for (const std::uint8_t byte : bytes_.view()) {
    text.push_back(static_cast<std::uint8_t>(kHexDigits[byte >> 4U]));
    text.push_back(static_cast<std::uint8_t>(kHexDigits[byte & 0xfU]));
  }
  text.push_back('\n');
  return crypto::SecretBytes(std::move(text));
}

Result<Bytes> WrappingKey::code(std::string_view purpose, ByteView message) const {
  return told_as("a code could not be derived from the wrapping key",
                 crypto::keyed_hash(bytes_.view(), purpose, message));
}

Result<Bytes> WrappingKey::seal(std::string_view context, ByteView secret) const {
  return told_as("a private key could not be encrypted", crypto::seal(bytes_.view(), context, secret));
}

Result<crypto::SecretBytes> WrappingKey::open(std::string_view context, ByteView sealed) const {
  return crypto::open_sealed(bytes_.view(), context, sealed);
}

}  // namespace zonestore
