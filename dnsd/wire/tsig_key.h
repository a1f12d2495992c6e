// The keys that messages are signed with (RFC 8945 section 6), found by their names.
//
// Ownership: a table owns its keys; pointers to them are good while it lives. Threads: any number may read.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dnsd/wire/name.h"
#include "zonestore/crypto/hmac.h"

namespace dnsd::wire {

// With a name of at most this many bytes in wire form, question and TSIG fit the smallest datagram (512 bytes), and
// the largest record a message.
inline constexpr std::size_t kMaxKeyNameBytes = 128;

struct TsigKey {
  zonestore::Bytes name;  // lower case, wire form
  zonestore::crypto::HmacKey key;

  [[nodiscard]] ByteView algorithm() const;  // its name in wire form, lower case
};

// "hmac-sha256" and its like; nullopt: none that we take.
[[nodiscard]] std::optional<zonestore::crypto::HmacKind> parse_tsig_algorithm(std::string_view text);

// The same algorithm and secret? One that was replaced under its name is another key. nullptr is like none.
// Allocates.
[[nodiscard]] bool is_same_key(const TsigKey* left, const TsigKey* right);

class TsigKeys {
 public:
  TsigKeys() = default;
  // Precondition: no name twice, none longer than kMaxKeyNameBytes.
  explicit TsigKeys(std::vector<TsigKey> keys);

  [[nodiscard]] const TsigKey* find(ByteView lowered_name) const;  // nullptr: none
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  std::vector<TsigKey> keys_;  // by name
};

}  // namespace dnsd::wire
