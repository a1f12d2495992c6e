// What a server is set to that shows in its answers. Threads: plain values.
#pragma once

#include <cstdint>

#include "dnsd/answer/cookie.h"
#include "dnsd/wire/header.h"

namespace dnsd::answer {

struct Settings {
  std::uint16_t udp_answer_bytes = 1232;  // with EDNS; 512 without (RFC 6891, DNS Flag Day 2020)
  // Both live as long as the settings are used.
  wire::ByteView nsid = {};                       // the name of this server, for who asks (RFC 5001); empty: none
  const CookieSecrets* cookie_secrets = nullptr;  // nullptr: COOKIE is an unknown option
};

}  // namespace dnsd::answer
