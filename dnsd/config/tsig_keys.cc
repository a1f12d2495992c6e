#include "dnsd/config/tsig_keys.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dnsd/config/secrets_file.h"
#include "zonestore/base/text_encodings.h"
#include "zonestore/crypto/secret_bytes.h"
#include "zonestore/zone/name.h"

namespace dnsd::config {
namespace {

using wire::TsigKey;
using zonestore::crypto::HmacKey;
using zonestore::crypto::SecretBytes;

constexpr std::size_t kLeastSecretBytes = 16;
constexpr std::size_t kMostSecretBytes = 128;

std::string_view take_word(std::string_view& line) {
  constexpr std::string_view kBlanks = " \t";
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

// Lower case, wire form.
util::Result<zonestore::Bytes> parse_key_name(std::string_view text) {
  const auto name = zonestore::Name::parse_unquoted(text);
  if (!name) {
    return util::fail("the key's name is none: " + name.error().message);
  }
  if (name->is_root() || name->size_bytes() > wire::kMaxKeyNameBytes) {
    return util::fail("the key's name must have 1 to " + std::to_string(wire::kMaxKeyNameBytes) +
                      " bytes in wire form");
  }
  const zonestore::Name lowered = name->lowered();
  return zonestore::Bytes(lowered.wire().begin(), lowered.wire().end());
}

std::string why_not(std::string_view algorithm) {
  if (algorithm.find("md5") != std::string_view::npos || algorithm == "hmac-sha1" || algorithm == "hmac-sha224") {
    return "that algorithm is too weak: take hmac-sha256, hmac-sha384 or hmac-sha512";
  }
  return "the algorithm must be hmac-sha256, hmac-sha384 or hmac-sha512";
}

util::Result<SecretBytes> parse_secret(std::string_view text) {
  auto bytes = zonestore::bytes_of_base64(text);
  SecretBytes secret(bytes ? std::move(*bytes) : zonestore::Bytes());
  if (secret.view().size() < kLeastSecretBytes || secret.view().size() > kMostSecretBytes) {
    return util::fail("the secret must be " + std::to_string(kLeastSecretBytes) + " to " +
                      std::to_string(kMostSecretBytes) + " bytes in base64");
  }
  return secret;
}

util::Result<TsigKey> parse_key(std::string_view line) {
  const std::string_view name = take_word(line);
  const std::string_view algorithm = take_word(line);
  const std::string_view secret_text = take_word(line);
  if (secret_text.empty() || !take_word(line).empty()) {
    return util::fail("a key is NAME ALGORITHM BASE64, as 'deploy/tsig_key make NAME' writes it");
  }
  auto key_name = parse_key_name(name);
  if (!key_name) {
    return util::fail(key_name.error());
  }
  const auto kind = wire::parse_tsig_algorithm(zonestore::lower_case(algorithm));
  if (!kind) {
    return util::fail(why_not(zonestore::lower_case(algorithm)));
  }
  const auto secret = parse_secret(secret_text);
  if (!secret) {
    return util::fail(secret.error());
  }
  return TsigKey{std::move(*key_name), HmacKey(*kind, secret->view())};
}

}  // namespace

util::Result<wire::TsigKeys> parse_tsig_keys(std::string_view text, std::string_view source) {
  std::vector<TsigKey> keys;
  const auto take = [&](std::string_view line, const std::string& place) -> util::Result<void> {
    auto key = parse_key(line);
    if (!key) {
      return util::fail(place + key.error());
    }
    if (std::ranges::find(keys, key->name, &TsigKey::name) != keys.end()) {
      return util::fail(place + "a line above has a key of this name already");
    }
    keys.push_back(std::move(*key));
    return {};
  };
  if (auto taken = for_each_secret_line(text, source, take); !taken) {
    return util::fail(taken.error());
  }
  return wire::TsigKeys(std::move(keys));
}

util::Result<wire::TsigKeys> read_tsig_keys(const std::filesystem::path& file) {
  return read_secrets_file(file, "TSIG keys").and_then([&](const std::string& text) {
    return parse_tsig_keys(text, file.string());
  });
}

}  // namespace dnsd::config
