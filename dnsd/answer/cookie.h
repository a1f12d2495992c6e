// DNS cookies (RFC 7873), made so that all servers of an anycast set can share them (RFC 9018).
//
//   client cookie | version 1 | reserved | timestamp | SipHash-2-4(secret; all before, client's address)
//     8 bytes          1           3          4          8
//
// A client that sends back a server cookie has received an answer at the address that it writes from. That is all
// a cookie says, and enough to let it past the rate limit. No state is kept: whoever knows the secret can check.
//
// Pure: time, address and secrets are handed in. Threads: any number at once.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dnsd/wire/opt_writer.h"

namespace dnsd::answer {

using CookieSecret = std::array<std::uint8_t, 16>;

// The first secret makes cookies, each is accepted: so that a secret can be rolled (RFC 9018 section 5).
class CookieSecrets {
 public:
  static constexpr std::size_t kMost = 4;  // what a false cookie costs is bounded by it

  // Precondition: 1 to kMost.
  explicit CookieSecrets(std::vector<CookieSecret> secrets) : secrets_(std::move(secrets)) {}

  [[nodiscard]] const CookieSecret& active() const { return secrets_.front(); }
  [[nodiscard]] std::span<const CookieSecret> all() const { return secrets_; }

  friend bool operator==(const CookieSecrets&, const CookieSecrets&) = default;

 private:
  std::vector<CookieSecret> secrets_;
};

enum class CookieState : std::uint8_t {
  kNone,        // no COOKIE option, or none that counts here
  kClientOnly,  // it asks for a server cookie
  kInvalid,     // a server cookie that is not ours, not this client's, or not of this hour
  kValid,
};

struct JudgedCookie {
  CookieState state = CookieState::kNone;
  wire::FullCookie answer{};  // to send back: the same when it is still fresh, else a new one
};

// Who sends the cookie, and when.
struct CookieHolder {
  wire::ByteView address;          // 4 or 16 bytes, network order
  std::uint32_t unix_seconds = 0;  // now, modulo 2^32
};

// `option`: the data of a COOKIE option, a client cookie at least. Valid: made with one of the secrets at most an
// hour ago, or at most 5 minutes ahead by our clock. Renewed: older than half an hour, or by another secret than
// the active one (RFC 9018 section 4.3).
[[nodiscard]] JudgedCookie judge_cookie(const CookieSecrets& secrets, wire::ByteView option,
                                        const CookieHolder& holder);

}  // namespace dnsd::answer
