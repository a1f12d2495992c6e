#include "dnsd/answer/cookie.h"

#include <algorithm>
#include <cstring>

#include <sodium/crypto_shorthash.h>
#include <sodium/utils.h>

namespace dnsd::answer {
namespace {

using wire::ByteView;
using wire::FullCookie;

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kVersionAt = wire::kClientCookieBytes;
constexpr std::size_t kTimestampAt = kVersionAt + 4;
constexpr std::size_t kHashAt = kTimestampAt + 4;
constexpr std::size_t kMaxAddressBytes = 16;
// RFC 9018 section 4.3.
constexpr std::int32_t kMostSecondsOld = 3600;
constexpr std::int32_t kMostSecondsAhead = 300;
constexpr std::int32_t kFreshSeconds = 1800;

using Hash = std::array<std::uint8_t, crypto_shorthash_BYTES>;
static_assert(kHashAt + std::tuple_size_v<Hash> == std::tuple_size_v<FullCookie>);
static_assert(std::tuple_size_v<CookieSecret> == crypto_shorthash_KEYBYTES);

// RFC 9018 section 4.4. The reserved bytes are hashed as they came, whatever they are. crypto_shorthash is
// SipHash-2-4 and has no state, so that nothing needs to be set up first.
Hash hash_of(const CookieSecret& secret, ByteView before_hash, ByteView address) {
  std::array<std::uint8_t, kHashAt + kMaxAddressBytes> input{};
  const std::size_t address_bytes = std::min(address.size(), kMaxAddressBytes);
  std::copy_n(before_hash.begin(), kHashAt, input.begin());
  std::copy_n(address.begin(), address_bytes, input.begin() + kHashAt);
  Hash hash{};
  crypto_shorthash(hash.data(), input.data(), kHashAt + address_bytes, secret.data());
  return hash;
}

FullCookie make_cookie(const CookieSecret& secret, ByteView client_cookie, const CookieHolder& holder) {
  FullCookie cookie{};
  std::copy_n(client_cookie.begin(), wire::kClientCookieBytes, cookie.begin());
  cookie[kVersionAt] = kVersion;
  wire::store_u32(cookie.data() + kTimestampAt, holder.unix_seconds);
  const Hash hash = hash_of(secret, cookie, holder.address);
  std::copy(hash.begin(), hash.end(), cookie.begin() + kHashAt);
  return cookie;
}

bool made_with(const CookieSecret& secret, ByteView cookie, ByteView address) {
  const Hash hash = hash_of(secret, cookie, address);
  return sodium_memcmp(hash.data(), cookie.data() + kHashAt, hash.size()) == 0;
}

// By serial number arithmetic, so that 2106 is a day like any other (RFC 9018 section 4.3, RFC 1982).
std::int32_t seconds_old(ByteView cookie, std::uint32_t now) {
  return static_cast<std::int32_t>(now - wire::load_u32(cookie.data() + kTimestampAt));
}

}  // namespace

JudgedCookie judge_cookie(const CookieSecrets& secrets, ByteView option, const CookieHolder& holder) {
  JudgedCookie judged{CookieState::kInvalid, {}};
  if (option.size() == wire::kClientCookieBytes) {
    judged.state = CookieState::kClientOnly;
  } else if (option.size() == judged.answer.size() && option[kVersionAt] == kVersion) {
    const std::int32_t age = seconds_old(option, holder.unix_seconds);
    const auto all = secrets.all();
    const auto maker = age < -kMostSecondsAhead || age > kMostSecondsOld
                           ? all.end()
                           : std::find_if(all.begin(), all.end(), [&](const CookieSecret& secret) {
                               return made_with(secret, option, holder.address);
                             });
    if (maker != all.end()) {
      judged.state = CookieState::kValid;
      if (maker == all.begin() && age <= kFreshSeconds) {
        std::copy(option.begin(), option.end(), judged.answer.begin());
        return judged;
      }
    }
  }
  judged.answer = make_cookie(secrets.active(), option, holder);
  return judged;
}

}  // namespace dnsd::answer
