#include "dnsd/secrets.h"

#include <filesystem>
#include <new>
#include <utility>

#include "dnsd/config/cookie_secrets.h"
#include "dnsd/config/tsig_keys.h"

namespace dnsd {

namespace {

util::Result<answer::CookieSecrets> first_cookie_secrets(const config::Config& config) {
  const std::filesystem::path& file = config.edns.cookie_secrets_file;
  return file.empty() ? config::random_cookie_secrets() : config::read_cookie_secrets(file);
}

util::Result<wire::TsigKeys> first_tsig_keys(const config::Config& config) {
  const std::filesystem::path& file = config.transfer.tsig_keys_file;
  return file.empty() ? wire::TsigKeys() : config::read_tsig_keys(file);
}

}  // namespace

util::Result<FirstSecrets> first_secrets(const config::Config& config) {
  auto cookies = first_cookie_secrets(config);
  if (!cookies) {
    return util::fail(cookies.error());
  }
  auto keys = first_tsig_keys(config);
  if (!keys) {
    return util::fail(keys.error());
  }
  return FirstSecrets{std::move(*cookies), std::move(*keys)};
}

Secrets::Secrets(const config::Config& config, FirstSecrets first, const util::Log& log)
    : config_(config), log_(log), cookies_(std::move(first.cookies)), tsig_keys_(std::move(first.tsig_keys)) {
  if (config.edns.cookie_secrets_file.empty()) {
    roll_.emplace(cookies_.current().value->active(), answer::CookieRoll::Time::clock::now());
  }
}

void Secrets::read_again() {
  read_cookies_again();
  read_tsig_keys_again();
}

void Secrets::read_cookies_again() {
  if (config_.edns.cookie_secrets_file.empty()) {
    return;
  }
  auto read = config::read_cookie_secrets(config_.edns.cookie_secrets_file);
  if (!read) {
    log_.error("cookie_secrets_kept", {{"message", read.error()}, {"hint", "mend the file and send SIGHUP again"}});
    return;
  }
  log_.info("cookie_secrets_read", {{"secrets", read->all().size()}});
  cookies_.publish(std::move(*read));
}

// A secondary must not lose its transfers because a line for another one was mistyped.
void Secrets::read_tsig_keys_again() {
  if (config_.transfer.tsig_keys_file.empty()) {
    return;
  }
  auto read = config::read_tsig_keys(config_.transfer.tsig_keys_file);
  if (!read) {
    log_.error("tsig_keys_kept", {{"message", read.error()}, {"hint", "mend the file and send SIGHUP again"}});
    return;
  }
  log_.info("tsig_keys_read", {{"keys", read->size()}});
  tsig_keys_.publish(std::move(*read));
}

void Secrets::roll_if_due() {
  if (!roll_) {
    return;
  }
  const auto now = answer::CookieRoll::Time::clock::now();
  try {
    if (auto active_alone = roll_->forget_old(now)) {
      cookies_.publish(std::move(*active_alone));
    }
    if (!roll_->is_due(now)) {
      return;
    }
    if (const auto fresh = config::random_cookie_secrets()) {
      cookies_.publish(roll_->roll(fresh->active(), now));
      log_.info("cookie_secret_rolled");
    }
  } catch (const std::bad_alloc&) {  // another time
  }
}

}  // namespace dnsd
