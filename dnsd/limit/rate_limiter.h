// Response rate limiting: whether one more answer like this may go to that client.
//
// Over UDP anyone can write anyone's address on a query. The limit keeps a server from being the amplifier: a
// client prefix gets so many equal answers a second; of what is beyond, most is dropped and some goes out
// truncated (the slip), so that a true client behind that address comes back over TCP, where addresses are true.
//
// Equal are two answers of the same Identity: whoever makes the answer says what it is about, coarsely enough
// that a flood of made-up names is one account. Beside these accounts a prefix has one for all its answers together:
// a zone with thousands of names would else be an amplifier with as many accounts. An answer goes that both have
// credit for, and only one that goes takes of it. Reads no clock, does no I/O, allocates nothing for a query.
// Threads: one for each limiter; the table is shared.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "dnsd/limit/bucket_table.h"
#include "dnsd/limit/settings.h"
#include "zonestore/base/bytes.h"

namespace dnsd::limit {

// What an answer is about. Two that are equal here use up the same credit.
struct Identity {
  std::uint8_t kind = 0;    // answers of two kinds are never equal
  std::uint64_t value = 0;  // within the kind
};

enum class Verdict : std::uint8_t {
  kAnswer,
  kSlip,  // truncated: "come back over TCP"
  kDrop,
};

// Which account had no credit.
enum class Spent : std::uint8_t { kNone, kEqualAnswers, kAllAnswers };

struct Judgement {
  Verdict verdict = Verdict::kAnswer;
  Spent spent = Spent::kNone;
};

// The part of an address that is one client for us.
struct Prefix {
  std::uint64_t network = 0;  // the address's first 64 bits, those behind the prefix zero
  unsigned bits = 0;
  bool is_ipv6 = false;
};
// `address`: 4 or 16 bytes in network order.
[[nodiscard]] Prefix prefix_of(zonestore::ByteView address, const Settings& settings) noexcept;

class RateLimiter {
 public:
  using Time = BucketTable::Time;
  using Key = std::array<std::uint64_t, 2>;

  // One for each worker, all with the same table and key. The key is random and secret: who knew it could choose
  // prefixes that share a bucket with another's. Precondition: settings.is_on(). `table` outlives the limiter.
  RateLimiter(const Settings& settings, BucketTable& table, const Key& key);

  [[nodiscard]] Judgement judge(zonestore::ByteView client_address, const Identity& identity, Time now) noexcept;

 private:
  [[nodiscard]] Spent spend(const Prefix& prefix, const Identity& identity, Time now) noexcept;
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed, std::uint64_t value, std::uint64_t sort) const noexcept;

  Settings settings_;
  BucketTable& table_;
  Key key_;
  Rate equal_rate_;
  std::optional<Rate> all_rate_;  // unless they are not counted
  std::uint64_t limited_ = 0;
};

}  // namespace dnsd::limit
