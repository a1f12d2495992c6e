#include "dnsd/wire/tsig_key.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dnsd::wire {
namespace {

using zonestore::crypto::HmacKind;

struct Algorithm {
  HmacKind kind;
  std::string_view text;
  std::string_view wire;  // but for the root, which the literal's own end is
};

constexpr std::array kAlgorithms{Algorithm{HmacKind::kSha256, "hmac-sha256", "\x0bhmac-sha256"},
                                 Algorithm{HmacKind::kSha384, "hmac-sha384", "\x0bhmac-sha384"},
                                 Algorithm{HmacKind::kSha512, "hmac-sha512", "\x0bhmac-sha512"}};

bool comes_before(ByteView left, ByteView right) {
  return std::ranges::lexicographical_compare(left, right);
}

}  // namespace

ByteView TsigKey::algorithm() const {
  const std::string_view wire =
      std::ranges::find(kAlgorithms, key.kind(), &Algorithm::kind)->wire;  // there is one of each kind
  return {reinterpret_cast<const std::uint8_t*>(wire.data()), wire.size() + 1};
}

// Secrets are not kept where they could be read: what both make of the same message tells.
bool is_same_key(const TsigKey* left, const TsigKey* right) {
  if (left == nullptr || right == nullptr || left->key.kind() != right->key.kind()) {
    return false;
  }
  const zonestore::crypto::HmacCode one = zonestore::crypto::Hmac(left->key).finish();
  const zonestore::crypto::HmacCode other = zonestore::crypto::Hmac(right->key).finish();
  return zonestore::crypto::is_same_code(one.view(), other.view());
}

std::optional<HmacKind> parse_tsig_algorithm(std::string_view text) {
  const auto* const found = std::ranges::find(kAlgorithms, text, &Algorithm::text);
  return found == kAlgorithms.end() ? std::nullopt : std::optional(found->kind);
}

TsigKeys::TsigKeys(std::vector<TsigKey> keys) : keys_(std::move(keys)) {
  std::ranges::sort(keys_, comes_before, &TsigKey::name);
}

const TsigKey* TsigKeys::find(ByteView lowered_name) const {
  const auto place = std::ranges::lower_bound(keys_, lowered_name, comes_before, &TsigKey::name);
  return place != keys_.end() && is_same(place->name, lowered_name) ? &*place : nullptr;
}

}  // namespace dnsd::wire
