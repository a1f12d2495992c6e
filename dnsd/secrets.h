// The secrets that are in force: those of cookies, from the file that the config names or of our own making; and the
// TSIG keys, from a file alone.
//
//   file ─> read at the start, and again on SIGHUP, so that it can be rolled; a bad one changes nothing, nor keeps
//   the
//           other from being read
//   none ─> cookies: made at the start, a new one daily (answer/cookie_roll.h); SIGHUP leaves them, or every cookie
//           were lost. TSIG: there are no keys
//
// Whoever answers reads cookies() and tsig_keys(), which are replaced whole. Threads: those two any; the rest is the
// main thread's.
#pragma once

#include <optional>

#include "dnsd/answer/cookie.h"
#include "dnsd/answer/cookie_roll.h"
#include "dnsd/config/config.h"
#include "dnsd/util/latest.h"
#include "dnsd/util/log.h"
#include "dnsd/util/result.h"
#include "dnsd/wire/tsig_key.h"

namespace dnsd {

struct FirstSecrets {
  answer::CookieSecrets cookies;
  wire::TsigKeys tsig_keys;
};

// As the user that SIGHUP will find: what can be read now can be read then. Errors: what is wrong with a file.
[[nodiscard]] util::Result<FirstSecrets> first_secrets(const config::Config& config);

class Secrets {
 public:
  // `first` are first_secrets(). Config and log outlive the object.
  Secrets(const config::Config& config, FirstSecrets first, const util::Log& log);

  [[nodiscard]] const util::Latest<answer::CookieSecrets>& cookies() const { return cookies_; }
  [[nodiscard]] const util::Latest<wire::TsigKeys>& tsig_keys() const { return tsig_keys_; }

  void read_again();
  // To be called now and then. Without random numbers or memory all stays as it is, until the next call.
  void roll_if_due();

 private:
  void read_cookies_again();
  void read_tsig_keys_again();

  const config::Config& config_;
  const util::Log& log_;
  std::optional<answer::CookieRoll> roll_;  // of our own making
  util::Latest<answer::CookieSecrets> cookies_;
  util::Latest<wire::TsigKeys> tsig_keys_;
};

}  // namespace dnsd
