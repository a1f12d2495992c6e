// The secrets of cookies that are in force: those of the file that the config names, or of our own making.
//
//   file ─> read at the start, and again on SIGHUP, so that it can be rolled; a bad one changes nothing
//   none ─> made at the start, a new one daily (answer/cookie_roll.h); SIGHUP leaves them, or every cookie were lost
//
// Whoever answers reads cookies(), which is replaced whole. Threads: cookies() any; the rest is the main thread's.
#pragma once

#include <optional>

#include "dnsd/answer/cookie.h"
#include "dnsd/answer/cookie_roll.h"
#include "dnsd/config/config.h"
#include "dnsd/util/latest.h"
#include "dnsd/util/log.h"
#include "dnsd/util/result.h"

namespace dnsd {

// As the user that SIGHUP will find: what can be read now can be read then. Errors: what is wrong with the file.
[[nodiscard]] util::Result<answer::CookieSecrets> first_cookie_secrets(const config::Config& config);

class Secrets {
 public:
  // `cookies` are first_cookie_secrets(). Config and log outlive the object.
  Secrets(const config::Config& config, answer::CookieSecrets cookies, const util::Log& log);

  [[nodiscard]] const util::Latest<answer::CookieSecrets>& cookies() const { return cookies_; }

  void read_again();
  // To be called now and then. Without random numbers or memory all stays as it is, until the next call.
  void roll_if_due();

 private:
  const config::Config& config_;
  const util::Log& log_;
  std::optional<answer::CookieRoll> roll_;  // of our own making
  util::Latest<answer::CookieSecrets> cookies_;
};

}  // namespace dnsd
