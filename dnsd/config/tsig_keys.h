// The keys that secondaries sign with (RFC 8945), from a file that belongs to the host: the store knows their names
// alone.
//
// The file: one a line, NAME ALGORITHM BASE64, as deploy/tsig_key writes them. ALGORITHM: hmac-sha256, hmac-sha384 or
// hmac-sha512. 16 to 128 bytes of secret; a name of at most 128 bytes in wire form. '#' begins a comment. The file
// may be empty. Not to be read by others than its user and group.
#pragma once

#include <filesystem>
#include <string_view>

#include "dnsd/util/result.h"
#include "dnsd/wire/tsig_key.h"

namespace dnsd::config {

// Errors: the line (`source` names the text) and what it should be; no message holds any part of the text.
[[nodiscard]] util::Result<wire::TsigKeys> parse_tsig_keys(std::string_view text, std::string_view source);

// Errors: also those of read_secrets_file.
[[nodiscard]] util::Result<wire::TsigKeys> read_tsig_keys(const std::filesystem::path& file);

}  // namespace dnsd::config
