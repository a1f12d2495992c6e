#include "dnsd/config/cookie_secrets.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/random.h>

#include "dnsd/config/hexadecimal.h"
#include "dnsd/config/secrets_file.h"

namespace dnsd::config {
namespace {

using answer::CookieSecret;
using answer::CookieSecrets;

std::optional<CookieSecret> parse_cookie_secret(std::string_view digits) {
  const auto bytes = parse_hexadecimal(digits);
  CookieSecret secret{};
  if (!bytes || bytes->size() != secret.size()) {
    return std::nullopt;
  }
  std::copy(bytes->begin(), bytes->end(), secret.begin());
  return secret;
}

}  // namespace

util::Result<CookieSecrets> parse_cookie_secrets(std::string_view text, std::string_view source) {
  std::vector<CookieSecret> secrets;
  const auto take = [&](std::string_view digits, const std::string& place) -> util::Result<void> {
    const auto secret = parse_cookie_secret(digits);
    if (!secret) {
      return util::fail(place + "a cookie secret is 32 hexadecimal digits, as 'openssl rand -hex 16' prints them");
    }
    if (secrets.size() == CookieSecrets::kMost) {
      return util::fail(place + "at most " + std::to_string(CookieSecrets::kMost) +
                        " cookie secrets: the active one and those that it has replaced");
    }
    secrets.push_back(*secret);
    return {};
  };
  if (auto taken = for_each_secret_line(text, source, take); !taken) {
    return util::fail(taken.error());
  }
  if (secrets.empty()) {
    return util::fail(std::string(source) + ": no cookie secret in it; 'openssl rand -hex 16' makes one");
  }
  return CookieSecrets(std::move(secrets));
}

util::Result<CookieSecrets> read_cookie_secrets(const std::filesystem::path& file) {
  return read_secrets_file(file, "cookie secrets").and_then([&](const std::string& text) {
    return parse_cookie_secrets(text, file.string());
  });
}

util::Result<CookieSecrets> random_cookie_secrets() {
  CookieSecret secret{};
  // So few bytes come whole, whatever signals come in between (getrandom(2)).
  if (::getrandom(secret.data(), secret.size(), 0) != static_cast<ssize_t>(secret.size())) {
    return util::fail("no random numbers for a cookie secret: " + std::generic_category().message(errno));
  }
  return CookieSecrets({secret});
}

}  // namespace dnsd::config
