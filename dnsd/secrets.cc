#include "dnsd/secrets.h"

#include <filesystem>
#include <new>
#include <utility>

#include "dnsd/config/cookie_secrets.h"

namespace dnsd {

util::Result<answer::CookieSecrets> first_cookie_secrets(const config::Config& config) {
  const std::filesystem::path& file = config.edns.cookie_secrets_file;
  return file.empty() ? config::random_cookie_secrets() : config::read_cookie_secrets(file);
}

Secrets::Secrets(const config::Config& config, answer::CookieSecrets cookies, const util::Log& log)
    : config_(config), log_(log), cookies_(std::move(cookies)) {
  if (config.edns.cookie_secrets_file.empty()) {
    roll_.emplace(cookies_.current().value->active(), answer::CookieRoll::Time::clock::now());
  }
}

void Secrets::read_again() {
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
