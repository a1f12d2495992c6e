// The words of record data (RFC 1035 section 5.1), and their escapes. Inside zone/ only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "zonestore/base/bytes.h"

namespace zonestore {

struct DataWord {
  std::string_view text;  // without its quotes, with its escapes
  bool is_quoted = false;
  bool is_glued = false;  // no blank stands before it: alpn="h2" are two words, the second glued
};

// Errors: why. Nothing of the text is in it.
[[nodiscard]] tl::expected<std::vector<DataWord>, std::string> data_words(std::string_view text);

// With \X and \DDD taken away; nullopt for a backslash before nothing, or before digits that are no byte.
[[nodiscard]] std::optional<Bytes> unescaped(std::string_view text);

// In quotes, as any reader takes it back: quotation mark and backslash behind a backslash, other than ASCII as \DDD.
[[nodiscard]] std::string quoted(ByteView bytes);

// A character-string in wire form: its length before it (RFC 1035 section 3.3). Errors: why.
[[nodiscard]] tl::expected<Bytes, std::string> character_string(const DataWord& word);

}  // namespace zonestore
