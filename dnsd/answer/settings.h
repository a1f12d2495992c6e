// What shows in the answers of a batch and is no client's: what the server is set to, the secrets in force, the time.
// Threads: plain values.
#pragma once

#include <cstdint>

#include "dnsd/answer/cookie.h"
#include "dnsd/util/client.h"
#include "dnsd/wire/header.h"
#include "dnsd/wire/tsig_key.h"

namespace dnsd::answer {

using util::Client;
using util::Transport;

struct Settings {
  std::uint16_t udp_answer_bytes = 1232;  // with EDNS; 512 without (RFC 6891, DNS Flag Day 2020)
  // These live as long as the settings are used.
  wire::ByteView nsid = {};                       // the name of this server, for who asks (RFC 5001); empty: none
  const CookieSecrets* cookie_secrets = nullptr;  // nullptr: COOKIE is an unknown option
  const wire::TsigKeys* tsig_keys = nullptr;      // nullptr: none
  std::uint64_t unix_seconds = 0;                 // now
};

}  // namespace dnsd::answer
