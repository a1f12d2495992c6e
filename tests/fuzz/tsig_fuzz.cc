// TSIG: whatever a message holds, what is signed verifies, and one changed bit is noticed; whatever a stranger sends
// does not. Input: which bit is changed (2 bytes), which key (1 byte), then a message.
#include <array>
#include <vector>

#include "dnsd/wire/query.h"
#include "dnsd/wire/tsig_mac.h"
#include "tests/fuzz/require.h"

namespace {

using dnsd::wire::Query;
using dnsd::wire::Signature;
using dnsd::wire::TsigKey;
using dnsd::wire::TsigKeys;
using zonestore::Bytes;
using zonestore::ByteView;
using zonestore::crypto::HmacKey;
using zonestore::crypto::HmacKind;

constexpr std::uint64_t kNow = 1'796'000'000;

TsigKeys make_keys() {
  std::vector<TsigKey> keys;
  for (const auto& [letter, kind] : {std::pair{'a', HmacKind::kSha256}, std::pair{'b', HmacKind::kSha512}}) {
    keys.push_back({Bytes{1, static_cast<std::uint8_t>(letter), 0}, HmacKey(kind, Bytes(32, 7))});
  }
  return TsigKeys(std::move(keys));
}

Signature verdict(ByteView message, const TsigKeys& keys) {
  Query query;
  (void)parse_query(message, query);
  return query.tsig ? verify(message, *query.tsig, keys, kNow) : Signature{};
}

// The ID, and a letter's case in the two names, are no part of the digest.
bool counts(std::size_t bit, std::size_t unsigned_size) {
  return bit >= 16 && (bit / 8 < unsigned_size || bit % 8 != 5);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const TsigKeys keys = make_keys();
  constexpr std::size_t kChoices = 3;
  if (size < kChoices + dnsd::wire::kHeaderBytes) {
    return 0;
  }
  const ByteView plain(data + kChoices, size - kChoices);
  FUZZ_REQUIRE(!verdict(plain, keys).is_good());
  const std::array<std::uint8_t, 3> name{1, static_cast<std::uint8_t>('a' + data[2] % 2), 0};
  dnsd::wire::TsigChain chain(*keys.find(name), {}, dnsd::wire::load_u16(plain.data()));
  Bytes message(plain.begin(), plain.end());
  message.resize(plain.size() + chain.record_bytes());
  FUZZ_REQUIRE(chain.sign(message, plain.size(), kNow) == message.size());
  Query query;
  (void)parse_query(message, query);
  if (!query.tsig || query.tsig->owner_at != plain.size()) {
    return 0;  // no message, or one whose records end elsewhere
  }
  FUZZ_REQUIRE(verify(message, *query.tsig, keys, kNow).is_good());
  const std::size_t bit = dnsd::wire::load_u16(data) % (8 * message.size());
  message[bit / 8] = static_cast<std::uint8_t>(message[bit / 8] ^ (1U << (bit % 8)));
  FUZZ_REQUIRE(!counts(bit, plain.size()) || !verdict(message, keys).is_good());
  return 0;
}
