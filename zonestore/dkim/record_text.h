// The text of a selector's TXT record (RFC 6376 section 3.6.1, RFC 8463 section 4), and the proof that
// ties it to its private key.
#pragma once

#include <string>
#include <string_view>

#include "zonestore/crypto/key_pair.h"

namespace zonestore::dkim {

// "v=DKIM1; k=rsa; p=<base64 of SubjectPublicKeyInfo>" or "k=ed25519; p=<base64 of the 32 bytes>" with the
// same head. Errors: kDamaged for bytes that are no public key, kRefused/kWeakKey for RSA below 2048,
// kInvalid for a key of another kind or size.
[[nodiscard]] Result<std::string> record_text(ByteView public_spki);

inline constexpr std::string_view kRevokedText = "v=DKIM1; p=";

struct ParsedRecord {
  bool revoked = false;  // p= was empty
  Bytes public_spki;     // empty if revoked
};
// As a verifier reads it: tags in any order, unknown tags ignored, white space allowed where RFC 6376 allows it.
// Errors: kInvalid.
[[nodiscard]] Result<ParsedRecord> parse_record_text(std::string_view text);

// Proves them a pair: signs a trial line with the private key and verifies it with the key in the very TXT record
// data that is or will be served. Errors: kRefused/kKeyMismatch.
[[nodiscard]] Result<void> prove_pair(const crypto::PrivateKey& key, ByteView served_txt_rdata);

// The whole answer to a query for this selector, over UDP without EDNS: header, question, one TXT record with
// its owner compressed to the question.
[[nodiscard]] std::size_t answer_size_bytes(std::size_t owner_wire_bytes, ByteView txt_rdata);

}  // namespace zonestore::dkim
