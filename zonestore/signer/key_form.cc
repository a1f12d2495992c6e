#include "zonestore/signer/key_form.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <string.h>

#include "zonestore/base/text_encodings.h"

namespace zonestore::signer {
namespace {

constexpr std::size_t kSeedBytes = 32;
// RFC 8410 section 7: version 0, the algorithm id-Ed25519, and the seed in an OCTET STRING in another; nothing after
// it.
constexpr std::array<std::uint8_t, 16> kEd25519Head{0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                                    0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
constexpr std::size_t kBytesALine = 48;  // 64 characters (RFC 7468 section 2)
constexpr std::string_view kPemBegin = "-----BEGIN PRIVATE KEY-----\n";
constexpr std::string_view kPemEnd = "-----END PRIVATE KEY-----\n";

bool is_ed25519(ByteView pkcs8) {
  return pkcs8.size() == kEd25519Head.size() + kSeedBytes &&
         std::equal(kEd25519Head.begin(), kEd25519Head.end(), pkcs8.begin());
}

// One line of base64. `text` has room for it: memory that grows would leave a copy behind.
void add_line(Bytes& text, ByteView bytes) {
  std::string line = base64_of(bytes);
  text.insert(text.end(), line.begin(), line.end());
  text.push_back('\n');
  ::explicit_bzero(line.data(), line.size());
}

crypto::SecretBytes pem_form(ByteView pkcs8) {
  const std::size_t lines = (pkcs8.size() + kBytesALine - 1) / kBytesALine;
  Bytes text;
  text.reserve(kPemBegin.size() + lines * (kBytesALine / 3 * 4 + 1) + kPemEnd.size());
  text.insert(text.end(), kPemBegin.begin(), kPemBegin.end());
  for (std::size_t at = 0; at < pkcs8.size(); at += kBytesALine) {
    add_line(text, pkcs8.subspan(at, std::min(kBytesALine, pkcs8.size() - at)));
  }
  text.insert(text.end(), kPemEnd.begin(), kPemEnd.end());
  return crypto::SecretBytes(std::move(text));
}

crypto::SecretBytes seed_form(ByteView pkcs8) {
  Bytes text;
  text.reserve(kBytesALine);
  add_line(text, pkcs8.last(kSeedBytes));
  return crypto::SecretBytes(std::move(text));
}

}  // namespace

bool can_sign_with(Format format, crypto::Algorithm algorithm) {
  return algorithm != crypto::Algorithm::kEd25519 || format != Format::kOpendkim;
}

Result<crypto::SecretBytes> key_form(Format format, ByteView pkcs8) {
  if (pkcs8.empty()) {
    return fail(ErrorCode::kCrypto, "a private key is empty");
  }
  const bool is_rspamd = format == Format::kRspamd || format == Format::kRspamdFolders;
  return is_rspamd && is_ed25519(pkcs8) ? seed_form(pkcs8) : pem_form(pkcs8);
}

}  // namespace zonestore::signer
