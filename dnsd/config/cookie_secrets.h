// Where the secrets of DNS cookies come from: a file that all servers of an anycast set share, or chance.
//
// The file: one secret a line, 32 hexadecimal digits (128 bits). The first one makes cookies, each is accepted.
// '#' begins a comment; empty lines and blanks do not count. Not to be read by others than its user and group.
#pragma once

#include <filesystem>
#include <string_view>

#include "dnsd/answer/cookie.h"
#include "dnsd/util/result.h"

namespace dnsd::config {

// Errors: the line (`source` names the text) and what it should be; no message holds any part of a secret.
[[nodiscard]] util::Result<answer::CookieSecrets> parse_cookie_secrets(std::string_view text,
                                                                       std::string_view source);

// Errors: also a file that cannot be read, is no regular file or far too long (16 KiB), or may be read by others or
// written by its group.
[[nodiscard]] util::Result<answer::CookieSecrets> read_cookie_secrets(const std::filesystem::path& file);

// One secret that nobody else knows. Errors: the system has no random numbers.
[[nodiscard]] util::Result<answer::CookieSecrets> random_cookie_secrets();

}  // namespace dnsd::config
