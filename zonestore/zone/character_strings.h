// Character-strings (RFC 1035 sections 3.3 and 5.1) from presentation form. Inside zone/ only.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "zonestore/base/bytes.h"

namespace zonestore {

// The record data of a TXT record: words and quoted strings, with \X and \DDD, of any number and as long as a record
// may be. (ldns takes 64 KiB of text, and a byte may take four characters.) Errors: why.
[[nodiscard]] tl::expected<Bytes, std::string> character_strings(std::string_view text);

}  // namespace zonestore
