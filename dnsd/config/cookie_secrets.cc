#include "dnsd/config/cookie_secrets.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/random.h>
#include <sys/stat.h>

#include "dnsd/config/hexadecimal.h"
#include "dnsd/config/small_file.h"

namespace dnsd::config {
namespace {

using answer::CookieSecret;
using answer::CookieSecrets;

constexpr std::size_t kMostFileBytes = 16384;
// Its group may read it: the file is root:dnsd.
constexpr mode_t kNobodyElse = S_IWGRP | S_IRWXO;

std::string_view strip(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  line = line.substr(0, line.find('#'));
  const std::size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    return {};
  }
  return line.substr(begin, line.find_last_not_of(kBlanks) + 1 - begin);
}

std::optional<CookieSecret> parse_secret(std::string_view digits) {
  const auto bytes = parse_hexadecimal(digits);
  CookieSecret secret{};
  if (!bytes || bytes->size() != secret.size()) {
    return std::nullopt;
  }
  std::copy(bytes->begin(), bytes->end(), secret.begin());
  return secret;
}

tl::unexpected<std::string> cannot_read(const std::filesystem::path& file, const std::string& why) {
  return util::fail("cannot read the cookie secrets in " + file.string() + ": " + why);
}

std::string too_open(const struct stat& status) {
  return (status.st_mode & kNobodyElse) == 0
             ? std::string()
             : "others may read it or its group may write it; make it root:dnsd with mode 0640";
}

}  // namespace

util::Result<CookieSecrets> parse_cookie_secrets(std::string_view text, std::string_view source) {
  std::vector<CookieSecret> secrets;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::string_view digits = strip(line);
    if (digits.empty()) {
      continue;
    }
    const std::string place = std::string(source) + ":" + std::to_string(number) + ": ";
    const auto secret = parse_secret(digits);
    if (!secret) {
      return util::fail(place + "a cookie secret is 32 hexadecimal digits, as 'openssl rand -hex 16' prints them");
    }
    if (secrets.size() == CookieSecrets::kMost) {
      return util::fail(place + "at most " + std::to_string(CookieSecrets::kMost) +
                        " cookie secrets: the active one and those that it has replaced");
    }
    secrets.push_back(*secret);
  }
  if (secrets.empty()) {
    return util::fail(std::string(source) + ": no cookie secret in it; 'openssl rand -hex 16' makes one");
  }
  return CookieSecrets(std::move(secrets));
}

util::Result<CookieSecrets> read_cookie_secrets(const std::filesystem::path& file) {
  const auto text = read_small_file(file, kMostFileBytes, too_open);
  return text ? parse_cookie_secrets(*text, file.string()) : cannot_read(file, text.error());
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
