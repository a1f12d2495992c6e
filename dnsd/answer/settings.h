// What shows in the answers of a batch and is no client's: what the server is set to, the secrets in force, the time.
// Threads: plain values.
#pragma once

#include <cstdint>

#include "dnsd/answer/cookie.h"
#include "dnsd/util/client.h"
#include "dnsd/wire/header.h"

namespace dnsd::answer {

using util::Client;
using util::Transport;

struct Settings {
  std::uint16_t udp_answer_bytes = 1232;  // with EDNS; 512 without (RFC 6891, DNS Flag Day 2020)
  // Both live as long as the settings are used.
  wire::ByteView nsid = {};                       // the name of this server, for who asks (RFC 5001); empty: none
  const CookieSecrets* cookie_secrets = nullptr;  // nullptr: COOKIE is an unknown option
  std::uint32_t unix_seconds = 0;                 // now, modulo 2^32 (RFC 9018 section 4.3)
};

}  // namespace dnsd::answer
